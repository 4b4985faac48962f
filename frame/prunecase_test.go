package frame

import (
	"context"
	"math"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

// TestPruningDecisions: which conditions rule a row group out, of one that
// holds int -1 … 2, float -0.5 … 1 and NaN, and a null in each column.
func TestPruningDecisions(t *testing.T) {
	rows := [][]any{
		{int64(-1), -0.5, "b", int64(0), int64(0)},
		{int64(2), 1.0, "d", int64(10), int64(1)},
		{int64(1), math.NaN(), "c", int64(5), int64(1)},
		{nil, nil, nil, nil, nil},
	}
	dir := t.TempDir()
	if _, err := FromTables(build(t, statSchema, rows)).WriteParquet(context.Background(), &graph.Local{}, dir); err != nil {
		t.Fatal(err)
	}
	f := ReadParquet(dir + "/*.parquet")
	i, x, s := Col("int"), Col("float"), Col("text")
	cases := []struct {
		cond Expr
		kept bool
	}{
		{i.Gt(2), false}, {i.Ge(2), true}, {i.Lt(-1), false}, {i.Le(-1), true}, {i.Eq(3), false}, {i.Eq(0), true},
		{i.Ne(0), true}, {i.Gt(2).Not(), true}, {i.Le(2).Not(), false}, {i.Ge(-1).Not(), false},
		{Lit(2).Lt(i), false}, {Lit(-2).Lt(i), true}, {i.Gt(1.5), true}, {i.Gt(2.5), false},
		{i.Gt(2).Or(i.Lt(-1)), false}, {i.Gt(2).Or(i.Lt(0)), true}, {i.Gt(2).And(s.Contains("c")), false},
		{i.Lt(0).And(i.Gt(1)), true}, // no row, but neither alone says so
		{i.Le(2).And(i.Ge(-1)).Not(), false},
		{i.Between(3, 9), false}, {i.Between(2, 9), true}, {i.Between(-1, 2).Not(), false},
		{i.IsIn(3, 4), false}, {i.IsIn(3, 0), true}, {i.IsIn(-5, 7).Not(), true}, {i.IsNull(), true},
		{i.IsIn(9, 9.5), true},   // of two types: not looked at
		{i.Eq(math.NaN()), true}, // neither less nor greater: not looked at
		{x.Gt(1), false}, {x.Lt(-0.5), false}, {x.Eq(2), false}, {x.Ne(1), true},
		{x.Le(1).Not(), true}, // NaN is not at most 1
		{x.Eq(0.25).Not(), true}, {x.Gt(1).Not(), true},
		{s.Gt("d"), false}, {s.Ge("d"), true}, {s.Lt("b"), false}, {s.Eq("a"), false}, {s.Eq("bb"), true},
		{Col("date").Gt("1970-01-11"), false}, {Col("date").Ge("1970-01-11"), true},
		{Col("time").Year().Eq(1971), false}, {Col("time").Trunc(Day).Eq("1970-01-01"), true},
		{i.Add(1).Gt(100), true}, // sums are not looked at
	}
	for _, c := range cases {
		_, ruledOut := f.Filter(c.cond).node.(*rowwise).operands[0].(*empty)
		if kept := !ruledOut; kept != c.kept {
			t.Errorf("%v: kept %v, want %v", c.cond, kept, c.kept)
		}
	}
	dir = t.TempDir()
	mixed := [][]any{{int64(far), 0.0, "", int64(0), int64(0)}}
	if _, err := FromTables(build(t, statSchema, mixed)).WriteParquet(context.Background(), &graph.Local{}, dir); err != nil {
		t.Fatal(err)
	}
	// Among floats, 2^53+1 is 2^53.
	expect(t, ReadParquet(dir+"/*.parquet").Filter(Col("int").IsIn(0.5, far+1)).Select("text"), "")
}
