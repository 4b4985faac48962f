package expr

import (
	"fmt"
	"math"
)

// Builder makes programs. It checks types, inserts the casts that promotion
// asks for, and computes equal instructions once. The zero Builder is not
// ready; use NewBuilder. A Builder is not for concurrent use.
type Builder struct {
	inputs []Type
	instrs []Instr
	seen   map[string]Ref
	weak   map[Ref]bool // literals from Int and Float, which adopt a type
	key    []byte
}

// NewBuilder returns an empty Builder.
func NewBuilder() *Builder {
	return &Builder{seen: map[string]Ref{}, weak: map[Ref]bool{}}
}

// Input declares the next input.
func (b *Builder) Input(t Type) Ref {
	b.inputs = append(b.inputs, t)
	return b.add(Instr{Op: Input, Type: t, Imm: int64(len(b.inputs) - 1)})
}

// Int returns an untyped integer literal: beside another number it takes that
// number's type if it fits, else it is an Int64.
func (b *Builder) Int(v int64) Ref { return b.weakLiteral(Instr{Op: Const, Type: Int64, Imm: v}) }

// Float returns an untyped float literal: beside a Float32 it is a Float32,
// else a Float64.
func (b *Builder) Float(v float64) Ref {
	return b.weakLiteral(Instr{Op: Const, Type: Float64, Imm: int64(math.Float64bits(v))})
}

// Bool returns a Bool literal.
func (b *Builder) Bool(v bool) Ref {
	if v {
		return b.Const(Bool, 1)
	}
	return b.Const(Bool, 0)
}

// Str returns a String literal. Beside a date or timestamp it is read as one.
func (b *Builder) Str(v string) Ref { return b.add(Instr{Op: Const, Type: String, Text: v}) }

// Const returns a literal of exactly type t, which is not String; bits is as in
// Instr.Imm.
func (b *Builder) Const(t Type, bits int64) Ref {
	return b.add(Instr{Op: Const, Type: t, Imm: bits})
}

// Null returns a null of type t. Arrays have no nulls: EvalBlocks refuses it.
func (b *Builder) Null(t Type) Ref { return b.add(Instr{Op: Null, Type: t}) }

// Type returns the type of r.
func (b *Builder) Type(r Ref) Type { return b.instrs[r].Type }

// Apply adds op over args, promoting them. The error wraps ErrType and names
// the operation and its operands' types.
func (b *Builder) Apply(op Op, args ...Ref) (Ref, error) { return b.ApplyImm(op, 0, args...) }

// ApplyImm is Apply for an operation with an immediate: the digits of Round,
// the Unit of Trunc and Diff.
func (b *Builder) ApplyImm(op Op, imm int64, args ...Ref) (Ref, error) {
	if op == Cast {
		return 0, fmt.Errorf("%w: use Builder.Cast", ErrType)
	}
	args = b.adopt(op, args)
	types := make([]Type, len(args))
	for i, r := range args {
		types[i] = b.instrs[r].Type
	}
	operands, result, err := Resolve(op, imm, types)
	if err != nil {
		return 0, err
	}
	for i, want := range operands {
		if args[i], err = b.Cast(args[i], want); err != nil {
			return 0, err
		}
	}
	in := Instr{Op: op, Type: result, Args: args, Imm: imm}
	if err := (&Program{Instrs: b.instrs}).validateLiterals(in); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrType, err)
	}
	return b.add(in), nil
}

// Cast converts r to type t. A literal is converted at once.
func (b *Builder) Cast(r Ref, t Type) (Ref, error) {
	in := b.instrs[r]
	if in.Type == t {
		return r, nil
	}
	if _, _, err := Resolve(Cast, int64(t), []Type{in.Type}); err != nil {
		return 0, fmt.Errorf("%w to %v", err, t)
	}
	switch in.Op {
	case Null:
		return b.Null(t), nil
	case Const:
		if folded, ok, err := castLiteral(in, t); err != nil {
			return 0, err
		} else if ok {
			return b.add(folded), nil
		}
	}
	return b.add(Instr{Op: Cast, Type: t, Args: []Ref{r}, Imm: int64(t)}), nil
}

// Between returns lo ≤ x ≤ hi.
func (b *Builder) Between(x, lo, hi Ref) (Ref, error) {
	above, err := b.Apply(Ge, x, lo)
	if err != nil {
		return 0, err
	}
	below, err := b.Apply(Le, x, hi)
	if err != nil {
		return 0, err
	}
	return b.Apply(And, above, below)
}

// Clip returns x limited to lo…hi; when lo > hi it is hi, as in numpy.
func (b *Builder) Clip(x, lo, hi Ref) (Ref, error) {
	raised, err := b.Apply(Max, x, lo)
	if err != nil {
		return 0, err
	}
	return b.Apply(Min, raised, hi)
}

// Program returns the program that computes outputs, without what they do not
// need. All declared inputs stay.
func (b *Builder) Program(outputs ...Ref) (*Program, error) {
	full := &Program{Inputs: b.inputs, Instrs: b.instrs, Outputs: outputs}
	if err := full.Validate(); err != nil {
		return nil, err
	}
	return full.prune(), nil
}

func (b *Builder) weakLiteral(in Instr) Ref {
	// Not shared with typed literals of the same value: weakness is per Ref.
	b.instrs = append(b.instrs, in)
	r := Ref(len(b.instrs) - 1)
	b.weak[r] = true
	return r
}

// add appends in, or returns the equal instruction that is there already.
func (b *Builder) add(in Instr) Ref {
	b.key = appendInstr(b.key[:0], 0, in)
	if r, ok := b.seen[string(b.key)]; ok {
		return r
	}
	b.instrs = append(b.instrs, in)
	r := Ref(len(b.instrs) - 1)
	b.seen[string(b.key)] = r
	return r
}

// adopt returns args with each untyped literal turned into the type of the
// operands beside it.
func (b *Builder) adopt(op Op, args []Ref) []Ref {
	out := append([]Ref(nil), args...)
	first := 0
	if op == Where {
		first = 1 // the condition takes no part
	}
	beside := Invalid
	for _, r := range out[min(first, len(out)):] {
		if t := b.instrs[r].Type; !b.weak[r] && b.instrs[r].Op != Const && t.Valid() {
			if common, err := Promote(max(beside, 1), t); err == nil || beside == Invalid {
				beside = t
				if err == nil {
					beside = common
				}
			}
		}
	}
	for i := first; i < len(out); i++ {
		if in, ok := b.adopted(out[i], beside); ok {
			out[i] = b.add(in)
		}
	}
	return out
}

// adopted returns literal r as an instruction of the type beside it.
func (b *Builder) adopted(r Ref, beside Type) (Instr, bool) {
	in := b.instrs[r]
	text := in.Op == Const && in.Type == String && beside.Temporal()
	number := b.weak[r] && (beside.Float() || beside.Integer() && in.Type == Int64)
	if !text && !number {
		return in, b.weak[r]
	}
	folded, ok, err := castLiteral(in, beside)
	if err != nil || !ok {
		return in, b.weak[r] // it stays what it is and promotes, or the type check complains
	}
	return folded, true
}
