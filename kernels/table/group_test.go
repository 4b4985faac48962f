package table

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// naiveAgg evaluates one aggregate over the values of one group.
func naiveAgg(a Agg, t arrow.DataType, rows []cell) cell {
	if a.Kind == CountStar {
		return int64(len(rows))
	}
	values := slices.DeleteFunc(slices.Clone(rows), func(c cell) bool { return c == nil })
	switch a.Kind {
	case Count:
		return int64(len(values))
	case CountDistinct:
		seen := map[string]bool{}
		for _, v := range values {
			seen[keyText([]cell{v})] = true
		}
		return int64(len(seen))
	}
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Clone(values)
	slices.SortStableFunc(sorted, compareCells)
	switch a.Kind {
	case First:
		return values[0]
	case Last:
		return values[len(values)-1]
	case Min, All:
		return sorted[0]
	case Max, Any:
		return sorted[len(sorted)-1]
	case Sum:
		if !arrow.IsFloating(t.ID()) {
			var sum int64
			for _, v := range values {
				sum += int64(toFloat(v))
			}
			return sum
		}
	}
	return naiveMoment(a, sorted, values)
}

// naiveMoment evaluates the aggregates that are float64.
func naiveMoment(a Agg, sorted, values []cell) cell {
	n, sum := float64(len(values)), 0.0
	for _, v := range values {
		sum += toFloat(v)
	}
	switch a.Kind {
	case Sum:
		return floatCell(sum)
	case Mean:
		return floatCell(sum / n)
	case Median, Quantile:
		at := a.quantile() * (n - 1)
		low, high := toFloat(sorted[int(at)]), toFloat(sorted[int(math.Ceil(at))])
		if low == high || at == math.Floor(at) {
			return floatCell(low)
		}
		part := at - math.Floor(at)
		return floatCell(low*(1-part) + high*part)
	}
	if n < 2 {
		return nil
	}
	m2, rounding := 0.0, 0.0 // what the mean's own rounding adds is taken out
	for _, v := range values {
		d := toFloat(v) - sum/n
		m2, rounding = m2+d*d, rounding+d
	}
	m2 -= rounding * rounding / n
	if a.Kind == Std {
		return floatCell(math.Sqrt(m2 / (n - 1)))
	}
	return floatCell(m2 / (n - 1))
}

func toFloat(c cell) float64 {
	switch c := c.(type) {
	case bool:
		if c {
			return 1
		}
		return 0
	case int64:
		return float64(c)
	case uint64:
		return float64(c)
	case float64:
		return c
	}
	return math.NaN()
}

// compareCells is the order of values of one column, without nulls.
func compareCells(a, b cell) int {
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok && x != "NaN" && y != "NaN" {
			return slices.Compare([]byte(x), []byte(y))
		}
	}
	x, y := toFloat(a), toFloat(b)
	switch {
	case before(x, y):
		return -1
	case before(y, x):
		return 1
	}
	return 0
}

// naiveGroup evaluates a spec whose keys are the first columns.
func naiveGroup(in *kernels.Table, spec AggSpec) [][]cell {
	type group struct {
		key  []cell
		rows [][]cell
	}
	var groups []*group
	at := map[string]*group{}
	if len(spec.Keys) == 0 {
		groups = append(groups, &group{})
		at[""] = groups[0]
	}
	for _, row := range rowsOf(in) {
		key := row[:len(spec.Keys)]
		g := at[keyText(key)]
		if g == nil {
			g = &group{key: key}
			at[keyText(key)], groups = g, append(groups, g)
		}
		g.rows = append(g.rows, row)
	}
	var out [][]cell
	for _, g := range groups {
		row := slices.Clone(g.key)
		for _, a := range spec.Aggs {
			col, t := 0, arrow.DataType(arrow.Null)
			if a.Kind != CountStar {
				col, _ = in.ColumnIndex(a.Column)
				t = in.Schema().Field(col).Type
			}
			values := make([]cell, len(g.rows))
			for i := range values {
				values[i] = g.rows[i][col]
			}
			row = append(row, naiveAgg(a, t, values))
		}
		out = append(out, row)
	}
	return out
}

// drawSpec asks for every aggregate that the value columns allow.
func drawSpec(t *rapid.T, in *kernels.Table, keys int) AggSpec {
	var s AggSpec
	for i, f := range in.Schema().Fields() {
		if i < keys {
			s.Keys = append(s.Keys, f.Name)
			continue
		}
		for k := Sum; k <= Quantile; k++ {
			a := Agg{Kind: k, Column: f.Name, As: fmt.Sprintf("%v of %s", k, f.Name)}
			if k == Quantile {
				a.Q = rapid.SampledFrom([]float64{0, 0.1, 0.25, 0.9, 1}).Draw(t, "q")
			}
			if k == CountStar {
				a.Column = ""
			}
			if k == CountStar || k.takes(f.Type) {
				s.Aggs = append(s.Aggs, a)
			}
		}
	}
	return s
}

// mustMatch compares results to the naive ones: exactly, but for what divides
// and for variances, which the naive evaluator sums in another order.
func mustMatch(t rapid.TB, spec AggSpec, got *kernels.Table, want [][]cell) {
	t.Helper()
	if got.NumRows() != len(want) {
		t.Fatalf("%d groups, want %d", got.NumRows(), len(want))
	}
	for i, row := range rowsOf(got) {
		for k, c := range row {
			w := want[i][k]
			if keyText([]cell{c}) == keyText([]cell{w}) {
				continue
			}
			x, ok := c.(float64)
			y, ok2 := w.(float64)
			if k >= len(spec.Keys) && ok && ok2 && math.Abs(x-y) <= 1e-9*(1+math.Abs(y)) {
				continue
			}
			t.Fatalf("group %v, %q: got %v, want %v", want[i][:len(spec.Keys)], got.Schema().Field(k).Name, c, w)
		}
	}
}

func TestGroupBy(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) { checkGroupBy(t, rt, mem) })
}

// FuzzGroupBy looks for tables and specs that TestGroupBy does not come by.
func FuzzGroupBy(f *testing.F) {
	f.Fuzz(func(t *testing.T, seed []byte) {
		mem := checked(t)
		rapid.MakeFuzz(func(rt *rapid.T) { checkGroupBy(t, rt, mem) })(t, seed)
	})
}

// drawWays chooses how groups are numbered and accumulated: as for few rows, or as
// for many.
func drawWays(t *rapid.T) (restore func()) {
	places, lines := placeRows, lineRows
	if rapid.Bool().Draw(t, "places") {
		placeRows = 0
	}
	if rapid.Bool().Draw(t, "lines") {
		lineRows = 0
	}
	return func() { placeRows, lineRows = places, lines }
}

// checkGroupBy compares a random group-by with the naive evaluator, of the table
// whole and of its pieces.
func checkGroupBy(t *testing.T, rt *rapid.T, mem memory.Allocator) {
	defer drawWays(rt)()
	keys := rapid.IntRange(0, 3).Draw(rt, "keys")
	in := drawShape(rt, keys+1).table(t, mem)
	defer in.Release()
	spec := drawSpec(rt, in, keys)
	got, err := GroupBy(mem, in, spec)
	if err != nil {
		rt.Fatal(err)
	}
	defer got.Release()
	want := naiveGroup(in, spec)
	mustMatch(rt, spec, got, want)
	schema, err := spec.Schema(in.Schema())
	if err != nil {
		rt.Fatal(err)
	}
	if err := sameColumns(schema, got.Schema()); err != nil {
		rt.Fatalf("the spec's schema is not the result's: %v", err)
	}
	cut := rapid.IntRange(0, in.NumRows()).Draw(rt, "cut")
	head, tail := in.Slice(0, cut), in.Slice(cut, in.NumRows())
	defer head.Release()
	defer tail.Release()
	pieces, err := GroupTables(mem, spec, head, tail)
	if err != nil {
		rt.Fatal(err)
	}
	defer pieces.Release()
	mustMatch(rt, spec, pieces, want)
}

// States of parts, merged in a tree, give what the whole gives.
func TestMergeOfPartials(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		defer drawWays(rt)()
		keys := rapid.IntRange(0, 2).Draw(rt, "keys")
		in := drawShape(rt, keys+1).table(t, mem)
		defer in.Release()
		spec := drawSpec(rt, in, keys)
		parts := rapid.IntRange(1, 5).Draw(rt, "parts")
		var states []*kernels.Table
		for p := range parts {
			part := in.Slice(in.NumRows()*p/parts, in.NumRows()*(p+1)/parts)
			defer part.Release()
			state, err := Partial(mem, part, spec)
			if err != nil {
				rt.Fatal(err)
			}
			defer state.Release()
			states = append(states, state)
		}
		for len(states) > 1 {
			n := min(len(states), rapid.IntRange(2, 3).Draw(rt, "fan-in"))
			merged, err := Merge(mem, spec, states[:n]...)
			if err != nil {
				rt.Fatal(err)
			}
			defer merged.Release()
			states = append([]*kernels.Table{merged}, states[n:]...)
		}
		got, err := Finish(mem, states[0], spec)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		mustMatch(rt, spec, got, naiveGroup(in, spec))
	})
}

// The way of a shuffle: states of parts are split by key, and each split merged
// by itself.
func TestStatesCanBeShuffled(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		defer drawWays(rt)()
		in := drawShape(rt, 2).table(t, mem)
		defer in.Release()
		spec := drawSpec(rt, in, 1)
		const parts = 3
		var inbox [parts][]*kernels.Table
		for p := range parts {
			part := in.Slice(in.NumRows()*p/parts, in.NumRows()*(p+1)/parts)
			defer part.Release()
			state, err := Partial(mem, part, spec)
			if err != nil {
				rt.Fatal(err)
			}
			defer state.Release()
			split, err := Partition(mem, state, spec.Keys, parts)
			if err != nil {
				rt.Fatal(err)
			}
			for to, piece := range split {
				defer piece.Release()
				inbox[to] = append(inbox[to], piece)
			}
		}
		want := map[string][]cell{}
		for _, row := range naiveGroup(in, spec) {
			want[keyText(row[:1])] = row
		}
		for _, pieces := range inbox {
			merged, err := Merge(mem, spec, pieces...)
			if err != nil {
				rt.Fatal(err)
			}
			defer merged.Release()
			got, err := Finish(mem, merged, spec)
			if err != nil {
				rt.Fatal(err)
			}
			defer got.Release()
			var expected [][]cell
			for _, row := range rowsOf(got) {
				expected = append(expected, want[keyText(row[:1])])
				delete(want, keyText(row[:1]))
			}
			mustMatch(rt, spec, got, expected)
		}
		if len(want) > 0 {
			rt.Fatalf("groups %v are missing", want)
		}
	})
}

// Without rows there are no groups, but without keys there is always one.
func TestGroupsOfNothing(t *testing.T) {
	mem := checked(t)
	in := shape{types: columnTypes[4:6]}.table(t, mem)
	defer in.Release()
	aggs := []Agg{{Kind: CountStar}, {Kind: Count, Column: "c1"}, {Kind: Sum, Column: "c1"}, {Kind: Mean, Column: "c1"}, {Kind: Min, Column: "c1"}}
	for _, c := range []struct {
		keys []string
		want [][]cell
	}{{[]string{"c0"}, nil}, {nil, [][]cell{{int64(0), int64(0), nil, nil, nil}}}} {
		got, err := GroupBy(mem, in, AggSpec{c.keys, aggs})
		if err != nil {
			t.Fatal(err)
		}
		mustEqualRows(t, "group", rowsOf(got), c.want)
		if name := got.Schema().Field(len(c.keys) + 2).Name; name != "sum_c1" {
			t.Errorf("a sum without a name is called %q", name)
		}
		got.Release()
	}
}

func TestIntegerSumOverflows(t *testing.T) {
	mem := checked(t)
	for _, c := range []struct {
		t     arrow.DataType
		cells []cell
	}{
		{arrow.PrimitiveTypes.Int64, []cell{int64(math.MaxInt64), int64(1)}},
		{arrow.PrimitiveTypes.Int64, []cell{int64(math.MinInt64), nil, int64(-1)}},
		{arrow.PrimitiveTypes.Uint64, []cell{uint64(math.MaxUint64)}},
	} {
		col := makeColumn(mem, c.t, c.cells)
		in, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "n", Type: c.t, Nullable: true}}, nil), []arrow.Array{col}, len(c.cells))
		col.Release()
		if err != nil {
			t.Fatal(err)
		}
		_, err = GroupBy(mem, in, AggSpec{Aggs: []Agg{{Kind: Sum, Column: "n"}}})
		in.Release()
		if !errors.Is(err, ErrOverflow) {
			t.Errorf("sum of %v is no overflow: %v", c.cells, err)
		}
	}
}
