package frame

import (
	"encoding/binary"
	"fmt"

	"github.com/ashlar-go/ashlar/kernels/expr"
)

// A step is what a pipeline does to one batch of rows after another. Steps
// travel in the attributes of their task.
type step interface {
	name() string
	describe() string
	append(b []byte) []byte // with its kind first
	operator(env *pipelineEnv) (operator, error)
}

// The kinds of steps, the first byte of their encodings.
const (
	stepFilter byte = iota
	stepProject
	stepJoin
	stepPartial
	stepOrder
	stepHead
	stepHashSplit
	stepRangeSplit
	stepSample
	stepGroupSplit
	stepBounds
	stepKeySplit
	stepCross
	stepAsof
	stepUniqueSplit
)

func appendSteps(b []byte, steps []step) []byte {
	b = binary.AppendUvarint(b, uint64(len(steps)))
	for _, s := range steps {
		b = appendBytes(b, s.append(nil))
	}
	return b
}

func (r *reader) steps() ([]step, error) {
	var out []step
	for range r.count() {
		s, err := parseStep(r.bytes())
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, r.err()
}

func parseStep(b []byte) (step, error) {
	if len(b) == 0 {
		return nil, errMalformed
	}
	r := &reader{b: b[1:]}
	var s step
	var err error
	switch b[0] {
	case stepFilter:
		var p *projection
		p, err = r.projection()
		s = &filterStep{p: p}
	case stepProject:
		var p *projection
		p, err = r.projection()
		s = &projectStep{p: p}
	case stepJoin:
		s, err = r.join()
	case stepPartial:
		s, err = r.partial()
	case stepOrder:
		s, err = r.order()
	case stepHead:
		s = &headStep{r.int()}
	case stepHashSplit:
		s = r.hashSplit()
	case stepRangeSplit:
		s, err = r.rangeSplit()
	case stepSample:
		s, err = r.sample()
	case stepGroupSplit:
		s, err = r.groupSplit()
	case stepBounds:
		s, err = r.bounds()
	case stepKeySplit:
		s = r.keySplit()
	case stepCross:
		s = &crossStep{}
	case stepAsof:
		s, err = r.asof()
	case stepUniqueSplit:
		s = r.uniqueSplit()
	default:
		return nil, fmt.Errorf("%w: step of kind %d", errMalformed, b[0])
	}
	if err == nil {
		err = r.err()
	}
	return s, err
}

func (p *projection) append(b []byte) []byte {
	b = appendStrings(b, p.columns)
	b = appendStrings(b, p.names)
	b = appendStrings(b, p.pass)
	return appendBytes(b, p.prog.Append(nil))
}

func (r *reader) projection() (*projection, error) {
	p := &projection{columns: r.strings(), names: r.strings(), pass: r.strings()}
	code := r.bytes()
	if r.bad || len(p.names) != len(p.pass) {
		return nil, errMalformed
	}
	prog, rest, err := expr.Parse(code)
	if err != nil {
		return nil, err
	}
	computed := 0
	for _, from := range p.pass {
		if from == "" {
			computed++
		}
	}
	if len(rest) > 0 || len(prog.Inputs) != len(p.columns) || len(prog.Outputs) != computed {
		return nil, errMalformed
	}
	p.prog = prog
	return p, nil
}

// filterStep keeps the rows for which its one column is true.
type filterStep struct {
	p    *projection
	cond Expr // as the user wrote it; not on a worker
}

func (s *filterStep) name() string           { return "filter" }
func (s *filterStep) describe() string       { return "filter " + s.cond.String() }
func (s *filterStep) append(b []byte) []byte { return s.p.append(append(b, stepFilter)) }

// projectStep makes new columns.
type projectStep struct {
	p     *projection
	exprs []Expr // as the user wrote them; not on a worker
}

func (s *projectStep) name() string           { return "project" }
func (s *projectStep) append(b []byte) []byte { return s.p.append(append(b, stepProject)) }

func (s *projectStep) describe() string {
	if len(s.exprs) == 0 {
		return "project no columns"
	}
	d := "project "
	for i, e := range s.exprs {
		if i > 0 {
			d += ", "
		}
		if d += e.String(); e.kind != kindColumn || e.as != "" {
			d += " as " + e.Name()
		}
	}
	return d
}

// headStep passes on the first rows of a partition.
type headStep struct{ rows int }

func (s *headStep) name() string     { return "head" }
func (s *headStep) describe() string { return "first " + counted(s.rows, "row") }
func (s *headStep) append(b []byte) []byte {
	return binary.AppendUvarint(append(b, stepHead), uint64(s.rows))
}
