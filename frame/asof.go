package frame

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// AsofKeys says which right row [Frame.JoinAsof] gives a left one: [Backward],
// [Forward] or [Nearest] make one.
type AsofKeys struct {
	spec   table.AsofSpec
	within any
}

// Backward takes the last right row at the left row's time or before.
func Backward(left, right string) AsofKeys { return asof(table.Backward, left, right) }

// Forward takes the first right row at the left row's time or after.
func Forward(left, right string) AsofKeys { return asof(table.Forward, left, right) }

// Nearest takes the one of these two that is less far away, Backward's if they
// are as far.
func Nearest(left, right string) AsofKeys { return asof(table.Nearest, left, right) }

func asof(s table.AsofStrategy, left, right string) AsofKeys {
	return AsofKeys{spec: table.AsofSpec{Strategy: s, Left: left, Right: right}}
}

// By looks among the right rows only whose columns equal those of the left row.
func (a AsofKeys) By(on ...Keys) AsofKeys {
	left, right := a.spec.LeftBy, a.spec.RightBy
	for _, k := range on {
		left, right = append(left[:len(left):len(left)], k.Left), append(right[:len(right):len(right)], k.Right)
	}
	a.spec.LeftBy, a.spec.RightBy = left, right
	return a
}

// Strict takes no right row that is at the same time.
func (a AsofKeys) Strict() AsofKeys { a.spec.Strict = true; return a }

// Within takes no right row that is further away: a [time.Duration] between dates,
// times, timestamps and durations, a number between numbers.
func (a AsofKeys) Within(distance any) AsofKeys { a.within = distance; return a }

// JoinAsof gives each row of f the row of right that is closest in time, as keys
// say: a trade the last quote before it. The columns of time are numbers, dates,
// times, timestamps or durations; neither frame has to be in their order. The
// result has the columns of f, then those of right but its By-columns; a name that
// f has too gets the suffix "_right". Every row of f is in it once, with nulls
// where nothing was found: the right time is null there and nowhere else. A row
// whose time or By-column is null, or whose time is NaN, finds nothing and is not
// found. Of right rows at one time the last in their order is found backward, the
// first forward.
//
// right becomes one table and goes to every partition of f, whose order stays; if
// it is known to have many rows and there are By-columns, both sides are exchanged
// by them instead, and the rows come in no order that is worth knowing.
func (f *Frame) JoinAsof(right *Frame, keys AsofKeys) *Frame {
	if f.err != nil {
		return f
	}
	if right.err != nil {
		return right
	}
	spec := keys.spec
	s, err := spec.Schema(f.Schema(), right.Schema())
	if err == nil && keys.within != nil {
		at, _ := kernels.ColumnIndex(f.Schema(), spec.Left)
		if spec.Within, err = withinOf(keys.within, f.Schema().Field(at)); err == nil {
			s, err = spec.Schema(f.Schema(), right.Schema())
		}
	}
	if err != nil {
		return fail("join asof", err)
	}
	return f.derive(newAsof(f.node, right.node, nullable(s), spec))
}

// withinOf turns what Within was given into the unit of the column of time.
func withinOf(distance any, col arrow.Field) (table.Within, error) {
	w := table.Within{Limited: true}
	if unit, ok := unitOf(col.Type); ok {
		d, ok := distance.(time.Duration)
		if !ok {
			return w, fmt.Errorf("within %v (%T) of column %q, which is %v: give a time.Duration", distance, distance, col.Name, col.Type)
		}
		if d < 0 {
			return w, fmt.Errorf("within %v of column %q: want 0 or more", d, col.Name)
		}
		w.Int = uint64(d / unit)
		return w, nil
	}
	floats := arrow.IsFloating(col.Type.ID())
	var n int64
	switch d := distance.(type) {
	case int:
		n = int64(d)
	case int64:
		n = d
	case float64:
		if w.Float = d; floats {
			return w, nil
		}
		return w, fmt.Errorf("within %v (float64) of column %q, which is %v: give an integer", d, col.Name, col.Type)
	default:
		return w, fmt.Errorf("within %v (%T) of column %q, which is %v: give a number", distance, distance, col.Name, col.Type)
	}
	if n < 0 {
		return w, fmt.Errorf("within %d of column %q: want 0 or more", n, col.Name)
	}
	if floats {
		w.Float = float64(n)
	} else {
		w.Int = uint64(n)
	}
	return w, nil
}

// unitOf is what one count of a type of time lasts, false for others.
func unitOf(t arrow.DataType) (time.Duration, bool) {
	switch t := t.(type) {
	case *arrow.Date32Type:
		return 24 * time.Hour, true
	case *arrow.Date64Type:
		return time.Millisecond, true
	case arrow.TemporalWithUnit:
		return t.TimeUnit().Multiplier(), true
	}
	return 0, false
}

// newAsof decides how two sides are joined.
func newAsof(left, right node, s *arrow.Schema, spec table.AsofSpec) node {
	if rows, known := mostRows(right); known && rows > broadcastRows && len(spec.LeftBy) > 0 && max(left.info().partitions, right.info().partitions) > 1 {
		return &exchangedAsof{newBase("asof", s, joinPartsFor(left, right), spec.Append(nil), left, right), spec}
	}
	return newRowwise(left, s, &asofStep{spec}, right)
}

func narrowAsof(left, right node, spec table.AsofSpec, need columns) node {
	leftKeys := append([]string{spec.Left}, spec.LeftBy...)
	rightKeys := append([]string{spec.Right}, spec.RightBy...)
	below, beside := sidesOf(need, left, right, leftKeys, rightKeys)
	left, right = left.narrow(below), right.narrow(beside)
	s, err := spec.Schema(left.info().schema, right.info().schema)
	if err != nil {
		panic(fmt.Sprintf("frame: narrowing asof join of %v: %v", left.info().key, err)) // it was right with more columns
	}
	return newAsof(left, right, nullable(s), spec)
}

func describeAsof(spec table.AsofSpec, how string) string {
	d := fmt.Sprintf("asof join, %s, %v from %s to %s", how, spec.Strategy, spec.Left, spec.Right)
	for i := range spec.LeftBy {
		d += fmt.Sprintf(", %s = %s", spec.LeftBy[i], spec.RightBy[i])
	}
	return d
}

// asofStep probes a side table.
type asofStep struct{ spec table.AsofSpec }

func (s *asofStep) name() string     { return "asof" }
func (s *asofStep) describe() string { return describeAsof(s.spec, "broadcast") }
func (s *asofStep) append(b []byte) []byte {
	return appendBytes(append(b, stepAsof), s.spec.Append(nil))
}

func (r *reader) asof() (step, error) {
	spec, err := whole(table.ParseAsofSpec(r.bytes()))
	return &asofStep{spec}, err
}

// asofOperator probes batch after batch.
type asofOperator struct {
	mem   kernels.Allocator
	built *table.BuiltAsof
}

func (s *asofStep) operator(env *pipelineEnv) (operator, error) {
	side, err := env.side()
	if err != nil {
		return nil, err
	}
	built, err := table.BuildAsof(env.mem, side, s.spec)
	if err != nil {
		return nil, err
	}
	return &asofOperator{env.mem, built}, nil
}

func (o *asofOperator) push(t *kernels.Table) (*kernels.Table, error) { return o.built.Probe(o.mem, t) }
func (o *asofOperator) finish() (*kernels.Table, error)               { return nil, nil }
func (o *asofOperator) close()                                        { o.built.Release() }

// takesWhole tells the pipeline not to cut a table into batches whose results
// would only be put together again.
func (o *asofOperator) takesWhole() {}

const opAsofPart = "frame.asofpart"

func init() { graph.Register(opAsofPart, withSides(table.ParseAsofSpec, table.AsofAll)) }

// exchangedAsof joins two sides that are both exchanged by their by-keys.
type exchangedAsof struct {
	base
	spec table.AsofSpec
}

func (n *exchangedAsof) describe() string { return describeAsof(n.spec, "exchange by keys") }
func (n *exchangedAsof) narrow(need columns) node {
	return narrowAsof(n.operands[0], n.operands[1], n.spec, need)
}

func (n *exchangedAsof) lower(l *lowering, i int) graph.Dep {
	left := l.keyed(&n.base, "left", n.operands[0], n.spec.LeftBy)
	right := l.keyed(&n.base, "right", n.operands[1], n.spec.RightBy)
	deps := left.part(i)
	attr := appendBytes(binary.AppendUvarint(nil, uint64(len(deps))), n.spec.Append(nil))
	return l.b.Add(graph.Class{Op: opAsofPart, Spec: l.spec}, attr, append(deps, right.part(i)...)...).Whole()
}
