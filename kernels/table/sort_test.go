package table

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// naiveSort sorts rows by comparing the cells of the key columns, which are the
// first ones.
func naiveSort(rows [][]cell, keys []SortKey) [][]cell {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b []cell) int {
		for i, k := range keys {
			if c := compareNullable(a[i], b[i], k); c != 0 {
				return c
			}
		}
		return 0
	})
	return rows
}

func compareNullable(a, b cell, k SortKey) int {
	first := -1
	if !k.NullsFirst {
		first = 1
	}
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return first
	case b == nil:
		return -first
	case k.Descending:
		return -compareExact(a, b)
	}
	return compareExact(a, b)
}

// compareExact is compareCells without rounding large integers.
func compareExact(a, b cell) int {
	if x, ok := a.(int64); ok {
		y := b.(int64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return compareCells(a, b)
}

func drawSort(t *rapid.T, keys int) SortSpec {
	var s SortSpec
	for i := range keys {
		s.Keys = append(s.Keys, SortKey{Column: []string{"c0", "c1", "c2"}[i],
			Descending: rapid.Bool().Draw(t, "descending"), NullsFirst: rapid.Bool().Draw(t, "nulls first")})
	}
	return s
}

func TestSortAndTopK(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.IntRange(1, 3).Draw(rt, "keys")
		in := drawShape(rt, keys+1).table(t, mem)
		defer in.Release()
		spec := drawSort(rt, keys)
		want := naiveSort(rowsOf(in), spec.Keys)
		sorted, err := Sort(mem, in, spec)
		if err != nil {
			rt.Fatal(err)
		}
		defer sorted.Release()
		mustEqualRows(rt, "sort", rowsOf(sorted), want)
		k := rapid.SampledFrom([]int{0, 1, 2, 10, 100, 5000}).Draw(rt, "k")
		top, err := TopK(mem, in, spec, k)
		if err != nil {
			rt.Fatal(err)
		}
		defer top.Release()
		mustEqualRows(rt, "top-k", rowsOf(top), want[:min(k, len(want))])
	})
}

func TestSortOfExtremes(t *testing.T) {
	mem := checked(t)
	const least, most = -1 << 63, 1<<63 - 1
	cells := []cell{int64(0), nil, int64(most), int64(least), int64(-1), nil, int64(least), int64(1)}
	col := makeColumn(mem, arrow.PrimitiveTypes.Int64, cells)
	in, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "c0", Type: col.DataType(), Nullable: true}}, nil), []arrow.Array{col}, len(cells))
	col.Release()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	for _, key := range []SortKey{{"c0", false, false}, {"c0", false, true}, {"c0", true, false}, {"c0", true, true}} {
		got, err := Sort(mem, in, SortSpec{[]SortKey{key}})
		if err != nil {
			t.Fatal(err)
		}
		mustEqualRows(t, "sort", rowsOf(got), naiveSort(rowsOf(in), []SortKey{key}))
		got.Release()
	}
}

func TestMergeSorted(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.IntRange(1, 2).Draw(rt, "keys")
		s, spec := drawShape(rt, keys+1), drawSort(rt, keys)
		var runs []*kernels.Table
		var all [][]cell
		for range rapid.IntRange(1, 6).Draw(rt, "runs") {
			in := s.table(t, mem)
			defer in.Release()
			run, err := Sort(mem, in, spec)
			if err != nil {
				rt.Fatal(err)
			}
			defer run.Release()
			runs, all = append(runs, run), append(all, rowsOf(run)...)
			s.seed, s.rows = s.seed+1, rapid.SampledFrom([]int{0, 1, 20, 300}).Draw(rt, "rows")
		}
		got, err := MergeSorted(mem, spec, runs...)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		mustEqualRows(rt, "merge", rowsOf(got), naiveSort(all, spec.Keys))
	})
}

func TestMergeSortedRefusesDisorder(t *testing.T) {
	mem := checked(t)
	in := shape{types: columnTypes[4:5], rows: 50, seed: 1}.table(t, mem)
	defer in.Release()
	_, err := MergeSorted(mem, SortSpec{[]SortKey{{Column: "c0"}}}, in, in)
	if !errors.Is(err, ErrSpec) || !strings.Contains(err.Error(), "table 0 is out of order at row") {
		t.Errorf("error %v", err)
	}
}
