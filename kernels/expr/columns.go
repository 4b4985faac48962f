package expr

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// EvalColumns evaluates p over columns of equal length, which must have the
// types of p.Inputs (see TypeOf), in the semantics of tables. rows is their
// length, and that of the outputs if there is no input. The caller releases
// the outputs. An output that is an input is that column itself, of whatever
// representation; a computed string column has 32-bit offsets.
//
// Errors wrap ErrInput for columns that do not fit, ErrRange and ErrParse for
// values; they number the inputs and rows.
func EvalColumns(mem memory.Allocator, p *Program, cols []arrow.Array, rows int) ([]arrow.Array, error) {
	if err := checkColumns(p, cols, rows); err != nil {
		return nil, err
	}
	m := newMachine(p, tables)
	defer m.close()
	e := &tableEval{machine: m, rows: rows}
	e.prepare(mem, cols)
	for start := 0; start < rows; start += batchSize {
		if err := e.batch(start, min(batchSize, rows-start)); err != nil {
			e.release()
			return nil, err
		}
	}
	out := make([]arrow.Array, len(p.Outputs))
	for i, c := range e.out {
		if c == nil {
			out[i] = cols[p.Instrs[p.Outputs[i]].Imm]
			out[i].Retain()
			continue
		}
		out[i] = c.finish()
	}
	return out, nil
}

func checkColumns(p *Program, cols []arrow.Array, rows int) error {
	if len(cols) != len(p.Inputs) {
		return fmt.Errorf("%w: %d columns for a program of %d inputs", ErrInput, len(cols), len(p.Inputs))
	}
	for i, col := range cols {
		t, err := TypeOf(col.DataType())
		if err != nil {
			return fmt.Errorf("%w: column %d: %w", ErrInput, i, err)
		}
		if t != p.Inputs[i] {
			return fmt.Errorf("%w: column %d is %v, the program wants %v", ErrInput, i, t, p.Inputs[i])
		}
		if col.Len() != rows {
			return fmt.Errorf("%w: column %d has %d rows, want %d", ErrInput, i, col.Len(), rows)
		}
	}
	return nil
}

// tableEval is one run of EvalColumns.
type tableEval struct {
	*machine
	rows    int
	loaders map[Ref]*loader
	out     []*column // nil for an output that is an input
	direct  map[Ref]*column
}

func (e *tableEval) prepare(mem memory.Allocator, cols []arrow.Array) {
	e.loaders, e.direct = map[Ref]*loader{}, map[Ref]*column{}
	for i, in := range e.prog.Instrs {
		if in.Op == Input {
			reg, _ := e.register(nil)
			e.loaders[Ref(i)] = newLoader(cols[in.Imm], in.Type, reg)
		}
	}
	e.out = make([]*column, len(e.prog.Outputs))
	for i, r := range e.prog.Outputs {
		in := e.prog.Instrs[r]
		if in.Op == Input {
			continue
		}
		e.out[i] = newColumn(mem, in.Type, e.rows)
		if _, taken := e.direct[r]; !taken && in.computed() {
			if _, can := e.out[i].target(0, 0); can || e.vals[r].bits != nil {
				e.direct[r] = e.out[i]
			}
		}
	}
}

func (e *tableEval) batch(start, n int) error {
	for r, l := range e.loaders {
		l.load(&e.vals[r], start, n)
	}
	for r, c := range e.direct {
		if v := &e.vals[r]; v.bits != nil {
			v.bits = c.bits(start, n)
		} else {
			v.data, _ = c.target(start, n)
		}
	}
	if err := e.run(start, n); err != nil {
		return err
	}
	for i, r := range e.prog.Outputs {
		if e.out[i] == nil {
			continue
		}
		if err := e.out[i].store(&e.vals[r], start, n); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	return nil
}

func (e *tableEval) release() {
	for _, c := range e.out {
		if c != nil {
			c.release()
		}
	}
}
