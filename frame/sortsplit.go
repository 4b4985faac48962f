package frame

import (
	"context"
	"encoding/binary"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// A sort of several partitions is an exchange by ranges: a sample of each tells
// where the ranges of about equal many rows begin, each partition is split by
// these, and each range is sorted by itself.

// sortPartRows is about how many rows a part of a sort gets at least: few enough
// that the memory that they are moved to and fro in stays in a cache.
var sortPartRows = 1 << 16

// sortParts is into how many parts the rows of in are sorted.
func sortParts(in node) int {
	parts := in.info().partitions
	if rows, known := mostRows(in); known && parts > 1 {
		parts = max(parts, rows/sortPartRows)
	}
	return partsFor(parts)
}

// boundsStep keeps some rows of a partition, of the columns of an order.
type boundsStep struct{ order table.SortSpec }

func (s *boundsStep) name() string     { return "sample" }
func (s *boundsStep) describe() string { return "sample the order" }
func (s *boundsStep) append(b []byte) []byte {
	return appendBytes(append(b, stepBounds), s.order.Append(nil))
}

func (r *reader) bounds() (step, error) {
	order, err := whole(table.ParseSortSpec(r.bytes()))
	return &boundsStep{order}, err
}

// Of a partition, one row of so many is looked at, and so many at least, in
// pieces from all over it.
const (
	boundsShare  = 512
	boundsLeast  = 64
	boundsPieces = 64
)

type boundsOperator struct{ step *boundsStep }

func (s *boundsStep) operator(*pipelineEnv) (operator, error) { return &boundsOperator{s}, nil }

func (o *boundsOperator) sampled(rows int) []batch {
	want := max(boundsLeast, rows/boundsShare)
	if rows <= want {
		return []batch{{0, rows}}
	}
	size := (want + boundsPieces - 1) / boundsPieces
	pieces := want / size
	var out []batch
	for i := range pieces {
		lo := i * (rows - size) / max(pieces-1, 1)
		out = append(out, batch{lo, lo + size})
	}
	return out
}

func (o *boundsOperator) push(t *kernels.Table) (*kernels.Table, error) {
	return t.Project(sortColumns(o.step.order)...)
}

func (o *boundsOperator) finish() (*kernels.Table, error) { return nil, nil }
func (o *boundsOperator) close()                          {}

func sortColumns(order table.SortSpec) []string {
	var names []string
	for _, k := range order.Keys {
		names = append(names, k.Column)
	}
	return names
}

const (
	opBounds   = "frame.bounds"
	opSortPart = "frame.sortpart"
)

func init() {
	graph.Register(opBounds, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		r := &reader{b: c.Attr}
		parts := r.int()
		order, in, err := sortInputs(r, c)
		if err != nil {
			return nil, err
		}
		if parts < 1 || parts > mostParts {
			return nil, errMalformed
		}
		return value(table.Bounds(kernels.AllocatorFrom(ctx), order, parts, in...))
	})
	graph.Register(opSortPart, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		order, in, err := sortInputs(&reader{b: c.Attr}, c)
		if err != nil {
			return nil, err
		}
		return value(table.SortAll(kernels.AllocatorFrom(ctx), order, in...))
	})
}

func sortInputs(r *reader, c *graph.Call) (table.SortSpec, []*kernels.Table, error) {
	order, err := whole(table.ParseSortSpec(r.bytes()))
	if err == nil {
		err = r.err()
	}
	if err != nil {
		return order, nil, err
	}
	in, err := asTables(c.In)
	return order, in, err
}

// sorted lowers the exchange of a sort, once.
func (l *lowering) sorted(n *ordered) exchange {
	if x, ok := l.moved[n.key]; ok {
		return x
	}
	in, parts := n.operands[0], n.partitions
	l.uses[in.info().key]++ // it is sampled, and then split
	var samples []graph.Dep
	for i := range in.info().partitions {
		samples = append(samples, l.pipelineWith(in, i, &boundsStep{n.spec}))
	}
	attr := appendBytes(binary.AppendUvarint(nil, uint64(parts)), n.spec.Append(nil))
	bounds := l.b.Add(graph.Class{Op: opBounds, Spec: l.spec}, attr, samples...).Whole()
	x := l.exchange(in, &rangeSplit{n.spec}, parts, bounds)
	l.moved[n.key] = x
	return x
}
