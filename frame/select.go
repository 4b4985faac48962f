package frame

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// rowwise is a step that looks at one batch of rows at a time. A run of them,
// with the scan below and the partial aggregation above, is one task a
// partition.
type rowwise struct {
	base
	step step
}

func (n *rowwise) lower(l *lowering, i int) graph.Dep { return l.pipeline(n, i) }

func (n *rowwise) describe() string { return n.step.describe() }

func newRowwise(in node, s *arrow.Schema, st step, sides ...node) *rowwise {
	operands := append([]node{in}, sides...)
	return &rowwise{newBase(st.name(), s, in.info().partitions, st.append(nil), operands...), st}
}

// project makes the frame of a list of expressions.
func (f *Frame) project(op string, es []Expr) *Frame {
	if len(es) == 0 {
		return fail(op, errors.New("no columns are left"))
	}
	p, s, err := compile(f.Schema(), es)
	if err != nil {
		return fail(op, err)
	}
	return f.derive(newRowwise(f.node, s, &projectStep{p, es}))
}

// Select returns the given columns, each a name or an [Expr].
func (f *Frame) Select(cols ...any) *Frame {
	if f.err != nil {
		return f
	}
	es := make([]Expr, len(cols))
	for i, c := range cols {
		switch c := c.(type) {
		case string:
			es[i] = Col(c)
		case Expr:
			es[i] = c
		default:
			return fail("select", fmt.Errorf("column %d is a %T; give a name or an expression", i, c))
		}
	}
	return f.project("select", es)
}

// With returns the frame with more columns; one of a name that is there takes
// its place.
func (f *Frame) With(es ...Expr) *Frame {
	if f.err != nil {
		return f
	}
	var all []Expr
	for _, name := range f.Columns() {
		e := Col(name)
		if i := slices.IndexFunc(es, func(e Expr) bool { return e.Name() == name }); i >= 0 {
			e = es[i]
		}
		all = append(all, e)
	}
	for _, e := range es {
		if !slices.Contains(f.Columns(), e.Name()) {
			all = append(all, e)
		}
	}
	return f.project("with", all)
}

// Drop returns the frame without the named columns.
func (f *Frame) Drop(cols ...string) *Frame {
	if f.err != nil {
		return f
	}
	for _, name := range cols {
		if _, err := kernels.ColumnIndex(f.Schema(), name); err != nil {
			return fail("drop", err)
		}
	}
	var keep []Expr
	for _, name := range f.Columns() {
		if !slices.Contains(cols, name) {
			keep = append(keep, Col(name))
		}
	}
	return f.project("drop", keep)
}

// Rename gives a column another name.
func (f *Frame) Rename(from, to string) *Frame {
	if f.err != nil {
		return f
	}
	if _, err := kernels.ColumnIndex(f.Schema(), from); err != nil {
		return fail("rename", err)
	}
	var all []Expr
	for _, name := range f.Columns() {
		e := Col(name)
		if name == from {
			e = e.As(to)
		}
		all = append(all, e)
	}
	return f.project("rename", all)
}

// Filter keeps the rows for which cond is true; not those where it is null. The
// row groups of Parquet files in which, by their statistics, no row can pass
// are dropped from the plan: they are partitions no more.
func (f *Frame) Filter(cond Expr) *Frame {
	if f.err != nil {
		return f
	}
	p, s, err := compile(f.Schema(), []Expr{cond.As("filter")})
	if err != nil {
		return fail("filter", err)
	}
	if t := s.Field(0).Type; t.ID() != arrow.BOOL {
		return fail("filter", fmt.Errorf("%v is of type %v, not bool", cond, t))
	}
	return f.derive(newRowwise(prune(f.node, cond), f.Schema(), &filterStep{p, cond}))
}

func (n *rowwise) narrow(need columns) node {
	in := n.operands[0]
	switch st := n.step.(type) {
	case *filterStep:
		below := need
		if need != nil {
			below = with(need, st.cond.columns(nil))
		}
		in = in.narrow(below)
		return newRowwise(in, in.info().schema, st)
	case *projectStep:
		var keep []Expr
		for i, e := range st.exprs {
			if need.has(st.p.names[i]) {
				keep = append(keep, e)
			}
		}
		below := columns{}
		for _, e := range keep {
			below = with(below, e.columns(nil))
		}
		in = in.narrow(below)
		p, s, err := compile(in.info().schema, keep)
		if err != nil {
			panic(fmt.Sprintf("frame: narrowing %v: %v", n.key, err)) // it compiled with more columns
		}
		return newRowwise(in, s, &projectStep{p, keep})
	case *joinStep:
		return narrowJoin(n.operands[0], n.operands[1], st.spec, need)
	case *crossStep:
		return narrowCross(n.operands[0], n.operands[1], need)
	case *asofStep:
		return narrowAsof(n.operands[0], n.operands[1], st.spec, need)
	}
	panic(fmt.Sprintf("frame: narrow: unknown step %T", n.step))
}

// with returns the union of a set and a list.
func with(c columns, names []string) columns {
	u := columns{}
	for n := range c { // order-free: a set
		u[n] = true
	}
	for _, n := range names {
		u[n] = true
	}
	return u
}

func quoted(names []string) string { return strings.Join(names, ", ") }
