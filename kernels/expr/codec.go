package expr

import (
	"encoding/binary"
	"fmt"
)

// codecVersion is the first byte of an encoded program.
const codecVersion = 1

// The encoding: version, inputs (count, one byte each), instructions (count,
// then op, type, operand count, operands as distances back, and what the
// operation carries), outputs (count, numbers). Counts and numbers are varints.

// Append appends the encoding of p to dst.
func (p *Program) Append(dst []byte) []byte {
	dst = append(dst, codecVersion)
	dst = binary.AppendUvarint(dst, uint64(len(p.Inputs)))
	for _, t := range p.Inputs {
		dst = append(dst, byte(t))
	}
	dst = binary.AppendUvarint(dst, uint64(len(p.Instrs)))
	for i, in := range p.Instrs {
		dst = appendInstr(dst, Ref(i), in)
	}
	dst = binary.AppendUvarint(dst, uint64(len(p.Outputs)))
	for _, r := range p.Outputs {
		dst = binary.AppendUvarint(dst, uint64(r))
	}
	return dst
}

// appendInstr appends instruction number at.
func appendInstr(dst []byte, at Ref, in Instr) []byte {
	dst = append(dst, byte(in.Op), byte(in.Type))
	dst = binary.AppendUvarint(dst, uint64(len(in.Args)))
	for _, r := range in.Args {
		dst = binary.AppendVarint(dst, int64(at-r))
	}
	switch {
	case in.Op == Const && in.Type == String:
		dst = binary.AppendUvarint(dst, uint64(len(in.Text)))
		return append(dst, in.Text...)
	case in.Op == Const && in.Type.Float():
		return binary.LittleEndian.AppendUint64(dst, uint64(in.Imm))
	}
	return binary.AppendVarint(dst, in.Imm)
}

// Parse reads one program from the start of src and returns what follows it.
// Any bytes are safe to give: the error wraps ErrProgram, and memory stays
// proportional to len(src).
func Parse(src []byte) (p *Program, rest []byte, err error) {
	r := &reader{src: src}
	if v := r.byte(); v != codecVersion && !r.failed {
		return nil, nil, fmt.Errorf("%w: encoding version %d, want %d", ErrProgram, v, codecVersion)
	}
	p = &Program{Inputs: make([]Type, r.count())}
	for i := range p.Inputs {
		p.Inputs[i] = Type(r.byte())
	}
	p.Instrs = make([]Instr, r.count())
	for i := range p.Instrs {
		p.Instrs[i] = r.instr(Ref(i))
	}
	p.Outputs = make([]Ref, r.count())
	for i := range p.Outputs {
		p.Outputs[i] = Ref(min(r.uvarint(), 1<<31-1))
	}
	if r.failed {
		return nil, nil, fmt.Errorf("%w: encoding of %d bytes is cut short or damaged", ErrProgram, len(src))
	}
	if err := p.Validate(); err != nil {
		return nil, nil, err
	}
	return p, r.src, nil
}

// reader consumes src; the first failure sticks and leaves src empty.
type reader struct {
	src    []byte
	failed bool
}

func (r *reader) fail() {
	r.failed, r.src = true, nil
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.src) {
		r.fail()
		return make([]byte, min(max(n, 0), 8))
	}
	out := r.src[:n]
	r.src = r.src[n:]
	return out
}

func (r *reader) byte() byte { return r.bytes(1)[0] }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.src)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.src = r.src[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.src)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.src = r.src[n:]
	return v
}

// count reads a number of things that take at least a byte each.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.src)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) instr(at Ref) Instr {
	in := Instr{Op: Op(r.byte()), Type: Type(r.byte())}
	if n := r.count(); n > 0 {
		in.Args = make([]Ref, n)
	}
	for i := range in.Args {
		back := r.varint()
		if back <= 0 || back > int64(at) {
			r.fail()
			return in
		}
		in.Args[i] = at - Ref(back)
	}
	switch {
	case in.Op == Const && in.Type == String:
		in.Text = string(r.bytes(r.count()))
	case in.Op == Const && in.Type.Float():
		in.Imm = int64(binary.LittleEndian.Uint64(r.bytes(8)))
	default:
		in.Imm = r.varint()
	}
	return in
}
