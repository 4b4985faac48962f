package frame

import (
	"encoding/binary"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// An exchange moves the rows of a node's partitions to where they are wanted
// together. Each partition ends in one split task, whose value is a [graph.List]
// of as many tables as there are parts; a task that takes part p of all of them,
// in the order of the partitions, has all rows of part p, in the order of the
// frame. Only the wanted part travels. Which rows make a part is up to the split:
// see hashSplit and rangeSplit.
type exchange struct {
	splits []graph.Ref
	parts  int
}

// exchange lowers the split tasks of in: its pipeline, with s as its last step.
// sides are what s depends on besides, and takes with env.side.
func (l *lowering) exchange(in node, s step, parts int, sides ...graph.Dep) exchange {
	x := exchange{parts: parts}
	for i := range in.info().partitions {
		x.splits = append(x.splits, l.pipelineWith(in, i, s, sides...).Ref)
	}
	return x
}

// part returns what to depend on to have part p.
func (x exchange) part(p int) []graph.Dep {
	deps := make([]graph.Dep, len(x.splits))
	for i, s := range x.splits {
		deps[i] = s.Part(p)
	}
	return deps
}

// mostParts bounds the parts of an exchange, and with them its dependencies,
// which are as many as partitions times parts.
const mostParts = 64

// partsFor is into how many parts n partitions are exchanged.
func partsFor(n int) int { return min(n, mostParts) }

// partsByKeys is into how many parts the rows of n go by their keys: without keys
// all are together.
func partsByKeys(n node, keys []string) int {
	if len(keys) == 0 {
		return 1
	}
	return partsFor(n.info().partitions)
}

// A sink is an operator at the end of a pipeline that yields its value in place
// of a table.
type sink interface {
	operator
	value() (graph.Value, error)
}

// A splitting is a step that ends the pipelines of an exchange.
type splitting interface {
	step
	splits()
}

func (s *hashSplit) splits()  {}
func (s *keySplit) splits()   {}
func (s *rangeSplit) splits() {}

// hashSplit is a step that sends rows with equal keys to one part, the same in
// every task and on both sides of a join; see [table.Partition].
type hashSplit struct {
	keys  []string
	parts int
}

func (s *hashSplit) name() string     { return "split" }
func (s *hashSplit) describe() string { return "split by hash of " + quoted(s.keys) }
func (s *hashSplit) append(b []byte) []byte {
	return appendStrings(binary.AppendUvarint(append(b, stepHashSplit), uint64(s.parts)), s.keys)
}

func (r *reader) hashSplit() step {
	return &hashSplit{parts: r.int(), keys: r.strings()}
}

func (s *hashSplit) operator(env *pipelineEnv) (operator, error) {
	return &splitOperator{mem: env.mem, split: func(t *kernels.Table) ([]*kernels.Table, error) {
		return table.Partition(env.mem, t, s.keys, s.parts)
	}}, nil
}

// rangeSplit is a step that sends rows to parts in order: no row of a part
// precedes one of an earlier part. Its side is the bounds, a table with the
// columns of the order, itself in order, with one row fewer than there are
// parts; see [table.PartitionRanges].
type rangeSplit struct{ order table.SortSpec }

func (s *rangeSplit) name() string     { return "split" }
func (s *rangeSplit) describe() string { return "split into ranges" }
func (s *rangeSplit) append(b []byte) []byte {
	return appendBytes(append(b, stepRangeSplit), s.order.Append(nil))
}

func (r *reader) rangeSplit() (step, error) {
	order, err := whole(table.ParseSortSpec(r.bytes()))
	return &rangeSplit{order}, err
}

func (s *rangeSplit) operator(env *pipelineEnv) (operator, error) {
	bounds, err := env.side()
	if err != nil {
		return nil, err
	}
	return &splitOperator{mem: env.mem, split: func(t *kernels.Table) ([]*kernels.Table, error) {
		return table.PartitionRanges(env.mem, t, s.order, bounds)
	}}, nil
}

// splitOperator keeps what reaches it and splits it in the end.
type splitOperator struct {
	mem   kernels.Allocator
	split func(*kernels.Table) ([]*kernels.Table, error)
	kept  []*kernels.Table
}

func (o *splitOperator) push(t *kernels.Table) (*kernels.Table, error) {
	t.Retain()
	o.kept = append(o.kept, t)
	return nil, nil
}

func (o *splitOperator) finish() (*kernels.Table, error) { return nil, nil }

func (o *splitOperator) value() (graph.Value, error) {
	all, err := table.Concat(o.mem, o.kept...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	parts, err := o.split(all)
	if err != nil {
		return nil, err
	}
	return listOf(parts), nil
}

func (o *splitOperator) close() {
	releaseTables(o.kept)
	o.kept = nil
}

// takesWhole tells the pipeline not to cut a table into batches for nothing.
func (o *splitOperator) takesWhole() {}

func listOf(tables []*kernels.Table) graph.List {
	list := make(graph.List, len(tables))
	for i, t := range tables {
		list[i] = t
	}
	return list
}

func releaseTables(tables []*kernels.Table) {
	for _, t := range tables {
		t.Release()
	}
}
