package frame

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// CrossJoin pairs every row of f with every row of right. The result has the
// columns of f, then those of right; a name that f has too gets the suffix
// "_right". right becomes one table and goes to every partition of f, whose order
// stays. A Filter or an aggregate on top takes the pairs batch by batch, so that
// they are never all in memory: that is how to join by any condition.
func (f *Frame) CrossJoin(right *Frame) *Frame {
	if f.err != nil {
		return f
	}
	if right.err != nil {
		return right
	}
	s, err := table.CrossSchema(f.Schema(), right.Schema())
	if err != nil {
		return fail("cross join", err)
	}
	return f.derive(newCross(f.node, right.node, s))
}

func newCross(left, right node, s *arrow.Schema) node {
	return newRowwise(left, nullable(s), &crossStep{}, right)
}

func narrowCross(left, right node, need columns) node {
	below, beside := sidesOf(need, left, right, nil, nil)
	left, right = left.narrow(below), right.narrow(beside)
	s, err := table.CrossSchema(left.info().schema, right.info().schema)
	if err != nil {
		panic(fmt.Sprintf("frame: narrowing cross join of %v: %v", left.info().key, err)) // it was right with more columns
	}
	return newCross(left, right, s)
}

// crossStep pairs each row with all of a side table.
type crossStep struct{}

func (s *crossStep) name() string           { return "cross" }
func (s *crossStep) describe() string       { return "cross join, broadcast" }
func (s *crossStep) append(b []byte) []byte { return append(b, stepCross) }

type crossOperator struct {
	mem  kernels.Allocator
	side *kernels.Table
}

func (s *crossStep) operator(env *pipelineEnv) (operator, error) {
	side, err := env.side()
	if err != nil {
		return nil, err
	}
	return &crossOperator{env.mem, side}, nil
}

func (o *crossOperator) push(t *kernels.Table) (*kernels.Table, error) {
	return table.Cross(o.mem, t, o.side)
}

// widens tells the pipeline how many rows become of one.
func (o *crossOperator) widens() int { return o.side.NumRows() }

func (o *crossOperator) finish() (*kernels.Table, error) { return nil, nil }
func (o *crossOperator) close()                          {}
