package frame

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// JoinKind says which rows a join yields.
type JoinKind = table.JoinKind

// The joins.
const (
	Inner = table.Inner // pairs of rows with equal keys
	Left  = table.Left  // and left rows without a partner
	Semi  = table.Semi  // left rows that have a partner, once each
	Anti  = table.Anti  // left rows that have none
	Right = table.Right // pairs, and right rows without a partner
	Full  = table.Full  // pairs, and rows of both sides without a partner
)

// Keys is a pair of columns that a join compares.
type Keys struct{ Left, Right string }

// On joins where the left and the right column are equal. Null equals nothing.
func On(left, right string) Keys { return Keys{left, right} }

// Using joins where the columns of this name are equal.
func Using(name string) Keys { return Keys{name, name} }

// Join joins f with right, the smaller side. The result has the columns of f,
// then those of right but its keys; a name that f has too gets the suffix
// "_right". Unless right is known to have many rows, it becomes one table and
// goes to every partition of f (a broadcast join), whose order stays; Right and
// Full joins then bring f together as one partition too. Otherwise both sides are
// exchanged by their keys, and the rows come in no order that is worth knowing.
func (f *Frame) Join(right *Frame, kind JoinKind, on ...Keys) *Frame {
	if f.err != nil {
		return f
	}
	if right.err != nil {
		return right
	}
	if len(on) == 0 {
		return fail("join", errors.New("no columns to compare: give at least one pair, as On(left, right) or Using(name)"))
	}
	spec := table.JoinSpec{Kind: kind}
	for _, k := range on {
		spec.LeftKeys = append(spec.LeftKeys, k.Left)
		spec.RightKeys = append(spec.RightKeys, k.Right)
	}
	s, err := spec.Schema(f.Schema(), right.Schema())
	if err != nil {
		return fail("join", err)
	}
	return f.derive(newJoin(f.node, right.node, nullable(s), spec))
}

// newJoin decides how two sides are joined.
func newJoin(left, right node, s *arrow.Schema, spec table.JoinSpec) node {
	if rows, known := mostRows(right); known && rows > broadcastRows && max(left.info().partitions, right.info().partitions) > 1 {
		return newExchangedJoin(left, right, s, spec)
	}
	if spec.Kind == Right || spec.Kind == Full {
		left = single(left)
	}
	return newRowwise(left, s, &joinStep{spec}, right)
}

// joinStep probes a side table.
type joinStep struct{ spec table.JoinSpec }

func (s *joinStep) name() string { return "join" }
func (s *joinStep) append(b []byte) []byte {
	return appendBytes(append(b, stepJoin), s.spec.Append(nil))
}

func (s *joinStep) describe() string { return describeJoin(s.spec, "broadcast") }

func describeJoin(spec table.JoinSpec, how string) string {
	on := ""
	for i := range spec.LeftKeys {
		if i > 0 {
			on += ", "
		}
		on += spec.LeftKeys[i] + " = " + spec.RightKeys[i]
	}
	return fmt.Sprintf("%v join, %s, on %s", spec.Kind, how, on)
}

func (r *reader) join() (step, error) {
	spec, err := whole(table.ParseJoinSpec(r.bytes()))
	return &joinStep{spec}, err
}

// joinOperator probes batch after batch. Right and Full joins must see the
// left side whole, and collect it.
type joinOperator struct {
	mem   kernels.Allocator
	spec  table.JoinSpec
	built *table.Built
	left  []*kernels.Table
}

func (s *joinStep) operator(env *pipelineEnv) (operator, error) {
	side, err := env.side()
	if err != nil {
		return nil, err
	}
	built, err := table.Build(env.mem, side, s.spec.RightKeys)
	if err != nil {
		return nil, err
	}
	return &joinOperator{mem: env.mem, spec: s.spec, built: built}, nil
}

func (o *joinOperator) push(t *kernels.Table) (*kernels.Table, error) {
	if o.spec.Kind == Right || o.spec.Kind == Full {
		t.Retain()
		o.left = append(o.left, t)
		return nil, nil
	}
	return o.built.Probe(o.mem, t, o.spec)
}

// takesWhole tells the pipeline not to cut a table into batches whose results
// would only be put together again.
func (o *joinOperator) takesWhole() {}

func (o *joinOperator) finish() (*kernels.Table, error) {
	if len(o.left) == 0 {
		return nil, nil
	}
	whole, err := table.Concat(o.mem, o.left...)
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	return o.built.Probe(o.mem, whole, o.spec)
}

func (o *joinOperator) close() {
	o.built.Release()
	for _, t := range o.left {
		t.Release()
	}
}

// narrowJoin narrows both sides of a join.
func narrowJoin(left, right node, spec table.JoinSpec, need columns) node {
	var below, beside columns
	if spec.Kind == Semi || spec.Kind == Anti { // the right side is for its keys alone
		if beside = with(columns{}, spec.RightKeys); need != nil {
			below = with(need, spec.LeftKeys)
		}
	} else {
		below, beside = sidesOf(need, left, right, spec.LeftKeys, spec.RightKeys)
	}
	left, right = left.narrow(below), right.narrow(beside)
	s, err := spec.Schema(left.info().schema, right.info().schema)
	if err != nil {
		panic(fmt.Sprintf("frame: narrowing %v join of %v: %v", spec.Kind, left.info().key, err)) // it was right with more columns
	}
	return newJoin(left, right, nullable(s), spec)
}

// sidesOf says which columns of both sides of a join are needed for some of the
// result, besides those that it compares. A left column whose name a needed right
// one shares stays, so that the right one keeps its suffix.
func sidesOf(need columns, left, right node, leftKeys, rightKeys []string) (below, beside columns) {
	if need == nil {
		return nil, nil
	}
	below, beside = with(columns{}, leftKeys), with(columns{}, rightKeys)
	for _, name := range names(left.info().schema) {
		if need.has(name) {
			below[name] = true
		}
	}
	for _, name := range names(right.info().schema) {
		out := name
		clash := left.info().schema.HasField(name)
		if clash {
			out += table.DefaultSuffix
		}
		if need.has(out) {
			beside[name] = true
			if clash {
				below[name] = true
			}
		}
	}
	return below, beside
}

// merged is its operand as one partition.
type merged struct{ base }

func single(in node) node {
	if in.info().partitions == 1 {
		return in
	}
	return &merged{newBase("single", in.info().schema, 1, nil, in)}
}

func (n *merged) lower(l *lowering, _ int) graph.Dep { return l.whole(n.operands[0]) }
func (n *merged) describe() string                   { return "bring together as one partition" }
func (n *merged) narrow(need columns) node           { return single(n.operands[0].narrow(need)) }

// Concat puts frames one below the other. They have the same columns in the
// same order.
func Concat(frames ...*Frame) *Frame {
	if len(frames) == 0 {
		return fail("concat", fmt.Errorf("no frames"))
	}
	var nodes []node
	parts := 0
	for i, f := range frames {
		if f.err != nil {
			return f
		}
		if d := difference(frames[0].Schema(), f.Schema()); d != "" {
			return fail("concat", fmt.Errorf("frame %d does not fit the first: %s", i, d))
		}
		nodes = append(nodes, f.node)
		parts += f.Partitions()
	}
	return frames[0].derive(newStacked(nullable(frames[0].Schema()), parts, nodes))
}

// difference names the first column in which other differs from first, be it
// absent, elsewhere or of another type; it is empty if there is none.
func difference(first, other *arrow.Schema) string {
	have, want := names(other), names(first)
	for i, f := range first.Fields() {
		switch at := slices.Index(have, f.Name); {
		case at < 0:
			return fmt.Sprintf("it has no column %q, but %s", f.Name, quoted(have))
		case !arrow.TypeEqual(f.Type, other.Field(at).Type, arrow.CheckMetadata()):
			return fmt.Sprintf("column %q is %v, in the first %v: cast one of them", f.Name, other.Field(at).Type, f.Type)
		case at != i:
			return fmt.Sprintf("column %q is number %d, in the first number %d: bring them in one order with Select", f.Name, at+1, i+1)
		}
	}
	for _, name := range have {
		if !slices.Contains(want, name) {
			return fmt.Sprintf("the first has no column %q, but %s", name, quoted(want))
		}
	}
	return ""
}

// stacked is the partitions of its operands, one after the other.
type stacked struct{ base }

func newStacked(s *arrow.Schema, parts int, nodes []node) node {
	return &stacked{newBase("concat", s, parts, nil, nodes...)}
}

func (n *stacked) lower(l *lowering, i int) graph.Dep {
	for _, o := range n.operands {
		if i < o.info().partitions {
			return l.partition(o, i)
		}
		i -= o.info().partitions
	}
	panic("frame: concat: partition beyond the last operand")
}

func (n *stacked) describe() string { return "concat" }

// narrow narrows all operands, and puts the columns in one order where they
// keep more than was asked for. What is narrow already stays as it is: a frame
// that is persisted is known by the key of its narrowed plan.
func (n *stacked) narrow(need columns) node {
	if need == nil {
		need = with(columns{}, names(n.schema))
	}
	var keep []Expr
	var kept []string
	for _, name := range names(n.schema) {
		if need.has(name) {
			keep, kept = append(keep, Col(name)), append(kept, name)
		}
	}
	var nodes []node
	var schema *arrow.Schema
	for _, o := range n.operands {
		in := o.narrow(need)
		if slices.Equal(names(in.info().schema), kept) {
			nodes, schema = append(nodes, in), in.info().schema
			continue
		}
		p, s, err := compile(in.info().schema, keep)
		if err != nil {
			panic(fmt.Sprintf("frame: narrowing %v: %v", n.key, err)) // the columns were there
		}
		nodes = append(nodes, newRowwise(in, s, &projectStep{p, keep}))
		schema = s
	}
	return newStacked(nullable(schema), n.partitions, nodes)
}
