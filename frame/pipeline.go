package frame

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// The ops of this package, by the names under which they travel.
const (
	opPipeline = "frame.pipeline"
	opConcat   = "frame.concat"
)

func init() {
	graph.Register(opPipeline, runPipeline)
	graph.Register(opConcat, runConcat)
}

// batchRows is how many rows go through the steps of a pipeline at a time:
// few enough that what a step makes is still in the cache for the next. It is a
// variable for tests, which want many batches of few rows.
var batchRows = 1 << 16

// pipelineEnv is what the steps of one execution share.
type pipelineEnv struct {
	ctx   context.Context
	mem   kernels.Allocator
	sides []*kernels.Table // of the joins, in order; borrowed
	rows  int              // of the input
}

// side takes the next side table.
func (e *pipelineEnv) side() (*kernels.Table, error) {
	if len(e.sides) == 0 {
		return nil, fmt.Errorf("%w: a join without its table", errMalformed)
	}
	t := e.sides[0]
	e.sides = e.sides[1:]
	return t, nil
}

// An operator is a step at work. push takes one batch, which it borrows, and
// returns what follows from it, or nil if nothing does yet. finish returns what
// was held back, or nil. Each returned table is the caller's.
type operator interface {
	push(t *kernels.Table) (*kernels.Table, error)
	finish() (*kernels.Table, error)
	close()
}

func runPipeline(ctx context.Context, c *graph.Call) (graph.Value, error) {
	env := &pipelineEnv{ctx: ctx, mem: kernels.AllocatorFrom(ctx)}
	r := &reader{b: c.Attr}
	from, err := r.origin()
	if err != nil {
		return nil, err
	}
	steps, err := r.steps()
	if err != nil {
		return nil, err
	}
	tables, err := asTables(c.In)
	if err != nil {
		return nil, err
	}
	in, sides, err := from.read(env, tables)
	if err != nil {
		return nil, err
	}
	defer in.Release()
	env.sides, env.rows = sides, in.NumRows()
	if len(steps) == 0 {
		in.Retain()
		return in, nil
	}
	p, err := newPipeline(env, steps)
	if err != nil {
		return nil, err
	}
	defer p.close()
	if s, ok := p.ops[len(p.ops)-1].(sink); ok {
		if err := p.drive(in); err != nil {
			return nil, err
		}
		return s.value()
	}
	return value(p.run(in))
}

func asTables(in []graph.Value) ([]*kernels.Table, error) {
	out := make([]*kernels.Table, len(in))
	for i, v := range in {
		t, ok := v.(*kernels.Table)
		if !ok {
			return nil, fmt.Errorf("frame: value %d is a %T, not a table", i, v)
		}
		out[i] = t
	}
	return out, nil
}

// A pipeline is operators one after the other.
type pipeline struct {
	env *pipelineEnv
	ops []operator
	out []*kernels.Table
}

func newPipeline(env *pipelineEnv, steps []step) (*pipeline, error) {
	p := &pipeline{env: env}
	for _, s := range steps {
		op, err := s.operator(env)
		if err != nil {
			p.close()
			return nil, err
		}
		p.ops = append(p.ops, op)
	}
	return p, nil
}

func (p *pipeline) close() {
	for _, op := range p.ops {
		op.close()
	}
	for _, t := range p.out {
		t.Release()
	}
	p.out = nil
}

// run sends in through the operators and returns what comes out as one table.
func (p *pipeline) run(in *kernels.Table) (*kernels.Table, error) {
	if err := p.drive(in); err != nil {
		return nil, err
	}
	if len(p.out) == 1 {
		t := p.out[0]
		t.Retain()
		return t, nil
	}
	return table.Concat(p.env.mem, p.out...)
}

// drive sends in through the operators, batch by batch, and has them finish. An
// empty input is one empty batch, so that the result has its columns.
func (p *pipeline) drive(in *kernels.Table) error {
	for _, b := range p.batches(in.NumRows()) {
		if b.lo > 0 && p.full() {
			break
		}
		if err := p.env.ctx.Err(); err != nil {
			return err
		}
		if err := p.push(0, in.Slice(b.lo, b.hi)); err != nil {
			return err
		}
	}
	for i, op := range p.ops {
		t, err := op.finish()
		if err != nil {
			return err
		}
		if t != nil {
			if err := p.push(i+1, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// A batch is rows lo to hi of the input.
type batch struct{ lo, hi int }

// batches cuts the rows of the input: all at once where there is one operator
// that would only put batches together again, in pieces from all over where a
// sample is wanted, and smaller by as much as an operator makes of one row.
func (p *pipeline) batches(rows int) []batch {
	if s, ok := p.ops[len(p.ops)-1].(interface{ sampled(rows int) []batch }); ok {
		return s.sampled(rows)
	}
	size := batchRows
	if _, ok := p.ops[0].(interface{ takesWhole() }); ok {
		size = max(rows, 1)
	}
	for _, op := range p.ops {
		if w, ok := op.(interface{ widens() int }); ok {
			size = max(size/max(w.widens(), 1), 1)
		}
	}
	out := []batch{{0, min(size, rows)}}
	for lo := size; lo < rows; lo += size {
		out = append(out, batch{lo, min(lo+size, rows)})
	}
	return out
}

// full reports whether some operator lets nothing more pass.
func (p *pipeline) full() bool {
	for _, op := range p.ops {
		if h, ok := op.(*headOperator); ok && h.left == 0 {
			return true
		}
	}
	return false
}

// push sends t, which it takes over, through the operators from i on.
func (p *pipeline) push(i int, t *kernels.Table) error {
	for ; i < len(p.ops); i++ {
		next, err := p.ops[i].push(t)
		t.Release()
		if err != nil {
			return err
		}
		if t = next; t == nil {
			return nil
		}
	}
	p.out = append(p.out, t)
	return nil
}

func runConcat(ctx context.Context, c *graph.Call) (graph.Value, error) {
	tables, err := asTables(c.In)
	if err != nil {
		return nil, err
	}
	return table.Concat(kernels.AllocatorFrom(ctx), tables...)
}

// stateless is an operator that turns a batch into a batch.
type stateless func(*kernels.Table) (*kernels.Table, error)

func (f stateless) push(t *kernels.Table) (*kernels.Table, error) { return f(t) }
func (f stateless) finish() (*kernels.Table, error)               { return nil, nil }
func (f stateless) close()                                        {}

func (s *projectStep) operator(env *pipelineEnv) (operator, error) {
	return stateless(func(t *kernels.Table) (*kernels.Table, error) { return s.p.eval(env.mem, t) }), nil
}

func (s *filterStep) operator(env *pipelineEnv) (operator, error) {
	return stateless(func(t *kernels.Table) (*kernels.Table, error) {
		m, err := s.p.eval(env.mem, t)
		if err != nil {
			return nil, err
		}
		defer m.Release()
		mask, ok := m.Column(0).(*array.Boolean)
		if !ok {
			return nil, fmt.Errorf("frame: filter: the condition is of type %v", m.Column(0).DataType())
		}
		return table.Filter(env.mem, t, mask)
	}), nil
}

// headOperator lets the first rows pass.
type headOperator struct{ left int }

func (s *headStep) operator(*pipelineEnv) (operator, error) { return &headOperator{s.rows}, nil }

func (o *headOperator) push(t *kernels.Table) (*kernels.Table, error) {
	n := min(o.left, t.NumRows())
	o.left -= n
	return t.Slice(0, n), nil
}

func (o *headOperator) finish() (*kernels.Table, error) { return nil, nil }
func (o *headOperator) close()                          {}

// computed names the columns that the program makes.
func (p *projection) computed() []string {
	var made []string
	for i, from := range p.pass {
		if from == "" {
			made = append(made, p.names[i])
		}
	}
	return made
}

// eval makes the projection of one batch.
func (p *projection) eval(mem kernels.Allocator, t *kernels.Table) (*kernels.Table, error) {
	in := make([]arrow.Array, len(p.columns))
	for i, name := range p.columns {
		k, err := t.ColumnIndex(name)
		if err != nil {
			return nil, err
		}
		in[i] = t.Column(k)
	}
	made, err := expr.EvalColumns(mem, p.prog, in, t.NumRows())
	if err != nil {
		return nil, fmt.Errorf("frame: computing %q of %q: %w", p.computed(), p.columns, err)
	}
	defer func() {
		for _, a := range made {
			a.Release()
		}
	}()
	cols := make([]arrow.Array, len(p.names))
	fields := make([]arrow.Field, len(p.names))
	next := 0
	for i, from := range p.pass {
		if from == "" {
			cols[i] = made[next]
			next++
		} else {
			k, err := t.ColumnIndex(from)
			if err != nil {
				return nil, err
			}
			cols[i] = t.Column(k)
		}
		fields[i] = arrow.Field{Name: p.names[i], Type: cols[i].DataType(), Nullable: true}
	}
	return kernels.NewTable(arrow.NewSchema(fields, nil), cols, t.NumRows())
}
