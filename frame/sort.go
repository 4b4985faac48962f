package frame

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// SortKey orders by one column.
type SortKey struct{ key table.SortKey }

// Asc orders from the least up, nulls last.
func Asc(col string) SortKey { return SortKey{table.SortKey{Column: col}} }

// Desc orders from the greatest down, nulls last.
func Desc(col string) SortKey { return SortKey{table.SortKey{Column: col, Descending: true}} }

// NullsFirst puts nulls before all values.
func (k SortKey) NullsFirst() SortKey { k.key.NullsFirst = true; return k }

// Sort orders the rows by the first key, equal ones by the second, and so on;
// it is stable. The rows are exchanged by ranges of the order, so the result has
// as many partitions, or more where these are known to have many rows, up to 64, of
// about equal many rows, in order.
func (f *Frame) Sort(keys ...SortKey) *Frame { return f.sorted("sort", -1, keys) }

// TopK returns the first k rows that Sort would, without sorting the rest.
func (f *Frame) TopK(k int, keys ...SortKey) *Frame {
	if f.err == nil && k < 0 {
		return fail("top k", fmt.Errorf("%d rows: want 0 or more", k))
	}
	return f.sorted("top k", k, keys)
}

func (f *Frame) sorted(op string, k int, keys []SortKey) *Frame {
	if f.err != nil {
		return f
	}
	if len(keys) == 0 {
		return fail(op, errors.New("no column to order by: give at least one, as Asc(name) or Desc(name)"))
	}
	var spec table.SortSpec
	for _, key := range keys {
		spec.Keys = append(spec.Keys, key.key)
	}
	if err := spec.Check(f.Schema()); err != nil {
		return fail(op, err)
	}
	return f.derive(newOrdered(f.node, spec, k))
}

// Head returns the first n rows, in the order of the frame. Of Parquet files no
// row group is read that they do not reach, unless the rows are filtered.
func (f *Frame) Head(n int) *Frame {
	if f.err != nil {
		return f
	}
	if n < 0 {
		return fail("head", fmt.Errorf("%d rows: want 0 or more", n))
	}
	if o, ok := f.node.(*ordered); ok && (o.limit < 0 || o.limit >= n) {
		return f.derive(newOrdered(o.operands[0], o.spec, n)) // sort, then head: a top-k
	}
	return f.derive(newHead(leading(f.node, n), n))
}

// ordered is a sort, or with limit ≥ 0 a top-k.
type ordered struct {
	base
	spec  table.SortSpec
	limit int
}

func newOrdered(in node, spec table.SortSpec, limit int) *ordered {
	params := binary.AppendVarint(spec.Append(nil), int64(limit))
	parts := 1
	if limit < 0 {
		parts = sortParts(in)
	}
	return &ordered{newBase("sort", in.info().schema, parts, params, in), spec, limit}
}

func (n *ordered) lower(l *lowering, i int) graph.Dep {
	in := n.operands[0]
	if n.partitions > 1 {
		attr := appendBytes(nil, n.spec.Append(nil))
		return l.b.Add(graph.Class{Op: opSortPart, Spec: l.spec, Cost: sortCost(n.operands[0], n.partitions, n.spec)}, attr, l.sorted(n).part(i)...).Whole()
	}
	st := &orderStep{n.spec, n.limit}
	return l.tree(in.info().partitions, opMergeSorted, st.append(nil), func(i int) graph.Dep {
		return l.pipelineWith(in, i, st)
	})
}

func (n *ordered) narrow(need columns) node {
	if need != nil {
		for _, k := range n.spec.Keys {
			need = with(need, []string{k.Column})
		}
	}
	return newOrdered(n.operands[0].narrow(need), n.spec, n.limit)
}

func (n *ordered) describe() string {
	var keys []string
	for _, k := range n.spec.Keys {
		if k.Descending {
			keys = append(keys, k.Column+" descending")
		} else {
			keys = append(keys, k.Column)
		}
	}
	if n.limit >= 0 {
		return fmt.Sprintf("top %d by %s", n.limit, strings.Join(keys, ", "))
	}
	return "sort by " + strings.Join(keys, ", ")
}

const opMergeSorted = "frame.mergesorted"

func init() {
	graph.Register(opMergeSorted, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		s, err := parseStep(c.Attr)
		if err != nil {
			return nil, err
		}
		st, ok := s.(*orderStep)
		if !ok {
			return nil, errMalformed
		}
		in, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		t, err := table.MergeSorted(kernels.AllocatorFrom(ctx), st.spec, in...)
		if err != nil {
			return nil, err
		}
		if st.limit >= 0 && st.limit < t.NumRows() {
			defer t.Release()
			return t.Slice(0, st.limit), nil
		}
		return t, nil
	})
}

// orderStep sorts what reaches it; it is the last step of a pipeline.
type orderStep struct {
	spec  table.SortSpec
	limit int // < 0: all rows
}

func (s *orderStep) name() string     { return "sort" }
func (s *orderStep) describe() string { return "sort the partition" }
func (s *orderStep) append(b []byte) []byte {
	b = appendBytes(append(b, stepOrder), s.spec.Append(nil))
	return binary.AppendUvarint(b, uint64(s.limit+1))
}

func (r *reader) order() (step, error) {
	spec, err := whole(table.ParseSortSpec(r.bytes()))
	return &orderStep{spec, r.int() - 1}, err
}

// orderOperator keeps all rows, or, with a limit, the first of each batch.
type orderOperator struct {
	mem  kernels.Allocator
	step *orderStep
	kept []*kernels.Table
}

func (s *orderStep) operator(env *pipelineEnv) (operator, error) {
	return &orderOperator{mem: env.mem, step: s}, nil
}

func (o *orderOperator) push(t *kernels.Table) (*kernels.Table, error) {
	if o.step.limit < 0 {
		t.Retain()
		o.kept = append(o.kept, t)
		return nil, nil
	}
	top, err := table.TopK(o.mem, t, o.step.spec, o.step.limit)
	if err != nil {
		return nil, err
	}
	o.kept = append(o.kept, top)
	return nil, nil
}

func (o *orderOperator) finish() (*kernels.Table, error) {
	all, err := table.Concat(o.mem, o.kept...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	if o.step.limit < 0 {
		return table.Sort(o.mem, all, o.step.spec)
	}
	return table.TopK(o.mem, all, o.step.spec, o.step.limit)
}

func (o *orderOperator) close() {
	for _, t := range o.kept {
		t.Release()
	}
}

// head is the first rows of its operand.
type head struct {
	base
	rows int
}

func newHead(in node, rows int) *head {
	return &head{newBase("head", in.info().schema, 1, binary.AppendUvarint(nil, uint64(rows)), in), rows}
}

func (n *head) lower(l *lowering, _ int) graph.Dep {
	in := n.operands[0]
	st := &headStep{n.rows}
	first := l.tree(in.info().partitions, opConcat, nil, func(i int) graph.Dep { return l.pipelineWith(in, i, st) })
	attr := appendSteps(tableOrigin{}.append(nil), []step{st})
	return l.b.Add(graph.Class{Op: opPipeline, Label: "frame.head", Spec: l.spec}, attr, first).Whole()
}

func (n *head) narrow(need columns) node { return newHead(n.operands[0].narrow(need), n.rows) }
func (n *head) describe() string         { return "first " + counted(n.rows, "row") }
