package table

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// naiveWindow computes one window function from all rows that a row's window has.
// Rows have one or more keys first, then the column of the order (if ordered), then
// the column of the function, at place col.
func naiveWindow(rows [][]cell, keys, col int, order []SortKey, w Window) []cell {
	out := make([]cell, len(rows))
	done := map[string]bool{}
	for i := range rows {
		key := keyText(rows[i][:keys])
		if done[key] {
			continue
		}
		done[key] = true
		var group []int
		for k := range rows {
			if keyText(rows[k][:keys]) == key {
				group = append(group, k)
			}
		}
		compare := func(a, b int) int {
			if len(order) == 0 {
				return 0
			}
			return compareNullable(rows[a][keys], rows[b][keys], order[0])
		}
		slices.SortStableFunc(group, compare)
		for at, k := range group {
			peers := [2]int{at, at + 1}
			for peers[0] > 0 && compare(group[peers[0]-1], k) == 0 {
				peers[0]--
			}
			for peers[1] < len(group) && compare(group[peers[1]], k) == 0 {
				peers[1]++
			}
			var values []cell
			for _, g := range group {
				values = append(values, rows[g][col])
			}
			different := 1
			for p := 1; p <= at; p++ {
				if compare(group[p-1], group[p]) != 0 {
					different++
				}
			}
			out[k] = w.naive(values, at, peers, different)
		}
	}
	return out
}

// naive is the function at one place of the values of a group in order.
func (w Window) naive(values []cell, at int, peers [2]int, different int) cell {
	switch w.Kind {
	case RowNumber:
		return int64(at + 1)
	case RankMin:
		return int64(peers[0] + 1)
	case RankMax:
		return int64(peers[1])
	case RankDense:
		return int64(different)
	case RankAverage:
		return float64(peers[0]+1+peers[1]) / 2
	case Lag, Lead:
		from := at - w.N
		if w.Kind == Lead {
			from = at + w.N
		}
		if from < 0 || from >= len(values) {
			return nil
		}
		return values[from]
	}
	window := values[:at+1]
	if w.Kind.rolls() {
		window = values[max(0, at+1-w.N) : at+1]
	}
	if w.Kind == Whole {
		window = values
	}
	window = slices.DeleteFunc(slices.Clone(window), func(c cell) bool { return c == nil })
	switch {
	case w.Kind == CumCount || w.Kind == Whole && w.Agg.Kind == Count:
		return int64(len(window))
	case len(window) < max(w.Least, 1):
		return nil
	}
	switch w.Kind {
	case CumMin, RollingMin:
		return slices.MinFunc(window, compareTimes)
	case CumMax, RollingMax:
		return slices.MaxFunc(window, compareTimes)
	case Whole:
		return map[AggKind]cell{First: window[0], Last: window[len(window)-1]}[w.Agg.Kind]
	}
	return naiveSum(window, w.Kind == RollingMean)
}

// naiveSum adds with as many digits as it takes; the floats of the test are exact.
func naiveSum(window []cell, mean bool) cell {
	exact, float, isFloat := new(big.Int), 0.0, false
	for _, c := range window {
		switch v := c.(type) {
		case bool:
			exact.Add(exact, big.NewInt(map[bool]int64{true: 1}[v]))
		case int64:
			exact.Add(exact, big.NewInt(v))
		case uint64:
			exact.Add(exact, new(big.Int).SetUint64(v))
		case float64:
			float, isFloat = float+v, true
		case string: // NaN
			float, isFloat = math.NaN(), true
		}
	}
	if !isFloat {
		float, _ = new(big.Float).SetInt(exact).Float64()
	}
	switch {
	case mean:
		return floatCell(float / float64(len(window)))
	case isFloat:
		return floatCell(float)
	}
	return exact.Int64()
}

func TestWindows(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.IntRange(0, 2).Draw(rt, "keys")
		s := drawShape(rt, keys+2)
		s.rows = min(s.rows, 100)
		kind := WindowKind(rapid.IntRange(int(RowNumber), int(Whole)).Draw(rt, "kind"))
		w := Window{Kind: kind, Column: fmt.Sprintf("c%d", keys+1)}
		switch kind {
		case RowNumber, RankMin, RankMax, RankDense, RankAverage:
			w.Column = ""
		case Lag, Lead:
			w.N = rapid.IntRange(0, 5).Draw(rt, "distance")
		case CumSum, RollingSum, RollingMean:
			s.types[keys+1] = rapid.SampledFrom(columnTypes[:11]).Draw(rt, "number")
		case Whole:
			w.Agg = Agg{Kind: rapid.SampledFrom([]AggKind{First, Last, Count}).Draw(rt, "aggregate"), Column: w.Column}
			w.Column = ""
		}
		if kind.rolls() {
			w.N = rapid.SampledFrom([]int{1, 2, 3, 7, 64, math.MaxInt}).Draw(rt, "width")
			w.Least = rapid.IntRange(0, min(w.N, 3)).Draw(rt, "least")
		}
		spec := WindowSpec{Keys: []string{"c0", "c1", "c2"}[:keys], Windows: []Window{w}}
		if kind.ranks() || rapid.Bool().Draw(rt, "ordered") {
			spec.Order = SortSpec{[]SortKey{{fmt.Sprintf("c%d", keys), rapid.Bool().Draw(rt, "descending"), rapid.Bool().Draw(rt, "nulls first")}}}
		}
		in := s.table(t, mem)
		defer in.Release()
		got, err := Windows(mem, in, spec)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		want := rowsOf(in)
		for i, v := range naiveWindow(want, keys, keys+1, spec.Order.Keys, w) {
			want[i] = append(want[i], v)
		}
		mustEqualRows(rt, kind.String(), rowsOf(got), want)
		schema, err := spec.Schema(in.Schema())
		if err != nil {
			rt.Fatal(err)
		}
		if err := sameColumns(schema, got.Schema()); err != nil {
			rt.Fatalf("the spec's schema is not the result's: %v", err)
		}
	})
}

// Many rows in many groups, by orders that take several words.
func TestWindowsOfManyRows(t *testing.T) {
	mem := checked(t)
	for _, groups := range []int64{1, 40, 30_000} {
		in := keysOf(t, 50_000, func(row int) int64 { return int64(row) * 7919 % groups }, func(row int) int64 { return int64(row) * 104729 % 50_021 << 40 },
			func(row int) int64 { return int64(row) << 40 })
		spec := WindowSpec{Keys: []string{"k0"}, Order: SortSpec{[]SortKey{{Column: "k1"}, {Column: "k2", Descending: true}}},
			Windows: []Window{{Kind: RowNumber}, {Kind: RollingSum, Column: "x", N: 3}, {Kind: Whole, Agg: Agg{Kind: First, Column: "x"}}}}
		got, err := Windows(mem, in, spec)
		if err != nil {
			t.Fatal(err)
		}
		want := rowsOf(in)
		byGroup := map[cell][][]cell{}
		for _, row := range want {
			byGroup[row[0]] = append(byGroup[row[0]], row)
		}
		results := map[cell][]cell{} // by x, which is the number of the row
		for _, group := range byGroup {
			slices.SortFunc(group, func(a, b []cell) int {
				if c := compareExact(a[1], b[1]); c != 0 {
					return c
				}
				return -compareExact(a[2], b[2])
			})
			for i, row := range group {
				sum := 0.0
				for _, r := range group[max(0, i-2) : i+1] {
					sum += r[3].(float64)
				}
				results[row[3]] = []cell{int64(i + 1), sum, group[0][3]}
			}
		}
		for i, row := range want {
			want[i] = slices.Concat(row, results[row[3]])
		}
		mustEqualRows(t, "windows", rowsOf(got), want)
		got.Release()
		in.Release()
	}
}

// What a window sums is exact, whatever has left it.
func TestWindowSumsForget(t *testing.T) {
	mem := checked(t)
	const most = math.MaxInt64
	table := func(dt arrow.DataType, cells ...cell) *kernels.Table {
		col := makeColumn(mem, dt, cells)
		defer col.Release()
		out, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "x", Type: dt, Nullable: true}}, nil), []arrow.Array{col}, len(cells))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	inf := math.Inf(1)
	for _, c := range []struct {
		in   *kernels.Table
		w    Window
		want []cell
	}{
		{table(arrow.PrimitiveTypes.Int64, int64(most), int64(-1), int64(1), int64(most)), Window{Kind: RollingSum, N: 2}, []cell{int64(most), int64(most - 1), int64(0), nil}},
		{table(arrow.PrimitiveTypes.Int64, int64(most), int64(most), int64(-5), int64(-most)), Window{Kind: RollingMean, N: 2}, []cell{float64(most), float64(most), (float64(most) - 5) / 2, (-float64(most) - 5) / 2}},
		{table(arrow.PrimitiveTypes.Uint64, uint64(math.MaxUint64), uint64(3)), Window{Kind: RollingMean, N: 1}, []cell{float64(math.MaxUint64), 3.0}},
		{table(arrow.PrimitiveTypes.Float64, 1e300, 1.0, 2.0, inf, 1.0, -inf, 1.0, math.NaN(), 1.0, 2.0), Window{Kind: RollingSum, N: 2},
			[]cell{1e300, 1e300, 3.0, inf, inf, -inf, -inf, "NaN", "NaN", 3.0}},
		{table(arrow.PrimitiveTypes.Float64, inf, -inf, nil, 4.0), Window{Kind: RollingMean, N: 3, Least: 2}, []cell{nil, "NaN", "NaN", -inf}},
	} {
		c.w.Column = "x"
		got, err := Windows(mem, c.in, WindowSpec{Windows: []Window{c.w}})
		if err != nil && errors.Is(err, ErrOverflow) && strings.Contains(err.Error(), `column "x" leaves int64`) {
			c.in.Release()
			if c.want[len(c.want)-1] != nil {
				t.Errorf("%v: %v", c.w.Kind, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if v := cellAt(got.Column(1), i); v != want {
				t.Errorf("%v of %v: row %d is %v, want %v", c.w.Kind, c.in.Column(0), i, v, want)
			}
		}
		got.Release()
		c.in.Release()
	}
}

func TestWindowErrorsNameColumns(t *testing.T) {
	mem := checked(t)
	in := shape{types: []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String}, rows: 2}.table(t, mem)
	defer in.Release()
	by := SortSpec{[]SortKey{{Column: "c0"}}}
	for _, c := range []struct {
		spec     WindowSpec
		is       error
		mentions string
	}{
		{WindowSpec{}, ErrSpec, "window without functions"},
		{WindowSpec{Keys: []string{"x"}, Windows: []Window{{Kind: RowNumber}}}, kernels.ErrColumn, `window: kernels: no such column: "x"`},
		{WindowSpec{Order: SortSpec{[]SortKey{{Column: "x"}}}, Windows: []Window{{Kind: RowNumber}}}, kernels.ErrColumn, `order of window: kernels: no such column: "x"`},
		{WindowSpec{Windows: []Window{{Kind: 99}}}, ErrSpec, "WindowKind(99)"},
		{WindowSpec{Windows: []Window{{Kind: RankMin}}}, ErrSpec, "rank without an order"},
		{WindowSpec{Windows: []Window{{Kind: Lag, Column: "x", N: 1}}}, kernels.ErrColumn, `lag: kernels: no such column: "x"`},
		{WindowSpec{Windows: []Window{{Kind: Lead, Column: "c0", N: -1}}}, ErrSpec, `lead of column "c0" by -1 rows`},
		{WindowSpec{Windows: []Window{{Kind: RollingSum, Column: "c0"}}}, ErrSpec, `rolling_sum of column "c0" over 0 rows: want 1 or more`},
		{WindowSpec{Windows: []Window{{Kind: RollingSum, Column: "c0", N: 2, Least: 3}}}, ErrSpec, "at least 3: want 0 to 2"},
		{WindowSpec{Windows: []Window{{Kind: CumSum, Column: "c1"}}}, ErrType, `cum_sum of column "c1": not defined on utf8`},
		{WindowSpec{Order: by, Windows: []Window{{Kind: RankMin}, {Kind: RankMin}}}, ErrSpec, `two columns named "rank": name one with As`},
		{WindowSpec{Windows: []Window{{Kind: Whole, Agg: Agg{Kind: Sum, Column: "c1"}}}}, ErrType, `sum of column "c1"`},
	} {
		_, err := Windows(mem, in, c.spec)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.mentions) {
			t.Errorf("%+v: error %v, want one that says %q", c.spec, err, c.mentions)
		}
	}
}
