package expr

import "math/bits"

// floorDivInt leaves 0 where the divisor is 0; the kernel around it decides
// what that means. The quotient of the least value and -1 wraps around.
func floorDivInt[T Integral](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i, d := range y {
		if d == 0 {
			dst[i] = 0
			continue
		}
		q := x[i] / d
		if x[i]%d != 0 && (x[i] < 0) != (d < 0) {
			q--
		}
		dst[i] = q
	}
}

func modInt[T Integral](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i, d := range y {
		if d == 0 {
			dst[i] = 0
			continue
		}
		r := x[i] % d
		if r != 0 && (r < 0) != (d < 0) {
			r += d
		}
		dst[i] = r
	}
}

// roundInt rounds to a multiple of step (a positive power of ten) half to even.
func roundInt[T Integral](dst, x []T, step int64) {
	x = x[:len(dst)]
	for i, v := range x {
		q, r := floorDiv(int64(v), step), floorMod(int64(v), step)
		if r > step-r || r == step-r && q&1 != 0 {
			q++
		}
		dst[i] = T(q * step)
	}
}

// overflows reports whether the exact result of op is no value of T. It is
// called for the few elements that a fast check flagged, and for the divisions.
func overflows[T Integral](op Op, x, y T) bool {
	a, b := int64(x), int64(y)
	switch op {
	case Add:
		r := a + b
		return (a^r)&(b^r) < 0 || int64(T(r)) != r
	case Sub:
		r := a - b
		return (a^b)&(a^r) < 0 || int64(T(r)) != r
	case Mul:
		hi, lo := mulSigned(a, b)
		return hi != lo>>63 || int64(T(lo)) != lo
	case FloorDiv:
		return b == -1 && int64(T(-a)) != -a || b == -1 && a == -a && a != 0
	case Neg, Abs:
		return a == -a && a != 0 || int64(T(-a)) != -a && x < 0
	}
	return false
}

// mulSigned returns the 128-bit product of a and b.
func mulSigned(a, b int64) (hi, lo int64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	hi = int64(h)
	if a < 0 {
		hi -= b
	}
	if b < 0 {
		hi -= a
	}
	return hi, int64(l)
}

// flagged reports whether any element may have overflowed, without a branch in
// the loop. dst holds the wrapped results.
func flagged[T Integral](op Op, dst, x, y []T) bool {
	x, y = x[:len(dst)], y[:len(dst)]
	var bad int64
	switch op {
	case Add:
		for i := range dst {
			a, b := int64(x[i]), int64(y[i])
			r := a + b
			bad |= (a^r)&(b^r)>>63 | (r ^ int64(dst[i]))
		}
	case Sub:
		for i := range dst {
			a, b := int64(x[i]), int64(y[i])
			r := a - b
			bad |= (a^b)&(a^r)>>63 | (r ^ int64(dst[i]))
		}
	case Mul:
		for i := range dst {
			hi, lo := mulSigned(int64(x[i]), int64(y[i]))
			bad |= (hi ^ lo>>63) | (lo ^ int64(dst[i]))
		}
	case Neg, Abs: // only the least value stays negative
		for i := range dst {
			bad |= int64(x[i]) & int64(dst[i]) >> 63
		}
	}
	return bad != 0
}
