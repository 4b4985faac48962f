package expr

import (
	"fmt"
	"math"
	"slices"
)

// semantics chooses between the two readings of integer arithmetic.
type semantics uint8

const (
	arrays semantics = iota // numpy: wrap around
	tables                  // DuckDB: out of range is an error, division by zero null
)

// kernel computes dst from its operands over n elements. When the step
// propagates nulls dst.valid is already set.
type kernel func(m *machine, dst *vec, args []*vec) error

// step is one instruction, bound to the vecs that it reads and writes.
type step struct {
	ref        Ref
	run        kernel
	dst        *vec
	args       []*vec
	propagates bool
}

// machine evaluates one program, a batch at a time: the caller sets the vecs
// of the inputs, calls run, and reads the vecs of the outputs.
type machine struct {
	prog  *Program
	mode  semantics
	vals  []vec // by Ref
	steps []step
	uses  []use  // by Ref
	read  []bool // by Ref: by an instruction
	units []unit
	owned []*register
	n     int            // elements in this batch
	base  int            // elements before it
	sinks map[Ref][]byte // where outputs of this batch go, past the caches
}

// unit is what is run at a time: a chain of steps, or one.
type unit struct {
	from, to int
	chain    *chain
}

// use says who reads a value.
type use uint8

const (
	unread use = iota
	insideChain
	anywhere
)

// newMachine prepares p. Call close when done.
func newMachine(p *Program, mode semantics) *machine {
	m := &machine{prog: p, mode: mode, vals: make([]vec, len(p.Instrs))}
	m.read = readBy(p)
	last, segments := lastUses(p), m.segments()
	m.uses = p.usesBy(segments)
	var free, pending []*register // pending until the segment at hand is through
	for i, in := range p.Instrs {
		v := &m.vals[i]
		if in.Op == Input {
			continue
		}
		if in.computed() {
			if segments[i] == 0 || segments[i] != m.segmentAt(len(m.steps)-1, segments) {
				free, pending = append(free, pending...), nil
			}
			v.store, free = m.register(free)
		} else { // a literal is written once and keeps its register
			v.store, _ = m.register(nil)
		}
		v.data = bytesOf(v.store.words[:])
		switch {
		case in.Type == String:
			v.text = make([]string, batchSize)
		case m.packs(Ref(i)):
			v.bits = v.data[:batchSize/8]
		}
		if !in.computed() {
			fillLiteral(v, in)
			continue
		}
		m.compile(Ref(i))
		for k, r := range in.Args {
			// Freed only after dst has its own: no kernel works in place. A segment
			// may have to run again, so it keeps what it read.
			again := slices.Contains(in.Args[:k], r)
			if last[r] == i && !again && m.vals[r].store != nil && p.Instrs[r].computed() {
				pending = append(pending, m.vals[r].store)
			}
		}
	}
	m.makeUnits(segments)
	return m
}

// segmentAt is the segment of a step, 0 before the first.
func (m *machine) segmentAt(step int, segments []int) int {
	if step < 0 {
		return 0
	}
	return segments[m.steps[step].ref]
}

// makeUnits joins the steps of each segment.
func (m *machine) makeUnits(segments []int) {
	for i := 0; i < len(m.steps); {
		u, s := unit{from: i, to: i + 1}, m.segmentAt(i, segments)
		for s != 0 && u.to < len(m.steps) && m.segmentAt(u.to, segments) == s {
			u.to++
		}
		if s != 0 {
			u.chain = m.newChain(u.from, u.to)
		}
		m.units = append(m.units, u)
		i = u.to
	}
}

// usesBy tells of each value who reads it, if segments are run as chains.
func (p *Program) usesBy(segments []int) []use {
	uses := make([]use, len(p.Instrs))
	for i, in := range p.Instrs {
		for _, r := range in.Args {
			if segments[i] == 0 || segments[i] != segments[r] {
				uses[r] = anywhere
			}
			uses[r] = max(uses[r], insideChain)
		}
	}
	for _, r := range p.Outputs {
		uses[r] = anywhere
	}
	return uses
}

// readBy tells of each value whether an instruction reads it.
func readBy(p *Program) []bool {
	read := make([]bool, len(p.Instrs))
	for _, in := range p.Instrs {
		for _, r := range in.Args {
			read[r] = true
		}
	}
	return read
}

// computed reports whether in is neither an input nor a literal.
func (in Instr) computed() bool { return opInfo[in.Op].class != classLeaf }

// lastUses returns the last instruction that reads each value; outputs are
// read after the end.
func lastUses(p *Program) []int {
	last := make([]int, len(p.Instrs))
	for i, in := range p.Instrs {
		for _, r := range in.Args {
			last[r] = i
		}
	}
	for _, r := range p.Outputs {
		last[r] = len(p.Instrs)
	}
	return last
}

func (m *machine) register(free []*register) (*register, []*register) {
	if n := len(free); n > 0 {
		return free[n-1], free[:n-1]
	}
	r := registers.Get().(*register)
	m.owned = append(m.owned, r)
	return r, free
}

// close gives the scratch memory back.
func (m *machine) close() {
	for _, r := range m.owned {
		registers.Put(r)
	}
	m.owned = nil
}

// run computes one batch of n elements; base counts the elements before it.
func (m *machine) run(base, n int) error {
	m.base, m.n = base, n
	for i := range m.units {
		u := &m.units[i]
		if u.chain != nil && m.runChain(u) {
			continue
		}
		for k := u.from; k < u.to; k++ {
			s := &m.steps[k]
			if s.propagates {
				intersect(s.dst, s.args, n)
			}
			if err := s.run(m, s.dst, s.args); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *machine) compile(r Ref) {
	in := m.prog.Instrs[r]
	s := step{ref: r, dst: &m.vals[r], args: make([]*vec, len(in.Args)), propagates: true}
	for k, a := range in.Args {
		s.args[k] = &m.vals[a]
	}
	switch in.Op {
	case And, Or, Where, IsNull, Coalesce:
		s.propagates = false
	}
	s.run = m.kernelOf(in)
	if s.dst.bits != nil {
		s.run = packedKernel(in, m.prog.Instrs[in.Args[0]].Type)
	}
	if s.run == nil {
		panic(fmt.Sprintf("expr: no kernel for instruction %d of\n%v", r, m.prog))
	}
	m.steps = append(m.steps, s)
}

// kernelOf chooses the inner loop of an instruction: the only dispatch there is.
func (m *machine) kernelOf(in Instr) kernel {
	var operand Type
	if len(in.Args) > 0 {
		operand = m.prog.Instrs[in.Args[0]].Type
	}
	switch opInfo[in.Op].class {
	case classCast:
		return castKernel(operand, in.Type, m.mode)
	case classArith, classFloat, classKeep, classSigned, classOrder, classNumberTest:
		return numberKernel(in, operand, m.mode)
	case classCompare:
		return compareKernel(in.Op, operand)
	case classLogic:
		return logicKernel(in.Op)
	case classWhere, classNullTest, classCoalesce:
		return chooseKernel(in.Op, in.Type)
	case classIsIn:
		return isInKernel(operand, m.literals(in.Args[1:]))
	case classTextTest, classText, classLength, classSubstring:
		return textKernel(in.Op, m.literals(in.Args[1:]))
	case classExtract, classSplit, classTryParse, classParseTime, classFormatTime, classFixed:
		return convertTextKernel(in, operand, m.literals(in.Args[1:]))
	case classPart:
		return partKernel(in.Op, operand)
	case classTrunc, classDiff:
		return calendarKernel(in.Op, operand, Unit(in.Imm))
	}
	return nil
}

// literals returns the instructions of operands; those that are no Const are
// of no use to the caller.
func (m *machine) literals(refs []Ref) []Instr {
	out := make([]Instr, len(refs))
	for i, r := range refs {
		out[i] = m.prog.Instrs[r]
	}
	return out
}

// fillLiteral writes a literal to every element of v, once a machine.
func fillLiteral(v *vec, in Instr) {
	if in.Op == Null {
		v.valid = v.store.valid[:]
		fill(v.valid, 0)
	}
	switch in.Type {
	case String:
		fill(v.text, in.Text)
	case Bool, Uint8:
		fill(view[uint8](v, batchSize), uint8(in.Imm))
	case Int32, Date32:
		fill(view[int32](v, batchSize), int32(in.Imm))
	case Float32:
		fill(view[float32](v, batchSize), float32(math.Float64frombits(uint64(in.Imm))))
	default: // 64 bits, floats as their bits
		fill(view[int64](v, batchSize), in.Imm)
	}
}
