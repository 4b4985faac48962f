package table_test

import (
	"fmt"
	"log"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

func flights() *kernels.Table {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "origin", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "delay", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, nil))
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"SEA", "ATL", "SEA", "JFK", "ATL"}, nil)
	b.Field(1).(*array.Int64Builder).AppendValues([]int64{5, 10, 0, -3, 20}, []bool{true, true, false, true, true})
	rec := b.NewRecord()
	defer rec.Release()
	t, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		log.Fatal(err)
	}
	return t
}

// Two partitions are aggregated apart, and their states merged.
func Example() {
	mem := memory.DefaultAllocator
	all := flights()
	defer all.Release()
	spec := table.AggSpec{Keys: []string{"origin"}, Aggs: []table.Agg{
		{Kind: table.CountStar, As: "flights"},
		{Kind: table.Mean, Column: "delay", As: "mean"},
		{Kind: table.Max, Column: "delay", As: "worst"},
	}}
	var states []*kernels.Table
	for _, part := range []*kernels.Table{all.Slice(0, 3), all.Slice(3, 5)} {
		state, err := table.Partial(mem, part, spec)
		part.Release()
		if err != nil {
			log.Fatal(err)
		}
		defer state.Release()
		states = append(states, state)
	}
	merged, err := table.Merge(mem, spec, states...)
	if err != nil {
		log.Fatal(err)
	}
	defer merged.Release()
	result, err := table.Finish(mem, merged, spec)
	if err != nil {
		log.Fatal(err)
	}
	defer result.Release()
	fmt.Print(result)
	// Output:
	// origin  flights     mean  worst
	// string    int64  float64  int64
	// ──────  ───────  ───────  ─────
	// SEA           2        5      5
	// ATL           2       15     20
	// JFK           1       -3     -3
}

func ExampleTopK() {
	all := flights()
	defer all.Release()
	worst, err := table.TopK(memory.DefaultAllocator, all,
		table.SortSpec{Keys: []table.SortKey{{Column: "delay", Descending: true}}}, 2)
	if err != nil {
		log.Fatal(err)
	}
	defer worst.Release()
	fmt.Print(worst)
	// Output:
	// origin  delay
	// string  int64
	// ──────  ─────
	// ATL        20
	// ATL        10
}
