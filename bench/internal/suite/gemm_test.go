package suite

import (
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// runQuick runs the cases of a suite that are named, beside the peers that
// are always there.
func runQuick(t *testing.T, s harness.Suite, wanted func(string) bool) []harness.Row {
	t.Helper()
	var rows []harness.Row
	r := harness.Runner{
		Config: harness.Config{Quick: true, Runs: harness.MinRuns, Threads: 2, Dir: t.TempDir()},
		Emit:   func(r harness.Row) error { rows = append(rows, r); return nil },
		Wanted: wanted,
	}
	if err := r.Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestGemmRows(t *testing.T) {
	t.Chdir(t.TempDir()) // where no peers are installed
	rows := runQuick(t, Gemm(), func(name string) bool { return strings.Contains(name, "n=256/") })
	if len(rows) != 2*2*4 {
		t.Fatalf("%d rows, want 2 types × 2 thread counts × 4 peers", len(rows))
	}
	for _, r := range rows {
		switch *r.Peer {
		case "gonum":
			if r.Ratio == nil || *r.Ratio < 0.01 || *r.Ratio > 100 {
				t.Errorf("%s beside gonum: ratio %v", r.Case, r.Ratio)
			}
		case "fma-peak":
			if r.Ratio == nil || *r.Ratio > 1.1 {
				t.Errorf("%s: %v of the peak cannot be", r.Case, r.Ratio)
			}
		case "openblas", "mkl":
			if r.PeerValue != nil {
				t.Errorf("%s: %s is not installed here, yet it has %v", r.Case, *r.Peer, *r.PeerValue)
			}
		}
	}
}

func TestCheckProductSeesOneWrongElement(t *testing.T) {
	size := product{3, 2, 4}
	a := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	b := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	c := []float64{50, 60, 114, 140, 178, 220}
	if err := checkProduct(size, a, b, c); err != nil {
		t.Fatal(err)
	}
	c[3] += 1e-9
	if err := checkProduct(size, a, b, c); err == nil || !strings.Contains(err.Error(), "row 1") {
		t.Errorf("got %v, want an error that names row 1", err)
	}
}
