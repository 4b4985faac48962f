package expr

import "cmp"

func compareLoops[T cmp.Ordered]() (l [opCount]func(dst []bool, x, y []T)) {
	l[Eq], l[Ne], l[Lt], l[Le] = eqLoop[T], neLoop[T], ltLoop[T], leLoop[T]
	l[Gt], l[Ge] = swapped(l[Lt]), swapped(l[Le])
	return l
}

// swapped compares the other way round.
func swapped[T cmp.Ordered](loop func(dst []bool, x, y []T)) func(dst []bool, x, y []T) {
	return func(dst []bool, x, y []T) { loop(dst, y, x) }
}

func eqLoop[T cmp.Ordered](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] == y[i]
	}
}

func neLoop[T cmp.Ordered](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] != y[i]
	}
}

func ltLoop[T cmp.Ordered](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] < y[i]
	}
}

func leLoop[T cmp.Ordered](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] <= y[i]
	}
}

// compareKernel compares values of one type.
func compareKernel(op Op, t Type) kernel {
	switch t {
	case Bool, Uint8: // a Bool is a byte of 0 or 1, false below true
		return compare(loopsU8.compare[op])
	case Int32, Date32:
		return compare(loopsI4.compare[op])
	case Float32:
		return compare(loops32.compare[op])
	case Float64:
		return compare(loops64.compare[op])
	case String:
		loop := compareLoops[string]()[op]
		return func(m *machine, dst *vec, a []*vec) error {
			loop(view[bool](dst, m.n), a[0].text[:m.n], a[1].text[:m.n])
			return nil
		}
	}
	return compare(loopsI8.compare[op])
}

func compare[T any](loop func(dst []bool, x, y []T)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		loop(view[bool](dst, m.n), view[T](a[0], m.n), view[T](a[1], m.n))
		return nil
	}
}
