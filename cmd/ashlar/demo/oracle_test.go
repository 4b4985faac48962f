//go:build oracle

package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/mat"
)

// dataDir is the folder of the data, which the oracle reads by itself.
var dataDir = filepath.Join("..", "..", "..", "examples", "data")

// An answer is what testdata/oracle.py prints. Numbers keep their text.
type answer struct {
	Tables map[string]struct {
		Columns []string
		Rows    [][]any
	}
	Matrices map[string][][]float64
}

// oracle runs testdata/oracle.py with the peers' Python, which
// bench/peers/setup.sh installs.
func oracle(t *testing.T) answer {
	t.Helper()
	python := filepath.Join("..", "..", "..", "bench", "peers", ".venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("no peers (run bench/peers/setup.sh): %v", err)
	}
	cmd := exec.Command(python, filepath.Join("testdata", "oracle.py"), dataDir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle.py: %v\n%s", err, stderr.String())
	}
	var a answer
	d := json.NewDecoder(strings.NewReader(string(out)))
	d.UseNumber()
	if err := d.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestOracle: DuckDB agrees with every table of the demo, and NumPy with every
// matrix; counts and names exactly, means and factors to 1e-9.
func TestOracle(t *testing.T) {
	want := oracle(t)
	q := queries{dataDir}
	tables := map[string]*frame.Frame{
		"busiest": q.busiest(), "latest": q.latest(), "daily": q.daily(),
		"month": q.by("month"), "weekday": q.by("weekday"), "hour": q.by("hour"),
	}
	if len(want.Tables) != len(tables) {
		t.Errorf("the oracle has %d tables, the demo %d", len(want.Tables), len(tables))
	}
	for name, f := range tables {
		t.Run(name, func(t *testing.T) { compareTable(t, f, want.Tables[name].Columns, want.Tables[name].Rows) })
	}
	if got, want := len(want.Tables["daily"].Rows), 194*wholeDays; got != want {
		t.Errorf("%d cells of airports and days, want %d", got, want)
	}
	t.Run("matrices", func(t *testing.T) { compareMatrices(t, q, want.Matrices) })
}

func compareTable(t *testing.T, f *frame.Frame, columns []string, rows [][]any) {
	tab, err := f.Compute(context.Background(), &graph.Local{})
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Release()
	if got := f.Columns(); fmt.Sprint(got) != fmt.Sprint(columns) || tab.NumRows() != len(rows) {
		t.Fatalf("columns %v, %d rows; want %v, %d rows", got, tab.NumRows(), columns, len(rows))
	}
	for i, row := range rows {
		for k, want := range row {
			if err := sameCell(tab.Column(k), i, want); err != nil {
				t.Errorf("row %d, column %s: %v", i, columns[k], err)
			}
		}
	}
}

// sameCell compares a cell with what the oracle says.
func sameCell(col arrow.Array, i int, want any) error {
	if col.IsNull(i) || want == nil {
		return fmt.Errorf("got %s, want %v: no null is in these tables", col.ValueStr(i), want)
	}
	switch c := col.(type) {
	case *arrowarray.Float64:
		w, err := want.(json.Number).Float64()
		if err != nil {
			return err
		}
		if !(math.Abs(c.Value(i)-w) <= 1e-9*math.Max(1, math.Abs(w))) {
			return fmt.Errorf("got %v, want %v", c.Value(i), w)
		}
		return nil
	case *arrowarray.Int64:
		want = want.(json.Number).String()
	case *arrowarray.Timestamp: // a day
		want = want.(string) + " 00:00:00"
		if got := c.Value(i).ToTime(arrow.Microsecond).Format("2006-01-02 15:04:05"); got != want {
			return fmt.Errorf("got %s, want %s", got, want)
		}
		return nil
	}
	if got := col.ValueStr(i); got != want {
		return fmt.Errorf("got %s, want %v", got, want)
	}
	return nil
}

func compareMatrices(t *testing.T, q queries, want map[string][][]float64) {
	ctx, l := context.Background(), &graph.Local{}
	cells, release, err := q.daily().ToArrays(ctx, l, "mean")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	obs, releaseObs, err := q.observations().ToArrays(ctx, l, "hour", "miles", "delay")
	if err != nil {
		t.Fatal(err)
	}
	defer releaseObs()
	c := centred(cells[0].Reshape(-1, wholeDays).RechunkTo(48, 0))
	cov := covariance(c)
	got := map[string]*array.Array{
		"centred": c, "covariance": cov, "cholesky": regularised(cov).Cholesky(),
		"variances": variances(c), "fit": fit(obs[0], obs[1], obs[2]),
	}
	if len(got) != len(want) {
		t.Errorf("the oracle has %d matrices, the demo %d", len(want), len(got))
	}
	for name, a := range got {
		m, err := a.AsType(kernels.Float64).Dense(ctx, l)
		if err != nil {
			t.Fatal(err)
		}
		rows := want[name]
		w := mat.NewDense(len(rows), len(rows[0]), nil)
		for i, row := range rows {
			w.SetRow(i, row)
		}
		if e := relative(m, w); !(e <= 1e-9) {
			t.Errorf("%s differs from NumPy's by %g", name, e)
		}
	}
}
