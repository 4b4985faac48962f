package table

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// numbersTable makes a table of a key, two columns of small numbers and nulls, and
// one of large ones.
func numbersTable(t rapid.TB, rt *rapid.T, rows int) *kernels.Table {
	t.Helper()
	b := array.NewRecordBuilder(kernels.DefaultAllocator(), arrow.NewSchema([]arrow.Field{
		{Name: "k", Type: arrow.PrimitiveTypes.Int64}, {Name: "x", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
		{Name: "y", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, {Name: "f", Type: arrow.PrimitiveTypes.Float64, Nullable: true}}, nil))
	defer b.Release()
	for range rows {
		b.Field(0).(*array.Int64Builder).Append(rapid.Int64Range(0, 3).Draw(rt, "k"))
		for _, i := range []int{1, 2} {
			if rapid.IntRange(0, 5).Draw(rt, "null") == 0 {
				b.Field(i).AppendNull()
			} else {
				b.Field(i).(*array.Int32Builder).Append(rapid.Int32Range(-9, 9).Draw(rt, "v"))
			}
		}
		f := rapid.SampledFrom([]float64{1, -2.5, 1e9, 1e9 + 1, math.NaN(), math.Inf(1)}).Draw(rt, "f")
		if f == 1 {
			b.Field(3).AppendNull()
		} else {
			b.Field(3).(*array.Float64Builder).Append(f)
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	out, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// listsOf returns the lists of a column as Go values.
func listsOf(col arrow.Array) [][]float64 {
	list := col.(*array.List)
	load := floatsOf(list.ListValues())
	out := make([][]float64, list.Len())
	for i := range out {
		from, to := list.ValueOffsets(i)
		out[i] = load(nil, int(from), int(to))
	}
	return out
}

// Lists, the largest and smallest values, covariances and correlations, of rows
// and of merged states, are those of a naive evaluation.
func TestMoreAggregates(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		defer drawWays(rt)()
		in := numbersTable(rt, rt, rapid.IntRange(0, 60).Draw(rt, "rows"))
		defer in.Release()
		n := rapid.IntRange(1, 9).Draw(rt, "n")
		other := rapid.SampledFrom([]string{"y", "f"}).Draw(rt, "other")
		spec := AggSpec{Keys: []string{"k"}, Aggs: []Agg{{Kind: List, Column: "f"}, {Kind: NLargest, Column: "f", N: n},
			{Kind: NSmallest, Column: "x", N: n}, {Kind: Cov, Column: "x", Other: other}, {Kind: Corr, Column: "x", Other: other}}}
		cut := rapid.IntRange(0, in.NumRows()).Draw(rt, "cut")
		var states []*kernels.Table
		for _, part := range []*kernels.Table{in.Slice(0, cut), in.Slice(cut, in.NumRows())} {
			defer part.Release()
			s, err := Partial(mem, part, spec)
			if err != nil {
				rt.Fatal(err)
			}
			defer s.Release()
			states = append(states, s)
		}
		merged, err := Merge(mem, spec, states...)
		if err != nil {
			rt.Fatal(err)
		}
		defer merged.Release()
		got, err := Finish(mem, merged, spec)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		checkMore(rt, in, got, n, other)
	})
}

func checkMore(t rapid.TB, in, got *kernels.Table, n int, other string) {
	t.Helper()
	column := func(name string) []cell { return columnCells(in, name) }
	keys, x, y, f := column("k"), column("x"), column(other), column("f")
	for g := range got.NumRows() {
		var fs, xs, px, py []float64
		for row, k := range keys {
			if k != got.Column(0).(*array.Int64).Value(g) {
				continue
			}
			if f[row] != nil {
				fs = append(fs, numberOf(f[row]))
			}
			if x[row] != nil {
				xs = append(xs, numberOf(x[row]))
			}
			if x[row] != nil && y[row] != nil {
				px, py = append(px, numberOf(x[row])), append(py, numberOf(y[row]))
			}
		}
		mustList(t, "list", listsOf(got.Column(1))[g], fs)
		order := func(a, b float64) int { return compareCells(a, b) }
		slices.SortFunc(xs, order)
		slices.SortFunc(fs, func(a, b float64) int { return order(b, a) })
		mustList(t, "largest", listsOf(got.Column(2))[g], fs[:min(n, len(fs))])
		mustList(t, "smallest", listsOf(got.Column(3))[g], xs[:min(n, len(xs))])
		cov, corr, off := naivePair(px, py)
		mustBeNear(t, "covariance", got.Column(4), g, cov, off)
		if cov != 0 { // as far as that is off, so is this
			off *= math.Abs(corr / cov)
		}
		mustBeNear(t, "correlation", got.Column(5), g, corr, off+1e-9)
	}
}

func columnCells(t *kernels.Table, name string) []cell {
	at, _ := t.ColumnIndex(name)
	out := make([]cell, t.NumRows())
	for i, row := range rowsOf(t) {
		out[i] = row[at]
	}
	return out
}

// numberOf is toFloat where "NaN" stands for itself.
func numberOf(c cell) float64 { return toFloat(c) }

// naivePair is in two passes; NaN stands for null.
// naivePair returns the covariance and the correlation, by two passes, and how far
// off a covariance of such numbers may be.
func naivePair(x, y []float64) (cov, corr, off float64) {
	n := float64(len(x))
	if n < 2 {
		return math.NaN(), math.NaN(), 0
	}
	var xx, yy, xy, largestX, largestY float64
	mx, my := naiveMean(x), naiveMean(y)
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
		largestX, largestY = max(largestX, math.Abs(x[i])), max(largestY, math.Abs(y[i]))
	}
	return xy / (n - 1), xy / math.Sqrt(xx*yy), 1e-15 * n * largestX * largestY
}

func naiveMean(x []float64) (mean float64) {
	for range 2 { // the second round takes back what the first rounded
		off := 0.0
		for _, v := range x {
			off += v - mean
		}
		mean += off / float64(len(x))
	}
	return mean
}

func mustList(t rapid.TB, what string, got, want []float64) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func mustBeNear(t rapid.TB, what string, col arrow.Array, i int, want, off float64) {
	t.Helper()
	v := col.(*array.Float64).Value(i)
	switch {
	case col.IsNull(i) || math.IsNaN(v):
		if math.IsNaN(want) || math.Abs(want) <= off {
			return
		}
	case math.Abs(v-want) <= off+1e-9*math.Abs(want), math.IsNaN(want):
		return
	}
	t.Fatalf("%s of group %d: got %v (null: %v), want %v ± %v", what, i, v, col.IsNull(i), want, off)
}
