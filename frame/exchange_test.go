package frame

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// randomRel has rows of a short integer key, a longer one, a text and a number,
// all with nulls.
func randomRel(r *rand.Rand, rows int) rel {
	out := rel{names: []string{"k", "i", "f", "s"}, kinds: "iifs"}
	orNull := func(v any) any {
		if r.IntN(10) == 0 {
			return nil
		}
		return v
	}
	for range rows {
		out.rows = append(out.rows, []any{
			orNull(int64(r.IntN(4))), orNull(int64(r.IntN(50))), orNull(float64(r.IntN(40)) / 4), orNull(fmt.Sprint("word", r.IntN(9)))})
	}
	return out
}

// partitioned makes a frame of n partitions of some of the rows each.
func partitioned(t *testing.T, mem kernels.Allocator, r rel, n int) *Frame {
	t.Helper()
	var parts []*kernels.Table
	for i := range n {
		part := rel{r.names, r.kinds, r.rows[i*len(r.rows)/n : (i+1)*len(r.rows)/n]}
		tab := relTable(t, mem, part)
		t.Cleanup(tab.Release)
		parts = append(parts, tab)
	}
	return FromTables(parts...)
}

func relTable(t *testing.T, mem kernels.Allocator, r rel) *kernels.Table {
	t.Helper()
	w := world{mem: mem}
	return w.table(r.names, r.kinds, r.rows)
}

// sortedText is the rows of a rel, as text, in an order of their own.
func sortedText(r rel) string {
	lines := strings.Split(strings.TrimSuffix(r.text(), "\n"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Every plan of a group-by gives the rows of the naive evaluator, and the plans
// differ in where the groups end up.
func TestGroupPlans(t *testing.T) {
	defer func(rows, groups, states, repeat, slices, each, batch int) {
		gatherRows, gatherGroups, gatherStates, repeatRows, sampleSlices, sampleRows, batchRows = rows, groups, states, repeat, slices, each, batch
	}(gatherRows, gatherGroups, gatherStates, repeatRows, sampleSlices, sampleRows, batchRows)
	batchRows, sampleSlices, sampleRows = 20, 4, 5
	const all = 1 << 40
	plans := map[string]struct{ rows, groups, repeat, partitions int }{
		"gather": {all, 0, 0, 1}, "states": {0, 0, 0, 2}, "rows": {0, 0, all, 2},
	}
	aggs := []naiveAgg{{"rows", "", "n"}, {"sum", "i", "a"}, {"mean", "f", "b"}, {"distinct", "s", "c"},
		{"first", "s", "d"}, {"last", "f", "e"}, {"min", "f", "g"}, {"max", "s", "h"}, {"count", "f", "j"}}
	for name, p := range plans {
		t.Run(name, func(t *testing.T) {
			gatherRows, gatherGroups, gatherStates, repeatRows = p.rows, p.groups, all, p.repeat
			mem := kerneltest.Alloc(t)
			rnd := rand.New(rand.NewPCG(5, 6))
			for _, rows := range []int{0, 1, 7, 400} {
				r := randomRel(rnd, rows)
				for _, keys := range [][]string{{"k"}, {"i"}, {"s", "k"}, {"f", "i", "s"}} {
					few := aggs
					if name == "states" {
						few = slices.DeleteFunc(slices.Clone(aggs), func(a naiveAgg) bool { return a.kind == "distinct" })
					}
					f := partitioned(t, mem, r, 5).GroupBy(keys...).Agg(asAggs(few)...)
					got, filled := computeParts(t, mem, f)
					if want := sortedText(r.group(keys, few)); sortedText(got) != want {
						t.Fatalf("%d rows by %v: got\n%s\nwant\n%s", rows, keys, sortedText(got), want)
					}
					if rows == 400 && len(keys) > 1 && (filled > 1) != (p.partitions > 1) {
						t.Errorf("%d rows by %v: groups in %d partitions", rows, keys, filled)
					}
				}
			}
		})
	}
}

func asAggs(naive []naiveAgg) []Agg {
	kinds := map[string]func(string) Agg{"count": Count, "distinct": CountDistinct, "first": First, "last": Last,
		"min": Min, "max": Max, "sum": Sum, "mean": Mean, "rows": func(string) Agg { return Rows() }}
	var out []Agg
	for _, n := range naive {
		out = append(out, kinds[n.kind](n.column).As(n.as))
	}
	return out
}

// computeParts returns the rows of f, and how many partitions have some.
func computeParts(t *testing.T, mem kernels.Allocator, f *Frame) (rows rel, filled int) {
	t.Helper()
	parts, err := f.ComputeParts(kernels.WithAllocator(context.Background(), mem), &graph.Local{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer releaseTables(parts)
	for _, p := range parts {
		if p.NumRows() > 0 {
			filled++
		}
		rows.rows = append(rows.rows, rowsOf(p, f.Columns())...)
	}
	return rows, filled
}

// exchanged runs an exchange of f and returns the rows of each part.
func exchanged(t *testing.T, mem kernels.Allocator, f *Frame, s step, parts int, sides ...*kernels.Table) []rel {
	t.Helper()
	l := newLowering(graph.Spec{}, f.node)
	var deps []graph.Dep
	for i, side := range sides {
		side.Retain()
		deps = append(deps, l.literal(graph.RandomKey(fmt.Sprint("side", i)), side).Whole())
	}
	x := l.exchange(f.node, s, parts, deps...)
	for p := range parts {
		l.b.Output(l.b.Add(graph.Class{Op: opConcat}, nil, x.part(p)...), graph.RandomKey("part"))
	}
	g := l.b.Graph()
	defer releaseLiterals(g)
	values, err := (&graph.Local{Threads: 2}).Run(kernels.WithAllocator(context.Background(), mem), graph.Optimize(g))
	if err != nil {
		t.Fatal(err)
	}
	defer graph.List(values).Release()
	out := make([]rel, parts)
	for p, v := range values {
		out[p] = rel{f.Columns(), "iifs", rowsOf(v.(*kernels.Table), f.Columns())}
	}
	return out
}

func TestHashExchange(t *testing.T) {
	mem := kerneltest.Alloc(t)
	r := randomRel(rand.New(rand.NewPCG(1, 1)), 300)
	f := partitioned(t, mem, r, 4)
	home := map[any]int{}
	var all rel
	for p, part := range exchanged(t, mem, f.Filter(Col("i").Ne(3)), &hashSplit{[]string{"s"}, 3}, 3) {
		for _, row := range part.rows {
			if old, ok := home[row[3]]; ok && old != p {
				t.Errorf("rows with %v are in parts %d and %d", row[3], old, p)
			}
			home[row[3]] = p
		}
		all.rows = append(all.rows, part.rows...)
	}
	want := r.filter(func(row []any) any { return row[1] != nil && row[1] != int64(3) })
	if sortedText(all) != sortedText(want) {
		t.Errorf("got\n%s\nwant\n%s", all.text(), want.text())
	}
}

// Parts in order, each sorted, are the rows sorted.
func TestRangeExchange(t *testing.T) {
	mem := kerneltest.Alloc(t)
	r := randomRel(rand.New(rand.NewPCG(2, 2)), 300)
	f := partitioned(t, mem, r, 4)
	naive := []naiveKey{{"s", true, true}, {"i", false, false}}
	order := table.SortSpec{Keys: []table.SortKey{{Column: "s", Descending: true, NullsFirst: true}, {Column: "i"}}}
	sorted := r.sort(naive)
	bounds := relTable(t, mem, rel{r.names, r.kinds, [][]any{sorted.rows[20], sorted.rows[150], sorted.rows[150]}})
	defer bounds.Release()
	var all rel
	for p, part := range exchanged(t, mem, f, &rangeSplit{order}, 4, bounds) {
		if p == 2 && len(part.rows) > 0 {
			t.Errorf("between equal bounds are %d rows", len(part.rows))
		}
		part.names = r.names
		all.rows = append(all.rows, part.sort(naive).rows...)
	}
	if all.text() != sorted.text() {
		t.Errorf("got\n%s\nwant\n%s", all.text(), sorted.text())
	}
}
