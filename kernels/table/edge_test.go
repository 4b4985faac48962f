package table

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels"
)

// keysOf makes a table of int64 keys and their row numbers as a float.
func keysOf(t *testing.T, rows int, cols ...func(row int) int64) *kernels.Table {
	t.Helper()
	var fields []arrow.Field
	for i := range cols {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("k", i), Type: arrow.PrimitiveTypes.Int64, Nullable: true})
	}
	fields = append(fields, arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Float64})
	b := array.NewRecordBuilder(kernels.DefaultAllocator(), arrow.NewSchema(fields, nil))
	defer b.Release()
	for row := range rows {
		for i, key := range cols {
			if k := key(row); k == math.MinInt64 {
				b.Field(i).AppendNull()
			} else {
				b.Field(i).(*array.Int64Builder).Append(k)
			}
		}
		b.Field(len(cols)).(*array.Float64Builder).Append(float64(row))
	}
	rec := b.NewRecord()
	defer rec.Release()
	out, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Whichever way keys are numbered (by direct address, in one hash table, in
// buckets, pair by pair), with whatever distribution of keys, groups are those of
// a Go map, in order of first appearance.
func TestNumberings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	const rows = 100_000
	spread := make([]int64, rows)
	for i := range spread {
		spread[i] = int64(r.Uint64()) | 1
	}
	column := func(f func(i int) int64) func(int) int64 { return f }
	huge := func(i int) int64 { return spread[i%70_000] }
	skewed := func(i int) int64 {
		if i%10 != 0 {
			return 5
		}
		return spread[i]
	}
	withNull := func(i int) int64 {
		if i%7 == 0 {
			return math.MinInt64
		}
		return int64(i % 1000)
	}
	cases := map[string][]func(int) int64{
		"one":         {column(func(int) int64 { return 3 })},
		"distinct":    {column(func(i int) int64 { return spread[i] })},
		"dense":       {column(func(i int) int64 { return int64(i*7919%50_000) - 9 })},
		"sparse":      {huge},
		"skewed":      {skewed},
		"nulls":       {withNull, column(func(i int) int64 { return int64(i % 3) })},
		"two spans":   {huge, withNull},
		"levels":      {huge, column(func(i int) int64 { return spread[(i+1)%70_000] }), column(func(i int) int64 { return spread[(i*3)%70_000] }), column(func(i int) int64 { return spread[(i*5)%70_000] })},
		"all numbers": {column(func(i int) int64 { return []int64{math.MinInt64 + 1, math.MaxInt64, 0}[i%3] })},
	}
	for name, cols := range cases {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{0, 1, 1023, rows} {
				in := keysOf(t, n, cols...)
				checkGroups(t, in, len(cols))
				in.Release()
			}
		})
	}
}

func checkGroups(t *testing.T, in *kernels.Table, keys int) {
	t.Helper()
	type key [4]int64
	sums, counts, order := map[key]float64{}, map[key]int64{}, []key{}
	for row := range in.NumRows() {
		var k key
		for i := range keys {
			if k[i] = math.MinInt64; in.Column(i).IsValid(row) {
				k[i] = in.Column(i).(*array.Int64).Value(row)
			}
		}
		if counts[k] == 0 {
			order = append(order, k)
		}
		sums[k], counts[k] = sums[k]+float64(row), counts[k]+1
	}
	spec := AggSpec{Aggs: []Agg{{Kind: Sum, Column: "x"}, {Kind: CountStar}, {Kind: First, Column: "x"}}}
	for i := range keys {
		spec.Keys = append(spec.Keys, fmt.Sprint("k", i))
	}
	mem := checked(t)
	got, err := GroupBy(mem, in, spec)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	if got.NumRows() != len(order) {
		t.Fatalf("%d rows: %d groups, want %d", in.NumRows(), got.NumRows(), len(order))
	}
	for g, k := range order {
		for i := range keys {
			col := got.Column(i).(*array.Int64)
			if col.IsNull(g) != (k[i] == math.MinInt64) || col.IsValid(g) && col.Value(g) != k[i] {
				t.Fatalf("group %d, key %d: got %v, want %v", g, i, col.ValueStr(g), k[i])
			}
		}
		sum, count := got.Column(keys).(*array.Float64).Value(g), got.Column(keys+1).(*array.Int64).Value(g)
		if sum != sums[k] || count != counts[k] {
			t.Fatalf("group %v: sum %v of %d rows, want %v of %d", k, sum, count, sums[k], counts[k])
		}
	}
}

// Thousands of aggregates, and thousands of keys, are no special case.
func TestManyColumns(t *testing.T) {
	const n = 5000
	cols := make([]func(int) int64, n)
	for i := range cols {
		cols[i] = func(row int) int64 { return int64(row*i) % 5 }
	}
	in := keysOf(t, 20, cols...)
	defer in.Release()
	mem := checked(t)
	spec := AggSpec{Keys: []string{"k1"}}
	all := AggSpec{}
	for i := range n {
		spec.Aggs = append(spec.Aggs, Agg{Kind: Sum, Column: fmt.Sprint("k", i)})
		all.Keys = append(all.Keys, fmt.Sprint("k", i))
	}
	for _, s := range []AggSpec{spec, all} {
		got, err := GroupBy(mem, in, s)
		if err != nil {
			t.Fatal(err)
		}
		if got.NumRows() != 5 {
			t.Errorf("%d keys: %d groups, want 5", len(s.Keys), got.NumRows())
		}
		got.Release()
	}
}

// A dictionary with the same string twice has one group for it.
func TestRepeatedEntries(t *testing.T) {
	words := array.NewStringBuilder(kernels.DefaultAllocator())
	defer words.Release()
	for i := range 600 {
		words.Append(fmt.Sprint(i % 400))
	}
	dict := words.NewArray()
	defer dict.Release()
	codes := array.NewInt32Builder(kernels.DefaultAllocator())
	defer codes.Release()
	for i := range 3000 {
		codes.Append(int32(i % 600))
	}
	index := codes.NewArray()
	defer index.Release()
	col := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, index, dict)
	defer col.Release()
	in, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "s", Type: col.DataType()}}, nil), []arrow.Array{col}, col.Len())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	for range 2 { // the second time it is remembered
		got, err := GroupBy(kernels.DefaultAllocator(), in, AggSpec{Keys: []string{"s"}})
		if err != nil {
			t.Fatal(err)
		}
		if got.NumRows() != 400 {
			t.Errorf("%d groups, want 400", got.NumRows())
		}
		got.Release()
	}
}
