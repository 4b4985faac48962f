package frame

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// Agg is one aggregate of a group. Aggregates skip nulls; of no value at all
// they are null, and a count is 0.
type Agg struct{ agg table.Agg }

// As names the result; without it the name is the kind and the column, as in
// mean_delay, and of a quantile the fraction too, as in quantile_0.9_delay.
func (a Agg) As(name string) Agg { a.agg.As = name; return a }

// Sum adds up; integers as int64, where overflow is an error.
func Sum(col string) Agg { return Agg{table.Agg{Kind: table.Sum, Column: col}} }

// Mean is the arithmetic mean.
func Mean(col string) Agg { return Agg{table.Agg{Kind: table.Mean, Column: col}} }

// Min is the least value.
func Min(col string) Agg { return Agg{table.Agg{Kind: table.Min, Column: col}} }

// Max is the greatest value; NaN is the greatest number.
func Max(col string) Agg { return Agg{table.Agg{Kind: table.Max, Column: col}} }

// Count counts the values that are not null.
func Count(col string) Agg { return Agg{table.Agg{Kind: table.Count, Column: col}} }

// Rows counts rows; its name is "count" unless As gives another.
func Rows() Agg { return Agg{table.Agg{Kind: table.CountStar}} }

// First is the first value that is not null, in the order of the frame.
func First(col string) Agg { return Agg{table.Agg{Kind: table.First, Column: col}} }

// Last is the last value that is not null, in the order of the frame.
func Last(col string) Agg { return Agg{table.Agg{Kind: table.Last, Column: col}} }

// Var is the sample variance.
func Var(col string) Agg { return Agg{table.Agg{Kind: table.Var, Column: col}} }

// Std is the sample standard deviation.
func Std(col string) Agg { return Agg{table.Agg{Kind: table.Std, Column: col}} }

// Any tells whether some value is true.
func Any(col string) Agg { return Agg{table.Agg{Kind: table.Any, Column: col}} }

// AllTrue tells whether all values are true.
func AllTrue(col string) Agg { return Agg{table.Agg{Kind: table.All, Column: col}} }

// CountDistinct counts different values, exactly.
func CountDistinct(col string) Agg { return Agg{table.Agg{Kind: table.CountDistinct, Column: col}} }

// Median is the exact median.
func Median(col string) Agg { return Agg{table.Agg{Kind: table.Median, Column: col}} }

// Quantile is the exact quantile q of 0 … 1, linear between neighbours.
func Quantile(col string, q float64) Agg {
	return Agg{table.Agg{Kind: table.Quantile, Column: col, Q: q}}
}

// Corr is Pearson's correlation of two columns, of the rows where neither is
// null; null below two such rows, and where one side is all of one value.
func Corr(x, y string) Agg { return Agg{table.Agg{Kind: table.Corr, Column: x, Other: y}} }

// Cov is the sample covariance of two columns, of the rows where neither is null.
func Cov(x, y string) Agg { return Agg{table.Agg{Kind: table.Cov, Column: x, Other: y}} }

// NLargest is a list of the n greatest values, from the greatest down; of fewer
// where there are fewer.
func NLargest(col string, n int) Agg { return Agg{table.Agg{Kind: table.NLargest, Column: col, N: n}} }

// NSmallest is a list of the n least values, from the least up.
func NSmallest(col string, n int) Agg {
	return Agg{table.Agg{Kind: table.NSmallest, Column: col, N: n}}
}

// List is the values that are not null, in the order of the frame.
func List(col string) Agg { return Agg{table.Agg{Kind: table.List, Column: col}} }

// Grouped is a frame with keys, on the way to its aggregates.
type Grouped struct {
	frame *Frame
	keys  []string
}

// GroupBy groups the rows by equal values of the named columns; null is a value
// as others are. Without keys all rows are one group.
func (f *Frame) GroupBy(keys ...string) *Grouped { return &Grouped{f, keys} }

// Agg returns one row a group: the keys, then the aggregates. Few groups are
// aggregated where their rows are, and brought together in the first partition;
// for many, rows or groups are exchanged, so that each partition of the result
// has some of them, and none has all. The order of the groups is the same each
// time, and otherwise unspecified.
func (g *Grouped) Agg(aggs ...Agg) *Frame {
	f := g.frame
	if f.err != nil {
		return f
	}
	spec := table.AggSpec{Keys: g.keys}
	for _, a := range aggs {
		spec.Aggs = append(spec.Aggs, a.agg)
	}
	if len(g.keys) == 0 && len(aggs) == 0 {
		return fail("group by", errors.New("neither keys nor aggregates are given"))
	}
	s, err := spec.Schema(f.Schema())
	if err != nil {
		return fail("group by", err)
	}
	return f.derive(newGroup(f.node, nullable(s), spec))
}

// Distinct returns the different values of the named columns, or the different
// rows if none is named.
func (f *Frame) Distinct(cols ...string) *Frame {
	if f.err == nil && len(cols) == 0 {
		cols = f.Columns()
	}
	return f.GroupBy(cols...).Agg()
}

// ValueCounts counts the rows for each value of a column, most frequent first.
func (f *Frame) ValueCounts(col string) *Frame {
	return f.GroupBy(col).Agg(Rows()).Sort(Desc("count"), Asc(col))
}

// nullable returns the schema with every field nullable, as results are.
func nullable(s *arrow.Schema) *arrow.Schema {
	fields := make([]arrow.Field, s.NumFields())
	for i, f := range s.Fields() {
		fields[i] = arrow.Field{Name: f.Name, Type: f.Type, Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

type group struct {
	base
	spec table.AggSpec
}

func newGroup(in node, s *arrow.Schema, spec table.AggSpec) *group {
	parts := partsByKeys(in, spec.Keys)
	return &group{newBase("group", s, parts, spec.Append(nil), in), spec}
}

func (n *group) lower(l *lowering, i int) graph.Dep {
	in := n.operands[0]
	attr := n.spec.Append(nil)
	if n.partitions > 1 {
		x := l.group(n)
		return l.b.Add(graph.Class{Op: opGroupPart, Spec: l.spec}, attr, append([]graph.Dep{x.plan}, x.part(i)...)...).Whole()
	}
	states := l.tree(in.info().partitions, opMerge, attr, func(i int) graph.Dep {
		return l.pipelineWith(in, i, &partialStep{n.spec})
	})
	return l.b.Add(graph.Class{Op: opFinish, Spec: l.spec}, attr, states).Whole()
}

func (n *group) narrow(need columns) node {
	spec := table.AggSpec{Keys: n.spec.Keys}
	below := with(columns{}, spec.Keys)
	for _, a := range n.spec.Aggs {
		if !need.has(a.Name()) {
			continue
		}
		spec.Aggs = append(spec.Aggs, a)
		if a.Column != "" {
			below[a.Column] = true
		}
		if a.Other != "" {
			below[a.Other] = true
		}
	}
	if len(spec.Keys) == 0 && len(spec.Aggs) == 0 { // a group by nothing is one row, which only an aggregate tells
		spec.Aggs = []table.Agg{{Kind: table.CountStar, As: n.spec.Aggs[0].Name()}}
	}
	in := n.operands[0].narrow(below)
	s, err := spec.Schema(in.info().schema)
	if err != nil {
		panic(fmt.Sprintf("frame: narrowing %v: %v", n.key, err)) // it was right with more columns
	}
	return newGroup(in, nullable(s), spec)
}

func (n *group) describe() string {
	var aggs []string
	for _, a := range n.spec.Aggs {
		aggs = append(aggs, a.Name())
	}
	if len(n.spec.Keys) == 0 {
		return "all rows as one group: " + strings.Join(aggs, ", ")
	}
	return fmt.Sprintf("group by %s: %s", quoted(n.spec.Keys), strings.Join(aggs, ", "))
}

const (
	opMerge  = "frame.merge"
	opFinish = "frame.finish"
)

func init() {
	graph.Register(opMerge, withSpec(func(mem kernels.Allocator, spec table.AggSpec, in []*kernels.Table) (*kernels.Table, error) {
		return table.Merge(mem, spec, in...)
	}))
	graph.Register(opFinish, withSpec(func(mem kernels.Allocator, spec table.AggSpec, in []*kernels.Table) (*kernels.Table, error) {
		if len(in) != 1 {
			return nil, errMalformed
		}
		return table.Finish(mem, in[0], spec)
	}))
}

// withSpec is a kernel of tables whose attributes are an AggSpec.
func withSpec(f func(kernels.Allocator, table.AggSpec, []*kernels.Table) (*kernels.Table, error)) graph.Kernel {
	return func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		spec, err := whole(table.ParseAggSpec(c.Attr))
		if err != nil {
			return nil, err
		}
		in, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		return value(f(kernels.AllocatorFrom(ctx), spec, in))
	}
}

// value keeps a nil table from becoming a Value that is not nil.
func value(t *kernels.Table, err error) (graph.Value, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

// partialStep aggregates what reaches it; it is the last step of a pipeline.
type partialStep struct{ spec table.AggSpec }

func (s *partialStep) name() string     { return "partial" }
func (s *partialStep) describe() string { return "partial aggregates" }
func (s *partialStep) append(b []byte) []byte {
	return appendBytes(append(b, stepPartial), s.spec.Append(nil))
}

func (r *reader) partial() (step, error) {
	spec, err := whole(table.ParseAggSpec(r.bytes()))
	return &partialStep{spec}, err
}

// partialOperator aggregates each batch and merges the states at the end.
type partialOperator struct {
	mem    kernels.Allocator
	spec   table.AggSpec
	states []*kernels.Table
}

func (s *partialStep) operator(env *pipelineEnv) (operator, error) {
	return &partialOperator{mem: env.mem, spec: s.spec}, nil
}

func (o *partialOperator) push(t *kernels.Table) (*kernels.Table, error) {
	s, err := table.Partial(o.mem, t, o.spec)
	if err != nil {
		return nil, err
	}
	o.states = append(o.states, s)
	return nil, nil
}

// takesWhole: in batches, groups would only be merged again.
func (o *partialOperator) takesWhole() {}

func (o *partialOperator) finish() (*kernels.Table, error) {
	if len(o.states) == 1 {
		s := o.states[0]
		o.states = nil
		return s, nil
	}
	return table.Merge(o.mem, o.spec, o.states...)
}

func (o *partialOperator) close() {
	for _, s := range o.states {
		s.Release()
	}
	o.states = nil
}
