package frame

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// Unique keeps the first row, in the order of the frame, of those that are equal
// in the named columns, or in all columns if none is named, with all of its
// columns; nulls equal one another. [Frame.Distinct] yields the named columns
// alone. A frame of one partition keeps the order of its rows. Others are
// exchanged by the columns, and come in no order that is worth knowing.
func (f *Frame) Unique(cols ...string) *Frame {
	if f.err != nil {
		return f
	}
	if len(cols) == 0 {
		cols = f.Columns()
	}
	for _, name := range cols {
		if _, err := kernels.ColumnIndex(f.Schema(), name); err != nil {
			return fail("unique", err)
		}
	}
	if _, err := (table.AggSpec{Keys: cols}).Schema(f.Schema()); err != nil {
		return fail("unique", err)
	}
	return f.derive(newUnique(f.node, slices.Clone(cols)))
}

// unique is the first row of each key.
type unique struct {
	base
	keys []string
}

func newUnique(in node, keys []string) *unique {
	b := newBase("unique", in.info().schema, partsFor(in.info().partitions), appendStrings(nil, keys), in)
	return &unique{b, keys}
}

func (n *unique) lower(l *lowering, i int) graph.Dep {
	deps := l.together(&n.base, i, &uniqueSplit{n.keys, n.partitions})
	return l.b.Add(graph.Class{Op: opUniquePart, Spec: l.spec}, appendStrings(nil, n.keys), deps...).Whole()
}

func (n *unique) narrow(need columns) node {
	if need != nil {
		need = with(need, n.keys)
	}
	return newUnique(n.operands[0].narrow(need), n.keys)
}

func (n *unique) describe() string { return "first row of each " + quoted(n.keys) }

// uniqueSplit is a hashSplit of the first row of each key of a partition.
type uniqueSplit struct {
	keys  []string
	parts int
}

func (s *uniqueSplit) name() string     { return "split" }
func (s *uniqueSplit) describe() string { return "split first rows by hash of " + quoted(s.keys) }
func (s *uniqueSplit) append(b []byte) []byte {
	return appendStrings(binary.AppendUvarint(append(b, stepUniqueSplit), uint64(s.parts)), s.keys)
}

func (r *reader) uniqueSplit() step { return &uniqueSplit{parts: r.int(), keys: r.strings()} }

func (s *uniqueSplit) operator(env *pipelineEnv) (operator, error) {
	return &splitOperator{mem: env.mem, split: func(t *kernels.Table) ([]*kernels.Table, error) {
		first, err := table.Distinct(env.mem, t, s.keys...)
		if err != nil {
			return nil, err
		}
		defer first.Release()
		return table.Partition(env.mem, first, s.keys, s.parts)
	}}, nil
}

const opUniquePart = "frame.uniquepart"

func init() {
	graph.Register(opUniquePart, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		r := &reader{b: c.Attr}
		keys := r.strings()
		if err := r.err(); err != nil {
			return nil, err
		}
		in, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		mem := kernels.AllocatorFrom(ctx)
		all, err := table.Concat(mem, in...)
		if err != nil {
			return nil, err
		}
		defer all.Release()
		return value(table.Distinct(mem, all, keys...))
	})
}

// DropNulls keeps the rows that have no null in the named columns, or in any if
// none is named. NaN is no null.
func (f *Frame) DropNulls(cols ...string) *Frame {
	if f.err != nil {
		return f
	}
	if len(cols) == 0 {
		cols = f.Columns()
	}
	var cond Expr
	for i, name := range cols {
		if present := Col(name).IsNull().Not(); i == 0 {
			cond = present
		} else {
			cond = cond.And(present)
		}
	}
	if _, _, err := compile(f.Schema(), []Expr{cond.As("filter")}); err != nil {
		return fail("drop nulls", err)
	}
	return f.Filter(cond)
}

// FillNull puts v, a literal or an [Expr], in the place of nulls in the named
// columns; if none is named, in all columns whose type v does not change.
func (f *Frame) FillNull(v any, cols ...string) *Frame {
	if f.err != nil {
		return f
	}
	var es []Expr
	for _, name := range cols {
		e := Col(name).FillNull(v).As(name)
		if _, _, err := compile(f.Schema(), []Expr{e}); err != nil {
			return fail("fill null", err)
		}
		es = append(es, e)
	}
	if len(cols) == 0 {
		for _, field := range f.Schema().Fields() {
			e := Col(field.Name).FillNull(v).As(field.Name)
			if _, s, err := compile(f.Schema(), []Expr{e}); err == nil && sameKind(s.Field(0).Type, field.Type) {
				es = append(es, e)
			}
		}
		if len(es) == 0 {
			return fail("fill null", fmt.Errorf("no column is of the type of %v: name those that it is for", operand(v)))
		}
	}
	return f.With(es...)
}

// sameKind says whether a computed column is of the type that expressions give a
// column of a table.
func sameKind(computed, stored arrow.DataType) bool {
	t, err := expr.TypeOf(stored)
	return err == nil && arrow.TypeEqual(expr.ArrowType(t), computed)
}
