package expr

import "fmt"

// Inline adds a copy of p, with its inputs bound to the given values, and
// returns the values of its outputs. What the builder already computes is not
// computed again. Fusing two elementwise expressions is to Inline both.
func (b *Builder) Inline(p *Program, inputs ...Ref) ([]Ref, error) {
	if len(inputs) != len(p.Inputs) {
		return nil, fmt.Errorf("%w: program of %d inputs bound to %d values", ErrInput, len(p.Inputs), len(inputs))
	}
	for i, r := range inputs {
		if got := b.Type(r); got != p.Inputs[i] {
			return nil, fmt.Errorf("%w: input %d is %v, bound to %v", ErrInput, i, p.Inputs[i], got)
		}
	}
	at := make([]Ref, len(p.Instrs))
	for i, in := range p.Instrs {
		if in.Op == Input {
			at[i] = inputs[in.Imm]
			continue
		}
		at[i] = b.add(in.renumber(at))
	}
	outputs := make([]Ref, len(p.Outputs))
	for i, r := range p.Outputs {
		outputs[i] = at[r]
	}
	return outputs, nil
}

// Join returns outer with its input number `input` replaced by output number
// `output` of inner. The inputs of the result are those of outer without the
// replaced one, then those of inner.
func Join(outer *Program, input int, inner *Program, output int) (*Program, error) {
	if input < 0 || input >= len(outer.Inputs) || output < 0 || output >= len(inner.Outputs) {
		return nil, fmt.Errorf("%w: join of input %d of %d with output %d of %d",
			ErrInput, input, len(outer.Inputs), output, len(inner.Outputs))
	}
	b := NewBuilder()
	bound := make([]Ref, len(outer.Inputs))
	for i, t := range outer.Inputs {
		if i != input {
			bound[i] = b.Input(t)
		}
	}
	innerBound := make([]Ref, len(inner.Inputs))
	for i, t := range inner.Inputs {
		innerBound[i] = b.Input(t)
	}
	made, err := b.Inline(inner, innerBound...)
	if err != nil {
		return nil, err
	}
	bound[input] = made[output]
	outputs, err := b.Inline(outer, bound...)
	if err != nil {
		return nil, err
	}
	return b.Program(outputs...)
}

// renumber returns a copy of in whose operands are looked up in at.
func (in Instr) renumber(at []Ref) Instr {
	args := make([]Ref, len(in.Args))
	for i, r := range in.Args {
		args[i] = at[r]
	}
	in.Args = args
	return in
}

// prune returns p without the instructions that no output needs. An Input that
// is not used loses its instruction but keeps its number.
func (p *Program) prune() *Program {
	live := make([]bool, len(p.Instrs))
	for _, r := range p.Outputs {
		live[r] = true
	}
	for i := len(p.Instrs) - 1; i >= 0; i-- {
		if live[i] {
			for _, r := range p.Instrs[i].Args {
				live[r] = true
			}
		}
	}
	out := &Program{Inputs: append([]Type(nil), p.Inputs...)}
	at := make([]Ref, len(p.Instrs))
	for i, in := range p.Instrs {
		if live[i] {
			at[i] = Ref(len(out.Instrs))
			out.Instrs = append(out.Instrs, in.renumber(at))
		}
	}
	for _, r := range p.Outputs {
		out.Outputs = append(out.Outputs, at[r])
	}
	return out
}
