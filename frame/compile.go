package frame

import (
	"fmt"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// A projection makes columns out of columns. Column i of the result is the
// column pass[i] as it is, or, where that is empty, the next output of the
// program.
type projection struct {
	prog    *expr.Program
	columns []string // the inputs of the program, by name
	names   []string // of the result
	pass    []string
}

// compiler builds one program over the columns of a schema.
type compiler struct {
	b       *expr.Builder
	schema  *arrow.Schema
	inputs  map[string]expr.Ref
	columns []string
}

func newCompiler(s *arrow.Schema) *compiler {
	return &compiler{b: expr.NewBuilder(), schema: s, inputs: map[string]expr.Ref{}}
}

// compile checks expressions against a schema. The schema that it returns is
// that of the result; a column that is passed on keeps its own type, and may be
// of one that expressions do not have.
func compile(s *arrow.Schema, es []Expr) (*projection, *arrow.Schema, error) {
	c := newCompiler(s)
	var outs []expr.Ref
	fields := make([]arrow.Field, len(es))
	p := &projection{pass: make([]string, len(es))}
	for i, e := range es {
		p.names = append(p.names, e.Name())
		if e.kind == kindColumn {
			k, err := kernels.ColumnIndex(s, e.name)
			if err != nil {
				return nil, nil, err
			}
			p.pass[i] = e.name
			fields[i] = arrow.Field{Name: e.Name(), Type: s.Field(k).Type, Nullable: true}
			continue
		}
		r, err := c.ref(e)
		if err != nil {
			return nil, nil, err
		}
		outs = append(outs, r)
		fields[i] = arrow.Field{Name: e.Name(), Type: expr.ArrowType(c.b.Type(r)), Nullable: true}
	}
	if name := repeated(p.names); name != "" {
		return nil, nil, fmt.Errorf("two columns are named %q; rename one with As", name)
	}
	var err error
	if p.prog, err = c.b.Program(outs...); err != nil {
		return nil, nil, err
	}
	p.columns = c.columns
	return p, arrow.NewSchema(fields, nil), nil
}

func repeated(names []string) string {
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] {
			return n
		}
		seen[n] = true
	}
	return ""
}

// ref adds e to the program.
func (c *compiler) ref(e Expr) (expr.Ref, error) {
	switch e.kind {
	case kindColumn:
		return c.column(e.name)
	case kindLiteral:
		return c.literal(e.lit)
	case kindInvalid:
		return 0, fmt.Errorf("the zero Expr is no expression")
	}
	args := make([]expr.Ref, len(e.args))
	for i, a := range e.args {
		var err error
		if args[i], err = c.ref(a); err != nil {
			return 0, err
		}
	}
	r, err := c.call(e, args)
	if err != nil {
		return 0, fmt.Errorf("in %v: %w", e, err)
	}
	return r, nil
}

func (c *compiler) call(e Expr, args []expr.Ref) (expr.Ref, error) {
	switch e.kind {
	case kindCast:
		return c.b.Cast(args[0], e.typ)
	case kindBetween:
		return c.b.Between(args[0], args[1], args[2])
	case kindClip:
		return c.b.Clip(args[0], args[1], args[2])
	}
	return c.b.ApplyImm(e.op, e.imm, args...)
}

func (c *compiler) column(name string) (expr.Ref, error) {
	if r, ok := c.inputs[name]; ok {
		return r, nil
	}
	i, err := kernels.ColumnIndex(c.schema, name)
	if err != nil {
		return 0, err
	}
	t, err := expr.TypeOf(c.schema.Field(i).Type)
	if err != nil {
		return 0, fmt.Errorf("column %q: %w", name, err)
	}
	r := c.b.Input(t)
	c.inputs[name] = r
	c.columns = append(c.columns, name)
	return r, nil
}

func (c *compiler) literal(v any) (expr.Ref, error) {
	switch x := v.(type) {
	case int:
		return c.b.Int(int64(x)), nil
	case int64:
		return c.b.Int(x), nil
	case int32:
		return c.b.Int(int64(x)), nil
	case float64:
		return c.b.Float(x), nil
	case float32:
		return c.b.Float(float64(x)), nil
	case bool:
		return c.b.Bool(x), nil
	case string:
		return c.b.Str(x), nil
	case time.Time:
		return c.b.Const(expr.TimestampNs, x.UTC().UnixNano()), nil
	}
	return 0, fmt.Errorf("a %T is no literal; numbers, strings, bools and time.Time are", v)
}
