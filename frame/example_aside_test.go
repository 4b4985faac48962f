package frame_test

import (
	"context"
	"fmt"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// ticks makes a frame of prices at seconds, of symbols.
func ticks(value string, symbols []string, seconds []int64, values []int64) *frame.Frame {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "symbol", Type: arrow.BinaryTypes.String},
		{Name: "time", Type: &arrow.TimestampType{Unit: arrow.Second}},
		{Name: value, Type: arrow.PrimitiveTypes.Int64},
	}, nil))
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues(symbols, nil)
	for _, s := range seconds {
		b.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(s))
	}
	b.Field(2).(*array.Int64Builder).AppendValues(values, nil)
	rec := b.NewRecord()
	defer rec.Release()
	t, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		panic(err)
	}
	return frame.FromTables(t)
}

// show prints the rows of a frame.
func show(f *frame.Frame) {
	t, err := f.Compute(context.Background(), &graph.Local{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer t.Release()
	fmt.Print(t)
}

// Each trade with the last quote of its symbol, if that is not too old.
func ExampleFrame_JoinAsof() {
	trades := ticks("size", []string{"A", "B", "A"}, []int64{10, 11, 40}, []int64{5, 7, 9})
	quotes := ticks("bid", []string{"A", "A", "B"}, []int64{12, 9, 3}, []int64{101, 100, 50})
	show(trades.JoinAsof(quotes, frame.Backward("time", "time").By(frame.Using("symbol")).Within(10*time.Second)).
		Select("symbol", "size", "bid"))
	// Output:
	// symbol   size    bid
	// string  int64  int64
	// ──────  ─────  ─────
	// A           5    100
	// B           7     50
	// A           9   null
}

// The pairs of trades of which the first is the smaller.
func ExampleFrame_CrossJoin() {
	trades := ticks("size", []string{"A", "B", "C"}, []int64{10, 11, 40}, []int64{5, 7, 6}).Drop("time")
	show(trades.CrossJoin(trades).Filter(frame.Col("size").Lt(frame.Col("size_right"))))
	// Output:
	// symbol   size  symbol_right  size_right
	// string  int64  string             int64
	// ──────  ─────  ────────────  ──────────
	// A           5  B                      7
	// A           5  C                      6
	// C           6  B                      7
}

// The place of each trade among those of its symbol, and its share of them.
func ExampleFrame_Over() {
	trades := ticks("size", []string{"A", "B", "A", "A"}, []int64{10, 11, 40, 41}, []int64{5, 7, 9, 9}).Drop("time")
	show(trades.Over("symbol").OrderBy(frame.Desc("size")).
		With(frame.Rank(), frame.CumSum("size").As("so far"), frame.Sum("size").As("all")).
		With(frame.Col("size").Div(frame.Col("all")).Round(2).As("share")))
	// Output:
	// symbol   size   rank  so far    all    share
	// string  int64  int64   int64  int64  float64
	// ──────  ─────  ─────  ──────  ─────  ───────
	// A           5      3      23     23     0.22
	// B           7      1       7      7        1
	// A           9      1       9     23     0.39
	// A           9      1      18     23     0.39
}

// Texts taken apart.
func ExampleExpr_Extract() {
	notes := ticks("size", []string{" aa-17 ", "bb-4", "none"}, []int64{10, 11, 40}, []int64{5, 7, 6})
	s := frame.Col("symbol").Trim("")
	show(notes.Select(
		s.SplitPart("-", 0).Upper().As("name"),
		s.Extract(`-(\d+)$`, 1).TryCast(frame.Int64).As("number"),
		frame.Col("time").FormatTime("15:04:05").As("at"),
	))
	// Output:
	// name    number  at
	// string   int64  string
	// ──────  ──────  ────────
	// AA          17  00:00:10
	// BB           4  00:00:11
	// NONE      null  00:00:40
}
