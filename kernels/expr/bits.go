package expr

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

// bitmaps turns bits into bytes of 0 or 1 and back.
var bitmaps = asm.BitsFor(asm.Best())

// The comparisons that write bits, by element type.
var (
	bits64 = asm.CompareBitsFor[float64](asm.Best())
	bits32 = asm.CompareBitsFor[float32](asm.Best())
	bitsI8 = asm.CompareBitsFor[int64](asm.Best())
	bitsI4 = asm.CompareBitsFor[int32](asm.Best())
)

// packedKernel is the comparison of an instruction, whose result is written as
// the bits of a column. It is nil for what has no such comparison.
func packedKernel(in Instr, operand Type) kernel {
	f, ok := compareRoutines[in.Op]
	x, y := 0, 1
	switch in.Op {
	case Gt:
		f, ok, x, y = asm.Lt, true, 1, 0
	case Ge:
		f, ok, x, y = asm.Le, true, 1, 0
	case IsNaN:
		f, ok, y = asm.Ne, true, 0
	}
	if !ok {
		return nil
	}
	switch lane(operand) {
	case Float64:
		return compareBits(bits64[f], x, y)
	case Float32:
		return compareBits(bits32[f], x, y)
	case Int64:
		return compareBits(bitsI8[f], x, y)
	case Int32:
		return compareBits(bitsI4[f], x, y)
	}
	return nil
}

func compareBits[T any](loop func(dst []byte, x, y []T), x, y int) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		loop(dst.bits, view[T](a[x], m.n), view[T](a[y], m.n))
		return nil
	}
}

// packs reports whether the value of an instruction is only ever stored in a
// column of bools, and can be written there as bits.
func (m *machine) packs(r Ref) bool {
	in := m.prog.Instrs[r]
	return m.mode == tables && len(in.Args) > 0 && !m.read[r] && packedKernel(in, m.prog.Instrs[in.Args[0]].Type) != nil
}
