package expr

import "math"

// roundDigits rounds to decimal digits as numpy does: scale, round half to
// even, scale back. A scale that overflows leaves the value as it is.
func roundDigits[T Floating](dst, x []T, digits int) {
	scale := math.Pow10(max(digits, -digits))
	x = x[:len(dst)]
	for i, v := range x {
		f := float64(v)
		var r float64
		if digits >= 0 {
			r = math.RoundToEven(f*scale) / scale
		} else {
			r = math.RoundToEven(f/scale) * scale
		}
		if math.IsInf(r, 0) || math.IsNaN(r) {
			r = f
		}
		dst[i] = T(r)
	}
}

func floorDivFloat[T Floating](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		q, _ := divMod(float64(x[i]), float64(y[i]))
		dst[i] = T(q)
	}
}

func modFloat[T Floating](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		_, r := divMod(float64(x[i]), float64(y[i]))
		dst[i] = T(r)
	}
}

// divMod is Python's divmod of floats: the remainder is exact and has the sign
// of b, and the quotient is the integer that belongs to it.
func divMod(a, b float64) (quotient, remainder float64) {
	if b == 0 {
		return a / b, math.NaN()
	}
	remainder = math.Mod(a, b)
	quotient = (a - remainder) / b
	if remainder == 0 {
		remainder = math.Copysign(0, b)
	} else if (b < 0) != (remainder < 0) {
		remainder += b
		quotient--
	}
	if quotient == 0 {
		return math.Copysign(0, a/b), remainder
	}
	whole := math.Floor(quotient)
	if quotient-whole > 0.5 {
		whole++
	}
	return whole, remainder
}
