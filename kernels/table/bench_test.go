package table

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

const benchRows = 10_000_000

// benchTable has keys as in the db-benchmark's groupby: id1 of 100 short
// strings, id3 of 10⁵ strings of 12 bytes, id4 of 100 integers, id6 of 10⁵, and
// the values v1 (1 to 5) and v3 (a float).
func benchTable(b *testing.B) *kernels.Table {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	mem := memory.DefaultAllocator
	text := func(format string, n int) arrow.Array {
		words := make([]string, n)
		for i := range words {
			words[i] = fmt.Sprintf(format, i+1)
		}
		s := array.NewStringBuilder(mem)
		defer s.Release()
		s.Reserve(benchRows)
		for range benchRows {
			s.Append(words[r.IntN(n)])
		}
		return s.NewArray()
	}
	ints := func(n int64) arrow.Array {
		s := array.NewInt64Builder(mem)
		defer s.Release()
		s.Reserve(benchRows)
		for range benchRows {
			s.Append(1 + r.Int64N(n))
		}
		return s.NewArray()
	}
	floats := array.NewFloat64Builder(mem)
	defer floats.Release()
	for range benchRows {
		floats.Append(r.Float64() * 100)
	}
	cols := []arrow.Array{text("id%03d", 100), text("id%010d", 100_000), ints(100), ints(100_000), ints(5), floats.NewArray()}
	defer releaseAll(cols)
	var fields []arrow.Field
	for i, name := range []string{"id1", "id3", "id4", "id6", "v1", "v3"} {
		fields = append(fields, arrow.Field{Name: name, Type: cols[i].DataType()})
	}
	t, err := kernels.NewTable(arrow.NewSchema(fields, nil), cols, benchRows)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

// run times op, which returns a table to release, in nanoseconds a row.
func run(b *testing.B, name string, op func() (*kernels.Table, error)) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			out, err := op()
			if err != nil {
				b.Fatal(err)
			}
			out.Release()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	})
}

func BenchmarkTable(b *testing.B) {
	t := benchTable(b)
	mem := memory.DefaultAllocator
	group := func(name string, keys []string, aggs ...Agg) {
		run(b, "group/"+name, func() (*kernels.Table, error) { return GroupBy(mem, t, AggSpec{keys, aggs}) })
	}
	sum := Agg{Kind: Sum, Column: "v1"}
	group("sum-by-100-ints", []string{"id4"}, sum)
	group("sum-by-100k-ints", []string{"id6"}, sum)
	group("sum-by-100-short-strings", []string{"id1"}, sum)
	group("sum-by-100k-strings", []string{"id3"}, sum)
	group("sum-by-two-keys", []string{"id1", "id4"}, sum)
	group("mean-of-three", []string{"id4"}, Agg{Kind: Mean, Column: "v1"}, Agg{Kind: Mean, Column: "v3"}, Agg{Kind: Mean, Column: "id6"})
	group("std", []string{"id4"}, Agg{Kind: Std, Column: "v3"})
	group("median", []string{"id4"}, Agg{Kind: Median, Column: "v3"})
	side, err := Distinct(mem, t, "id6")
	if err != nil {
		b.Fatal(err)
	}
	built, err := Build(mem, side, []string{"id6"})
	if err != nil {
		b.Fatal(err)
	}
	join := JoinSpec{Kind: Inner, LeftKeys: []string{"id6"}, RightKeys: []string{"id6"}}
	run(b, "join/100k-ints", func() (*kernels.Table, error) { return built.Probe(mem, t, join) })
	run(b, "sort/ints", func() (*kernels.Table, error) { return Sort(mem, t, SortSpec{[]SortKey{{Column: "id6"}}}) })
	run(b, "sort/floats", func() (*kernels.Table, error) { return Sort(mem, t, SortSpec{[]SortKey{{Column: "v3"}}}) })
	run(b, "top10/floats", func() (*kernels.Table, error) { return TopK(mem, t, SortSpec{[]SortKey{{Column: "v3"}}}, 10) })
	half := benchMask()
	run(b, "filter/half", func() (*kernels.Table, error) { return Filter(mem, t, half) })
	run(b, "partition/16", func() (*kernels.Table, error) {
		parts, err := Partition(mem, t, []string{"id6"}, 16)
		for _, p := range parts[1:] {
			p.Release()
		}
		return parts[0], err
	})
}

func benchMask() *array.Boolean {
	bits := memory.NewResizableBuffer(memory.DefaultAllocator)
	bits.Resize(bitBytes(benchRows))
	r := rand.New(rand.NewPCG(3, 4))
	for i := range bits.Bytes() {
		bits.Bytes()[i] = byte(r.Uint32())
	}
	return array.NewBoolean(benchRows, bits, nil, 0)
}
