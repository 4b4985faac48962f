package table

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels"
)

// ticksOf makes rows of a symbol, a time (in order, or not) and a price.
func ticksOf(rows, symbols int, inOrder bool, seed uint64) *kernels.Table {
	r := rand.New(rand.NewPCG(seed, 1))
	b := array.NewRecordBuilder(kernels.DefaultAllocator(), arrow.NewSchema([]arrow.Field{
		{Name: "k", Type: arrow.PrimitiveTypes.Int64}, {Name: "t", Type: arrow.PrimitiveTypes.Int64}, {Name: "x", Type: arrow.PrimitiveTypes.Float64},
	}, nil))
	defer b.Release()
	for row := range rows {
		t := int64(row)*8 + r.Int64N(8)
		if !inOrder {
			t = r.Int64N(int64(rows) * 8)
		}
		b.Field(0).(*array.Int64Builder).Append(r.Int64N(int64(symbols)))
		b.Field(1).(*array.Int64Builder).Append(t)
		b.Field(2).(*array.Float64Builder).Append(r.Float64())
	}
	rec := b.NewRecord()
	defer rec.Release()
	t, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		panic(err)
	}
	return t
}

func BenchmarkAsof(b *testing.B) {
	for name, inOrder := range map[string]bool{"in order": true, "shuffled": false} {
		left, right := ticksOf(1_000_000, 1000, inOrder, 1), ticksOf(1_000_000, 1000, inOrder, 2)
		spec := AsofSpec{Strategy: Backward, Left: "t", Right: "t", LeftBy: []string{"k"}, RightBy: []string{"k"}}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				got, err := Asof(kernels.DefaultAllocator(), left, right, spec)
				if err != nil {
					b.Fatal(err)
				}
				got.Release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*left.NumRows()), "ns/row")
		})
		left.Release()
		right.Release()
	}
}

func BenchmarkWindows(b *testing.B) {
	in := ticksOf(1_000_000, 1000, false, 1)
	defer in.Release()
	for name, w := range map[string]Window{
		"row number": {Kind: RowNumber}, "rank": {Kind: RankMin}, "lag": {Kind: Lag, Column: "x", N: 1}, "cumulative sum": {Kind: CumSum, Column: "x"},
		"rolling mean": {Kind: RollingMean, Column: "x", N: 20}, "rolling max": {Kind: RollingMax, Column: "x", N: 20}, "sum of the group": {Kind: Whole, Agg: Agg{Kind: Sum, Column: "x"}},
	} {
		spec := WindowSpec{Keys: []string{"k"}, Order: SortSpec{[]SortKey{{Column: "t"}}}, Windows: []Window{w}}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				got, err := Windows(kernels.DefaultAllocator(), in, spec)
				if err != nil {
					b.Fatal(err)
				}
				got.Release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*in.NumRows()), "ns/row")
		})
	}
}
