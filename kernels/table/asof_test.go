package table

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// naiveAsof looks at every right row for every left one. Both sides have their
// by-keys first, then their time, then one more column.
func naiveAsof(left, right [][]cell, spec AsofSpec) [][]cell {
	by := len(spec.LeftBy)
	var out [][]cell
	for _, l := range left {
		best := -1
		for i, r := range right {
			if !candidate(l, r, by, spec) {
				continue
			}
			if best < 0 || closer(l[by], right[best][by], r[by], spec.Strategy) {
				best = i
			}
		}
		beside := make([]cell, 2)
		if best >= 0 {
			beside = right[best][by:]
		}
		out = append(out, slices.Concat(l, beside))
	}
	return out
}

func candidate(l, r []cell, by int, spec AsofSpec) bool {
	if slices.Contains(l[:by+1], nil) || slices.Contains(r[:by+1], nil) || keyText(l[:by]) != keyText(r[:by]) {
		return false
	}
	t, p := l[by], r[by]
	if t == "NaN" || p == "NaN" {
		return false
	}
	c := compareTimes(p, t)
	switch {
	case spec.Strict && c == 0, spec.Strategy == Backward && c > 0, spec.Strategy == Forward && c < 0:
		return false
	}
	return !spec.Within.Limited || c == 0 || apart(t, p) <= float64(spec.Within.Int)+spec.Within.Float
}

// closer says whether a later row at time q goes before one at time p.
func closer(t, p, q cell, s AsofStrategy) bool {
	switch s {
	case Backward:
		return compareTimes(q, p) >= 0
	case Forward:
		return compareTimes(q, p) < 0
	}
	a, b := apart(t, p), apart(t, q)
	if a != b && !(math.IsInf(a, 1) && math.IsInf(b, 1)) {
		return b < a
	}
	behindP, behindQ := compareTimes(p, t) <= 0, compareTimes(q, t) <= 0
	if behindP != behindQ {
		return behindQ
	}
	return closer(t, p, q, map[bool]AsofStrategy{true: Backward, false: Forward}[behindQ])
}

func compareTimes(a, b cell) int {
	if x, ok := a.(uint64); ok {
		y := b.(uint64)
		return map[bool]int{x < y: -1, x > y: 1}[true]
	}
	return compareExact(a, b)
}

// apart is how far apart two times are; those of the test are exact as floats.
func apart(a, b cell) float64 {
	if compareTimes(a, b) == 0 {
		return 0
	}
	float := func(c cell) float64 {
		switch c := c.(type) {
		case int64:
			return float64(c)
		case uint64:
			return float64(c)
		}
		return c.(float64)
	}
	return math.Abs(float(a) - float(b))
}

// timeTypes are the types of which a column of time may be.
var timeTypes = []arrow.DataType{arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint32,
	arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Date32,
	arrow.FixedWidthTypes.Timestamp_us}

func TestAsof(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		by := rapid.IntRange(0, 2).Draw(rt, "by")
		s := drawShape(rt, by+2)
		s.rows = min(s.rows, 100)
		s.types[by] = rapid.SampledFrom(timeTypes).Draw(rt, "time")
		names := []string{"c0", "c1", "c2"}
		spec := AsofSpec{Strategy: AsofStrategy(rapid.IntRange(1, 3).Draw(rt, "strategy")), Left: names[by], Right: names[by],
			LeftBy: names[:by], RightBy: names[:by], Strict: rapid.Bool().Draw(rt, "strict")}
		if rapid.Bool().Draw(rt, "within") {
			spec.Within.Limited = true
			if n := rapid.IntRange(0, 3).Draw(rt, "distance"); arrow.IsFloating(s.types[by].ID()) {
				spec.Within.Float = float64(n) / 2
			} else {
				spec.Within.Int = uint64(n)
			}
		}
		left := s.table(t, mem)
		defer left.Release()
		for k := range by {
			s.types[k] = otherForm(rt, s.types[k])
		}
		s.seed, s.rows = s.seed+1, rapid.SampledFrom([]int{0, 1, 5, 60, 1500}).Draw(rt, "right rows")
		right := s.table(t, mem)
		defer right.Release()
		if rapid.Bool().Draw(rt, "in order") {
			right = mustSort(rt, right, spec.Right)
			defer right.Release()
			left = mustSort(rt, left, spec.Left)
			defer left.Release()
		}
		got, err := Asof(mem, left, right, spec)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		mustEqualRows(rt, spec.Strategy.String()+" join", rowsOf(got), naiveAsof(rowsOf(left), rowsOf(right), spec))
		schema, err := spec.Schema(left.Schema(), right.Schema())
		if err != nil {
			rt.Fatal(err)
		}
		if err := sameColumns(schema, got.Schema()); err != nil {
			rt.Fatalf("the spec's schema is not the result's: %v", err)
		}
	})
}

func mustSort(t rapid.TB, in *kernels.Table, by string) *kernels.Table {
	out, err := Sort(kernels.DefaultAllocator(), in, SortSpec{[]SortKey{{Column: by}}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Distances from one end of the integers to the other, and of infinities.
func TestAsofOfExtremes(t *testing.T) {
	mem := checked(t)
	one := func(dt arrow.DataType, cells ...cell) *kernels.Table {
		col := makeColumn(mem, dt, cells)
		defer col.Release()
		out, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "t", Type: dt, Nullable: true}}, nil), []arrow.Array{col}, len(cells))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const least, most = math.MinInt64, math.MaxInt64
	inf := math.Inf(1)
	for _, c := range []struct {
		t           arrow.DataType
		left, right []cell
		spec        AsofSpec
		want        []cell
	}{
		{arrow.PrimitiveTypes.Int64, []cell{int64(least), int64(most), int64(0)}, []cell{int64(most), int64(least)},
			AsofSpec{Strategy: Nearest}, []cell{int64(least), int64(most), int64(most)}},
		{arrow.PrimitiveTypes.Int64, []cell{int64(least), int64(most)}, []cell{int64(most), int64(least)},
			AsofSpec{Strategy: Nearest, Strict: true}, []cell{int64(most), int64(least)}},
		{arrow.PrimitiveTypes.Int64, []cell{int64(most)}, []cell{int64(least)},
			AsofSpec{Strategy: Backward, Within: Within{Limited: true, Int: math.MaxUint64}}, []cell{int64(least)}},
		{arrow.PrimitiveTypes.Int64, []cell{int64(most)}, []cell{int64(least)},
			AsofSpec{Strategy: Backward, Within: Within{Limited: true, Int: math.MaxUint64 - 1}}, []cell{nil}},
		{arrow.PrimitiveTypes.Uint64, []cell{uint64(math.MaxUint64), uint64(1)}, []cell{uint64(math.MaxUint64), uint64(0)},
			AsofSpec{Strategy: Forward}, []cell{uint64(math.MaxUint64), uint64(math.MaxUint64)}},
		{arrow.PrimitiveTypes.Float64, []cell{inf, -inf, 0.0}, []cell{inf, -inf},
			AsofSpec{Strategy: Nearest, Within: Within{Limited: true}}, []cell{inf, -inf, nil}},
		{arrow.PrimitiveTypes.Float64, []cell{inf, 0.0, math.NaN(), nil}, []cell{-inf, math.NaN()},
			AsofSpec{Strategy: Backward, Within: Within{Limited: true, Float: inf}}, []cell{-inf, -inf, nil, nil}},
	} {
		c.spec.Left, c.spec.Right = "t", "t"
		left, right := one(c.t, c.left...), one(c.t, c.right...)
		got, err := Asof(mem, left, right, c.spec)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if v := cellAt(got.Column(1), i); v != want {
				t.Errorf("%v of %v and %v: partner of row %d is %v, want %v", c.spec, c.left, c.right, i, v, want)
			}
		}
		got.Release()
		left.Release()
		right.Release()
	}
}

// Many rows in few and in many groups, in order and not.
func TestAsofOfManyRows(t *testing.T) {
	mem := checked(t)
	for _, groups := range []int64{1, 3, 5000} {
		r := rand.New(rand.NewPCG(3, uint64(groups)))
		sides := make([]*kernels.Table, 2)
		for i := range sides {
			sides[i] = keysOf(t, 20_000, func(int) int64 { return r.Int64N(groups) }, func(row int) int64 { return r.Int64N(40_000) + int64(row)*int64(i) })
			defer sides[i].Release()
		}
		spec := AsofSpec{Strategy: Backward, Left: "k1", Right: "k1", LeftBy: []string{"k0"}, RightBy: []string{"k0"}}
		got, err := Asof(mem, sides[0], sides[1], spec)
		if err != nil {
			t.Fatal(err)
		}
		times := map[int64][]int64{}
		key, at := sides[1].Column(0).(*array.Int64), sides[1].Column(1).(*array.Int64)
		for i := range sides[1].NumRows() {
			times[key.Value(i)] = append(times[key.Value(i)], at.Value(i))
		}
		for _, ts := range times {
			slices.Sort(ts)
		}
		partner := got.Column(3).(*array.Int64)
		for i := range got.NumRows() {
			ts := times[sides[0].Column(0).(*array.Int64).Value(i)]
			n, _ := slices.BinarySearch(ts, sides[0].Column(1).(*array.Int64).Value(i)+1)
			if n == 0 != partner.IsNull(i) || n > 0 && partner.Value(i) != ts[n-1] {
				t.Fatalf("%d groups: row %d has partner %v, %d are not after it", groups, i, partner.ValueStr(i), n)
			}
		}
		got.Release()
	}
}

func TestCross(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 2)
		s.rows = min(s.rows, 50)
		left := s.table(t, mem)
		defer left.Release()
		s.seed, s.rows = s.seed+1, rapid.SampledFrom([]int{0, 1, 40}).Draw(rt, "right rows")
		right := s.table(t, mem)
		defer right.Release()
		got, err := Cross(mem, left, right)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		var want [][]cell
		for _, l := range rowsOf(left) {
			for _, r := range rowsOf(right) {
				want = append(want, slices.Concat(l, r))
			}
		}
		mustEqualRows(rt, "cross join", rowsOf(got), want)
		if names := columnNames(got.Schema()); !slices.Equal(names, []string{"c0", "c1", "c0_right", "c1_right"}) {
			rt.Errorf("columns are %q", names)
		}
	})
}

func TestAsofErrorsNameColumns(t *testing.T) {
	mem := checked(t)
	s := shape{types: []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String, arrow.FixedWidthTypes.Boolean}, rows: 2}
	in := s.table(t, mem)
	defer in.Release()
	asof := func(s AsofSpec) error { _, err := Asof(mem, in, in, s); return err }
	for _, c := range []struct {
		spec     AsofSpec
		is       error
		mentions string
	}{
		{AsofSpec{}, ErrSpec, "AsofStrategy(0)"},
		{AsofSpec{Strategy: Backward, Left: "t", Right: "c0"}, kernels.ErrColumn, `asof join, left side: kernels: no such column: "t"`},
		{AsofSpec{Strategy: Backward, Left: "c0", Right: "t"}, kernels.ErrColumn, "asof join, right side"},
		{AsofSpec{Strategy: Backward, Left: "c0", Right: "c1"}, ErrType, `left time "c0" is int64, right time "c1" is float64: cast one`},
		{AsofSpec{Strategy: Backward, Left: "c2", Right: "c2"}, ErrType, `by the time of column "c2": not defined on utf8`},
		{AsofSpec{Strategy: Backward, Left: "c3", Right: "c3"}, ErrType, `not defined on bool`},
		{AsofSpec{Strategy: Backward, Left: "c0", Right: "c0", LeftBy: []string{"c1"}}, ErrSpec, "1 left and 0 right columns"},
		{AsofSpec{Strategy: Backward, Left: "c0", Right: "c0", LeftBy: []string{"c0"}, RightBy: []string{"c0"}}, ErrSpec, `by its own time "c0"`},
		{AsofSpec{Strategy: Backward, Left: "c0", Right: "c0", LeftBy: []string{"c1"}, RightBy: []string{"c2"}}, ErrType, `left key "c1" is float64, right key "c2" is utf8`},
		{AsofSpec{Strategy: Backward, Left: "c0", Right: "c0", Within: Within{Limited: true, Float: 1.5}}, ErrSpec, "no fractions: give an integer"},
		{AsofSpec{Strategy: Backward, Left: "c1", Right: "c1", Within: Within{Limited: true, Int: 1}}, ErrSpec, "give a float"},
		{AsofSpec{Strategy: Backward, Left: "c1", Right: "c1", Within: Within{Limited: true, Float: -1}}, ErrSpec, "within -1: want 0 or more"},
	} {
		if err := asof(c.spec); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.mentions) {
			t.Errorf("%+v: error %v, want one that says %q", c.spec, err, c.mentions)
		}
	}
	if _, err := Cross(mem, mustConcat(t, in, 70_000), mustConcat(t, in, 70_000)); !errors.Is(err, ErrOverflow) || !strings.Contains(err.Error(), "140000 by 140000") {
		t.Errorf("a cross join of too many rows: %v", err)
	}
}

// mustConcat is a table of so many times the rows of another, of Go memory.
func mustConcat(t *testing.T, in *kernels.Table, times int) *kernels.Table {
	out, err := Concat(kernels.DefaultAllocator(), slices.Repeat([]*kernels.Table{in}, times)...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
