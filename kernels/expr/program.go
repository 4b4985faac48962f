package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Ref names a value of a program: the number of the instruction that makes it.
type Ref int32

// Instr makes one value. Which of Imm and Text carry meaning depends on Op.
type Instr struct {
	Op   Op
	Type Type  // of the result
	Args []Ref // each lower than the instruction's own number
	// Imm is the number of an Input, the bits of a Const (integers, bools and
	// temporal values as int64; floats as math.Float64bits, also of a float32,
	// which is stored widened), the target Type of a Cast, the digits of a
	// Round, the Unit of a Trunc or Diff.
	Imm  int64
	Text string // the value of a String Const
}

// Program computes Outputs from inputs. It is in single-assignment form:
// instruction i makes value i and may use only values below i, so the order of
// Instrs is an order of evaluation. Operand types are exact; all promotion is
// spelled out as Casts. Programs are immutable.
type Program struct {
	Inputs  []Type // what EvalBlocks and EvalTable must be given; may be unused
	Instrs  []Instr
	Outputs []Ref
}

// OutputTypes returns the type of each output.
func (p *Program) OutputTypes() []Type {
	types := make([]Type, len(p.Outputs))
	for i, r := range p.Outputs {
		types[i] = p.Instrs[r].Type
	}
	return types
}

// Float64 returns the value of a float Const.
func (in Instr) Float64() float64 { return math.Float64frombits(uint64(in.Imm)) }

// Validate checks that p is well formed: references point backwards, types
// follow the rules of Resolve, inputs and literals exist. Parse and the Builder
// return only valid programs; a hand-made one must pass before evaluation.
func (p *Program) Validate() error {
	for i, t := range p.Inputs {
		if !t.Valid() {
			return fmt.Errorf("%w: input %d has %v", ErrProgram, i, t)
		}
	}
	for i := range p.Instrs {
		if err := p.validateInstr(i); err != nil {
			return fmt.Errorf("%w: instruction %d: %w", ErrProgram, i, err)
		}
	}
	for i, r := range p.Outputs {
		if r < 0 || int(r) >= len(p.Instrs) {
			return fmt.Errorf("%w: output %d names value %d of %d", ErrProgram, i, r, len(p.Instrs))
		}
	}
	return nil
}

func (p *Program) validateInstr(i int) error {
	in := p.Instrs[i]
	types := make([]Type, len(in.Args))
	for k, r := range in.Args {
		if r < 0 || int(r) >= i {
			return fmt.Errorf("operand %d names value %d", k, r)
		}
		types[k] = p.Instrs[r].Type
	}
	if !in.Op.Valid() || !in.Type.Valid() {
		return fmt.Errorf("%v of %v", in.Op, in.Type)
	}
	if opInfo[in.Op].class == classLeaf {
		return p.validateLeaf(in)
	}
	operands, result, err := Resolve(in.Op, in.Imm, types)
	if err != nil {
		return err
	}
	for k := range operands {
		if operands[k] != types[k] {
			return fmt.Errorf("%v: operand %d is %v, needs a cast to %v", in.Op, k, types[k], operands[k])
		}
	}
	if result != in.Type {
		return fmt.Errorf("%v makes %v, not %v", in.Op, result, in.Type)
	}
	return p.validateLiterals(in)
}

func (p *Program) validateLeaf(in Instr) error {
	switch {
	case len(in.Args) != 0:
		return fmt.Errorf("%v takes no operands", in.Op)
	case in.Op == Input && (in.Imm < 0 || in.Imm >= int64(len(p.Inputs))):
		return fmt.Errorf("input %d of %d", in.Imm, len(p.Inputs))
	case in.Op == Input && p.Inputs[in.Imm] != in.Type:
		return fmt.Errorf("input %d is %v, not %v", in.Imm, p.Inputs[in.Imm], in.Type)
	case in.Op == Const:
		return validateConst(in)
	}
	return nil
}

// validateLiterals checks the operands that must be known before evaluation.
func (p *Program) validateLiterals(in Instr) error {
	if !in.Op.wantsLiterals() {
		return nil
	}
	for _, r := range in.Args[1:] {
		if p.Instrs[r].Op != Const {
			return fmt.Errorf("%v takes literals after its first operand, not %v", in.Op, p.Instrs[r].Op)
		}
	}
	if in.Op == Matches || in.Op == RegexReplace || in.Op == Extract {
		return validatePattern(in, p.Instrs[in.Args[1]].Text)
	}
	return nil
}

// String prints one instruction a line, for example
//
//	%0 float64 = input 0
//	%1 float64 = const 2
//	%2 float64 = mul %0 %1
//	return %2
func (p *Program) String() string {
	var b strings.Builder
	for i, in := range p.Instrs {
		fmt.Fprintf(&b, "%%%d %v = %v", i, in.Type, in.Op)
		for _, r := range in.Args {
			fmt.Fprintf(&b, " %%%d", r)
		}
		if s := in.immediate(); s != "" {
			b.WriteByte(' ')
			b.WriteString(s)
		}
		b.WriteByte('\n')
	}
	b.WriteString("return")
	for _, r := range p.Outputs {
		fmt.Fprintf(&b, " %%%d", r)
	}
	return b.String()
}

func (in Instr) immediate() string {
	switch in.Op {
	case Const:
		return in.literal()
	case Input:
		return strconv.FormatInt(in.Imm, 10)
	case Round, Fixed:
		return fmt.Sprintf("digits=%d", in.Imm)
	case Extract:
		return fmt.Sprintf("group=%d", in.Imm)
	case Trunc, Diff:
		return Unit(in.Imm).String()
	}
	return ""
}

func (in Instr) literal() string {
	switch {
	case in.Type == String:
		return strconv.Quote(in.Text)
	case in.Type == Bool:
		return strconv.FormatBool(in.Imm != 0)
	case in.Type.Float():
		return strconv.FormatFloat(in.Float64(), 'g', -1, 64)
	case in.Type.Temporal():
		return formatTemporal(in.Type, in.Imm)
	}
	return strconv.FormatInt(in.Imm, 10)
}
