package frame

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/examples/data"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"pgregory.net/rapid"
)

// statSchema has a column of each type that has statistics.
var statSchema = arrow.NewSchema([]arrow.Field{
	{Name: "int", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "float", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "date", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "time", Type: &arrow.TimestampType{Unit: arrow.Microsecond}, Nullable: true},
}, nil)

// far are integers that float64 tells apart from their neighbours badly.
const far = 1 << 53

var texts = []string{"", "a", "aa", "ab", "b", "é", strings.Repeat("x", 70), strings.Repeat("x", 70) + "y", "\U0010ffff"}

// statRow draws a row near a middle, so that row groups differ.
func statRow(t *rapid.T, middle int) []any {
	n := int64(middle + rapid.IntRange(-1, 1).Draw(t, "n"))
	row := []any{n, float64(n) / 2, texts[(n+90)%int64(len(texts))], n * 20, n * 86_400_000_000 * 20}
	switch rapid.IntRange(0, 5).Draw(t, "odd") {
	case 0:
		row[rapid.IntRange(0, 4).Draw(t, "null")] = nil
	case 1:
		row[1] = pickOf(t, []float64{math.NaN(), math.Copysign(0, -1), math.Inf(1), math.Inf(-1)})
	case 2:
		row[0] = far + n
	}
	return row
}

func pickOf[T any](t *rapid.T, from []T) T { return rapid.SampledFrom(from).Draw(t, "of") }

// statCondition draws a condition over a projection of the columns.
func statCondition(t *rapid.T, depth int) Expr {
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "logic") {
		case 0:
			return statCondition(t, depth-1).Not()
		case 1:
			return statCondition(t, depth-1).And(statCondition(t, depth-1))
		case 2:
			return statCondition(t, depth-1).Or(statCondition(t, depth-1))
		}
	}
	n := rapid.IntRange(-5, 5).Draw(t, "literal")
	day := time.Date(1970, 1, 1+20*n, rapid.IntRange(0, 1).Draw(t, "hour"), 0, 0, 0, time.UTC)
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		return comparedTo(t, Col("int"), pickOf(t, []any{n, float64(n) + 0.5, float64(far + n), far + n, math.NaN()}))
	case 1:
		return comparedTo(t, Col("float"), pickOf(t, []any{n, float64(n) / 2, math.NaN(), math.Inf(1), 0.0}))
	case 2:
		return comparedTo(t, Col("word"), pickOf(t, texts))
	case 3:
		return comparedTo(t, Col("date"), day)
	case 4:
		return comparedTo(t, pickOf(t, []Expr{Col("time"), Col("time").Trunc(Month)}), pickOf(t, []any{day, day.Format("2006-01-02")}))
	case 5:
		return comparedTo(t, Col("year"), 1970)
	case 6:
		return Col("int").Between(n, n+1)
	case 7:
		return Col("int").IsIn(n, pickOf(t, []any{n + 3, float64(far), far + n}))
	}
	return pickOf(t, []Expr{Col("int").IsNull(), Col("sum").Gt(n), Col("word").Contains("a"), Col("float").Ne(Col("int"))})
}

func comparedTo(t *rapid.T, x Expr, v any) Expr {
	if rapid.Bool().Draw(t, "mirrored") {
		x, v = Lit(v), x
	}
	e, _ := compared(x, pickOf(t, []string{"eq", "ne", "lt", "le", "gt", "ge"}), v)
	return e
}

// derived is a projection that conditions are seen through.
func derived(f *Frame) *Frame {
	return f.With(Col("time").Year().As("year"), Col("int").Add(Col("date").Day()).As("sum")).Rename("text", "word")
}

// TestPruningChangesNothing: what is computed of Parquet row groups is what is
// computed of the same tables in memory, which are never pruned.
func TestPruningChangesNothing(t *testing.T) {
	pruned := 0
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		var parts []*kernels.Table
		for range rapid.IntRange(1, 4).Draw(rt, "groups") {
			middle := rapid.IntRange(-4, 4).Draw(rt, "middle")
			var rows [][]any
			for range rapid.IntRange(0, 4).Draw(rt, "rows") {
				rows = append(rows, statRow(rt, middle))
			}
			parts = append(parts, buildTable(rt, kernels.DefaultAllocator(), statSchema, rows))
		}
		ctx, l := context.Background(), &graph.Local{Threads: 2}
		inMemory := FromTables(parts...)
		if _, err := inMemory.WriteParquet(ctx, l, dir); err != nil {
			rt.Fatal(err)
		}
		scan := ReadParquet(dir + "/*.parquet")
		cond := statCondition(rt, 2)
		got, want := derived(scan).Filter(cond), derived(inMemory).Filter(cond)
		if scan.Partitions() > got.Partitions() || strings.Contains(got.Explain(), " 0 of ") {
			pruned++
		}
		if g, w := tableText(rt, got), tableText(rt, want); g != w {
			rt.Fatalf("%v: got\n%s\nwant\n%s\n%s", cond, g, w, got.Explain())
		}
	})
	if pruned == 0 {
		t.Error("no row group was ever pruned")
	}
}

func tableText(t *rapid.T, f *Frame) string {
	tab, err := f.Compute(context.Background(), &graph.Local{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Release()
	return strings.Join(cells(tab), "\n")
}

// TestPruningOfFlights: a day is in one of the eleven row groups, which are in
// the order of time; what cannot be told from statistics prunes nothing.
func TestPruningOfFlights(t *testing.T) {
	f := ReadParquet("example://" + data.Flights)
	day := time.Date(2001, 3, 4, 0, 0, 0, 0, time.UTC)
	one := f.With(Col("date").Trunc(Day).As("day"), Col("delay").Mul(2).As("twice")).Filter(Col("day").Eq(day))
	plan := one.Explain()
	if one.Partitions() > 2 || !strings.Contains(plan, "of 11 row groups") {
		t.Errorf("one day is in 1 or 2 row groups:\n%s", plan)
	}
	count := func(f *Frame) int64 {
		n, err := f.Count(context.Background(), &graph.Local{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	all := f.Select("date").Filter(Col("date").Hour().Lt(24)) // keeps all groups, and all rows
	if n := all.Partitions(); n != 11 {
		t.Errorf("an hour says nothing about row groups, but %d of 11 are left", n)
	}
	if got, want := count(one), count(all.Filter(Coalesce(Col("date"), Col("date")).Trunc(Day).Eq(day))); got != want {
		t.Errorf("%d flights on one day, want %d", got, want)
	}
	none := f.Filter(Col("date").Gt(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
	if got := count(none); got != 0 || none.Partitions() != 1 {
		t.Errorf("%d flights in 2030 in %d partitions", got, none.Partitions())
	}
	if plan := none.Explain(); !strings.Contains(plan, "0 of 11 row groups") {
		t.Errorf("the plan must say that nothing is read:\n%s", plan)
	}
}

// TestNoRowGroups: a Parquet file without rows is a frame without rows.
func TestNoRowGroups(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.parquet")
	file, err := source.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := source.NewParquetWriter(kernels.DefaultAllocator(), file, path, statSchema, source.ParquetWriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file.Close()
	f := ReadParquet(path)
	expect(t, f.GroupBy().Agg(Rows(), Sum("int")), "0|null")
	expect(t, f.Sort(Asc("text")).Select("int"))
	if !slices.Equal(f.Columns(), names(statSchema)) {
		t.Errorf("columns %v", f.Columns())
	}
}
