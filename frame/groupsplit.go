package frame

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// A groupPlan is how the partitions of a group-by come together. The task that
// samples one partition decides, and all others follow; it travels between them
// as a table of one row.
type groupPlan struct {
	how groupHow
	by  int // the key that decides which part a group goes to; < 0: all keys do
}

type groupHow int64

const (
	// groupGather is for few groups: partitions are aggregated where they are,
	// and their states meet in part 0. The other parts are empty.
	groupGather groupHow = iota
	// groupStates aggregates partitions where they are and exchanges the states: for
	// many groups, and where a state is all values of its group, which are moved as
	// one then.
	groupStates
	// groupRows exchanges rows, for groups that a partition hardly repeats.
	groupRows
)

// What decides on a plan. They are variables for tests, which want all plans of
// few rows.
var (
	sampleSlices = 16      // pieces of a sample, from all over a partition
	sampleRows   = 1 << 9  // rows of a piece
	gatherRows   = 1 << 17 // rows of all partitions that are never worth an exchange
	gatherGroups = 1 << 14 // groups of a partition up to which states are gathered
	gatherStates = 1 << 20 // rows of all states that one task may get
	repeatRows   = 8       // rows a group in a partition from which on it is aggregated first
)

// choosePlan decides by a survey of one of n partitions of about so many rows.
func choosePlan(spec table.AggSpec, s table.Survey, rows, n int) groupPlan {
	groups := min(s.Groups, float64(rows))
	p := groupPlan{by: s.Spreading(64 * partsFor(n))}
	switch {
	case rows*n <= gatherRows:
		p.how = groupGather
	case groups*float64(repeatRows) > float64(rows):
		p.how = groupRows
	case spec.KeepsValues() || groups > float64(gatherGroups) || groups*float64(n) > float64(gatherStates):
		p.how = groupStates
	}
	return p
}

var planSchema = arrow.NewSchema([]arrow.Field{
	{Name: "how", Type: arrow.PrimitiveTypes.Int64}, {Name: "by", Type: arrow.PrimitiveTypes.Int64}}, nil)

func (p groupPlan) table(mem kernels.Allocator) (*kernels.Table, error) {
	b := array.NewRecordBuilder(mem, planSchema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).Append(int64(p.how))
	b.Field(1).(*array.Int64Builder).Append(int64(p.by))
	rec := b.NewRecord()
	defer rec.Release()
	return kernels.NewTableFromRecord(rec)
}

// planOf reads a plan for a group-by of so many keys.
func planOf(t *kernels.Table, keys int) (groupPlan, error) {
	if !t.Schema().Equal(planSchema) || t.NumRows() != 1 {
		return groupPlan{}, fmt.Errorf("%w: no plan of a group-by", errMalformed)
	}
	p := groupPlan{groupHow(int64s(t, "how")[0]), int(int64s(t, "by")[0])}
	if p.how < 0 || p.how > groupRows || p.by >= keys {
		return p, fmt.Errorf("%w: plan %d of a group-by, by key %d of %d", errMalformed, p.how, p.by, keys)
	}
	return p, nil
}

// splitKeys are the columns that decide which part a row goes to.
func (p groupPlan) splitKeys(keys []string) []string {
	if p.by >= 0 {
		return keys[p.by : p.by+1]
	}
	return keys
}

// sampleStep looks at some rows of a partition and makes the plan of a group-by.
type sampleStep struct {
	spec       table.AggSpec
	partitions int
}

func (s *sampleStep) name() string     { return "sample" }
func (s *sampleStep) describe() string { return "sample the keys" }
func (s *sampleStep) append(b []byte) []byte {
	return appendBytes(binary.AppendUvarint(append(b, stepSample), uint64(s.partitions)), s.spec.Append(nil))
}

func (r *reader) sample() (step, error) {
	n := r.int()
	spec, err := whole(table.ParseAggSpec(r.bytes()))
	if err == nil && n < 1 {
		err = errMalformed
	}
	return &sampleStep{spec, n}, err
}

func (s *sampleStep) operator(env *pipelineEnv) (operator, error) {
	return &sampleOperator{env: env, step: s}, nil
}

type sampleOperator struct {
	env  *pipelineEnv
	step *sampleStep
	kept []*kernels.Table
	read int // rows of the input that were looked at
}

// sampled picks pieces from all over the input.
func (o *sampleOperator) sampled(rows int) []batch {
	if rows <= sampleSlices*sampleRows {
		o.read = rows
		return []batch{{0, rows}}
	}
	var out []batch
	for i := range sampleSlices {
		lo := i * (rows - sampleRows) / max(sampleSlices-1, 1)
		out = append(out, batch{lo, lo + sampleRows})
	}
	o.read = sampleSlices * sampleRows
	return out
}

func (o *sampleOperator) push(t *kernels.Table) (*kernels.Table, error) {
	keys, err := t.Project(o.step.spec.Keys...)
	if err != nil {
		return nil, err
	}
	o.kept = append(o.kept, keys)
	return nil, nil
}

func (o *sampleOperator) finish() (*kernels.Table, error) {
	all, err := table.Concat(o.env.mem, o.kept...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	survey, err := table.NewSurvey(all, o.step.spec.Keys)
	if err != nil {
		return nil, err
	}
	rows := 0
	if o.read > 0 {
		rows = int(float64(all.NumRows()) * float64(o.env.rows) / float64(o.read))
	}
	return choosePlan(o.step.spec, survey, rows, o.step.partitions).table(o.env.mem)
}

func (o *sampleOperator) close() { releaseTables(o.kept) }

// groupSplit ends a partition of a group-by as the plan, its side, says: with
// states or rows, in one part or in all.
type groupSplit struct {
	spec  table.AggSpec
	parts int
}

func (s *groupSplit) name() string     { return "partial" }
func (s *groupSplit) describe() string { return "partial aggregates, or rows, by parts" }
func (s *groupSplit) append(b []byte) []byte {
	return appendBytes(binary.AppendUvarint(append(b, stepGroupSplit), uint64(s.parts)), s.spec.Append(nil))
}

func (r *reader) groupSplit() (step, error) {
	n := r.int()
	spec, err := whole(table.ParseAggSpec(r.bytes()))
	if err == nil && (n < 1 || n > mostParts) {
		err = errMalformed
	}
	return &groupSplit{spec, n}, err
}

func (s *groupSplit) operator(env *pipelineEnv) (operator, error) {
	side, err := env.side()
	if err != nil {
		return nil, err
	}
	plan, err := planOf(side, len(s.spec.Keys))
	if err != nil {
		return nil, err
	}
	split := func(t *kernels.Table) ([]*kernels.Table, error) {
		return table.Partition(env.mem, t, plan.splitKeys(s.spec.Keys), s.parts)
	}
	if plan.how == groupRows {
		return &rowsOperator{splitOperator{mem: env.mem, split: split}, s.spec.Columns()}, nil
	}
	if plan.how == groupGather {
		split = func(t *kernels.Table) ([]*kernels.Table, error) { return inFront(env.mem, t, s.parts) }
	}
	return &statesOperator{partialOperator{mem: env.mem, spec: s.spec}, split}, nil
}

// inFront is t as the first of n parts; the others are empty.
func inFront(mem kernels.Allocator, t *kernels.Table, n int) ([]*kernels.Table, error) {
	none, err := table.Take(mem, t, nil)
	if err != nil {
		return nil, err
	}
	defer none.Release()
	t.Retain()
	out := []*kernels.Table{t}
	for range n - 1 {
		none.Retain()
		out = append(out, none)
	}
	return out, nil
}

// rowsOperator splits the columns that are needed.
type rowsOperator struct {
	splitOperator
	columns []string
}

func (o *rowsOperator) push(t *kernels.Table) (*kernels.Table, error) {
	p, err := t.Project(o.columns...)
	if err != nil {
		return nil, err
	}
	defer p.Release()
	return o.splitOperator.push(p)
}

// statesOperator aggregates and splits the states.
type statesOperator struct {
	partialOperator
	split func(*kernels.Table) ([]*kernels.Table, error)
}

func (o *statesOperator) finish() (*kernels.Table, error) { return nil, nil }

func (o *statesOperator) value() (graph.Value, error) {
	states, err := o.partialOperator.finish()
	if err != nil {
		return nil, err
	}
	defer states.Release()
	parts, err := o.split(states)
	if err != nil {
		return nil, err
	}
	return listOf(parts), nil
}

// groupExchange is a lowered exchange and the plan that it follows.
type groupExchange struct {
	plan graph.Dep
	exchange
}

// group lowers the exchange of n, once.
func (l *lowering) group(n *group) groupExchange {
	if x, ok := l.grouped[n.key]; ok {
		return x
	}
	in := n.operands[0]
	x := groupExchange{plan: l.pipelineWith(in, 0, &sampleStep{n.spec, in.info().partitions})}
	x.exchange = l.exchange(in, &groupSplit{n.spec, n.partitions}, n.partitions, x.plan)
	l.grouped[n.key] = x
	return x
}

const opGroupPart = "frame.grouppart"

func init() { graph.Register(opGroupPart, runGroupPart) }

// runGroupPart aggregates one part: the plan, then what each partition gave.
func runGroupPart(ctx context.Context, c *graph.Call) (graph.Value, error) {
	spec, err := whole(table.ParseAggSpec(c.Attr))
	if err != nil {
		return nil, err
	}
	in, err := asTables(c.In)
	if err != nil {
		return nil, err
	}
	if len(in) < 2 {
		return nil, errMalformed
	}
	plan, err := planOf(in[0], len(spec.Keys))
	if err != nil {
		return nil, err
	}
	mem := kernels.AllocatorFrom(ctx)
	if plan.how == groupRows {
		return value(table.GroupTables(mem, spec, in[1:]...))
	}
	states, err := table.Merge(mem, spec, in[1:]...)
	if err != nil {
		return nil, err
	}
	defer states.Release()
	return value(table.Finish(mem, states, spec))
}
