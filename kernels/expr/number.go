package expr

import "fmt"

// numberKernel chooses the kernel of an arithmetic instruction over operands
// of one type.
func numberKernel(in Instr, t Type, mode semantics) kernel {
	switch t {
	case Uint8:
		return integerKernel(in, loopsU8, mode)
	case Int32:
		return integerKernel(in, loopsI4, mode)
	case Date32: // only Min and Max get here
		return binaryKernel(loopsI4.binary[in.Op])
	case Float32:
		return floatKernel(in, loops32)
	case Float64:
		return floatKernel(in, loops64)
	case Int64:
		return integerKernel(in, loopsI8, mode)
	}
	return binaryKernel(loopsI8.binary[in.Op]) // Min and Max of timestamps
}

func floatKernel[T Floating](in Instr, l *loops[T]) kernel {
	switch {
	case in.Op == FMA:
		return func(m *machine, dst *vec, a []*vec) error {
			l.fma(view[T](dst, m.n), view[T](a[0], m.n), view[T](a[1], m.n), view[T](a[2], m.n))
			return nil
		}
	case in.Op == IsNaN:
		return compareSelf(l.compare[Ne])
	case in.Op == Round && in.Imm != 0:
		return unaryKernel(func(dst, x []T) { roundDigits(dst, x, int(in.Imm)) })
	case l.unary[in.Op] != nil:
		return unaryKernel(l.unary[in.Op])
	case l.binary[in.Op] != nil:
		return binaryKernel(l.binary[in.Op])
	}
	return nil
}

func integerKernel[T Integral](in Instr, l *loops[T], mode semantics) kernel {
	switch in.Op {
	case FloorDiv, Mod:
		return division(in, l.binary[in.Op], mode)
	case IsNaN:
		return compareSelf(l.compare[Ne])
	case Floor, Ceil:
		return unaryKernel(func(dst, x []T) { copy(dst, x) })
	case Round:
		return unaryKernel(roundInteger[T](in.Imm))
	case Sign, Min, Max:
		mode = arrays // these cannot overflow
	}
	if loop := l.unary[in.Op]; loop != nil {
		if mode == tables {
			return checked(in, func(dst, x, _ []T) { loop(dst, x) })
		}
		return unaryKernel(loop)
	}
	if mode == tables && (in.Op == Add || in.Op == Sub || in.Op == Mul) {
		return checked(in, l.binary[in.Op])
	}
	return binaryKernel(l.binary[in.Op])
}

// roundInteger rounds integers to tens, hundreds, … for negative digits.
func roundInteger[T Integral](digits int64) func(dst, x []T) {
	if digits >= 0 {
		return func(dst, x []T) { copy(dst, x) }
	}
	step := int64(1)
	for ; digits < 0 && step < 1e18; digits++ {
		step *= 10
	}
	if digits < 0 { // a step beyond every integer
		return func(dst, x []T) { clear(dst) }
	}
	return func(dst, x []T) { roundInt(dst, x, step) }
}

func unaryKernel[T any](loop func(dst, x []T)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		loop(view[T](dst, m.n), view[T](a[0], m.n))
		return nil
	}
}

func binaryKernel[T any](loop func(dst, x, y []T)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		loop(view[T](dst, m.n), view[T](a[0], m.n), view[T](a[1], m.n))
		return nil
	}
}

// compareSelf is true where a value differs from itself, which only NaN does.
func compareSelf[T any](loop func(dst []bool, x, y []T)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		x := view[T](a[0], m.n)
		loop(view[bool](dst, m.n), x, x)
		return nil
	}
}

// checked runs a wrapping loop and then looks for results that wrapped where
// the value is not null.
func checked[T Integral](in Instr, loop func(dst, x, y []T)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[T](dst, m.n), view[T](a[0], m.n)
		y := view[T](a[len(a)-1], m.n)
		loop(out, x, y)
		if !flagged(in.Op, out, x, y) {
			return nil
		}
		return m.rangeError(in.Type, dst, func(i int) bool {
			return overflows(in.Op, x[i], y[i])
		}, func(i int) string {
			if len(a) == 1 {
				return fmt.Sprintf("%v(%v)", in.Op, x[i])
			}
			return fmt.Sprintf("%v(%v, %v)", in.Op, x[i], y[i])
		})
	}
}

// division is FloorDiv or Mod of integers: what a zero divisor means depends
// on the mode.
func division[T Integral](in Instr, loop func(dst, x, y []T), mode semantics) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x, y := view[T](dst, m.n), view[T](a[0], m.n), view[T](a[1], m.n)
		loop(out, x, y)
		minusOne := false
		for i, d := range y {
			minusOne = minusOne || d+1 == 0
			if d != 0 {
				continue
			}
			if mode == arrays {
				return fmt.Errorf("%w: %v(%v, 0) at element %d", ErrDivideByZero, in.Op, x[i], m.base+i)
			}
			dst.setNull(i, m.n)
		}
		if mode == arrays || in.Op == Mod || !minusOne {
			return nil
		}
		return m.rangeError(in.Type, dst, func(i int) bool {
			return overflows(FloorDiv, x[i], y[i])
		}, func(i int) string {
			return fmt.Sprintf("floordiv(%v, %v)", x[i], y[i])
		})
	}
}

// rangeError returns ErrRange for the first element that is present and bad.
func (m *machine) rangeError(t Type, dst *vec, bad func(i int) bool, describe func(i int) string) error {
	for i := range m.n {
		if dst.present(i) && bad(i) {
			return fmt.Errorf("%w: %s does not fit %v, at element %d", ErrRange, describe(i), t, m.base+i)
		}
	}
	return nil
}
