package main

import "math"

// ln 2 in two parts, and its reciprocal.
const (
	ln2High = 0x1.62e42fefa39efp-1
	ln2Low  = 0x1.abc9e3b39803fp-56
	log2E   = 0x1.71547652b82fep+0
)

// toInteger is a number that, added, pushes the fraction out of a float64 and
// leaves the integer in its lowest bits.
const toInteger = 0x1.8p52

// expScaled holds x = n·ln 2 + r and eʳ = 1 + r + tail, n as a number, and
// n + 2046 in the low bits.
type expScaled struct{ r, tail, n, low *node }

// reduceExp cuts n·ln 2 off x, as in W. J. Cody and W. Waite, Software Manual
// for the Elementary Functions (1980). n·ln2High is a multiple of 2⁻⁵³ and so
// is x, so that the first difference is exact; what the second one loses goes
// into the tail. |r| ≤ ln 2 / 2. With less1 it is eʳ - 1 that must be right.
func reduceExp(r *routine, x *node, short, less1 bool) expScaled {
	shift := r.num(toInteger + 2046)
	r.say("x = n·ln 2 + r")
	shifted := r.fma(x, r.num(log2E), shift)
	n := r.minus(shifted, shift)
	first := r.fnma(n, r.num(ln2High), x)
	rest := r.fnma(n, r.num(ln2Low), first)
	e := expScaled{r: rest, n: n, low: r.bitsOf(shifted)}
	square := r.times(rest, rest)
	if short {
		r.say("eʳ = 1 + r + tail")
		c := []float64{0x1.fffffb9a4da7cp-2, 0x1.5554915317afep-3, 0x1.5558f182f970ap-5, 0x1.1239e36bc30b6p-7, 0x1.6a2432401a51cp-10} // 2⁻²⁸·³
		if less1 {
			c = []float64{0x1.00000025efeedp-1, 0x1.555554ef8e7aep-3, 0x1.5554b12e470ecp-5, 0x1.111189678e657p-7, 0x1.6d71f81ae16f6p-10,
				0x1.a032bea9c1a77p-13} // 2⁻³¹·⁹ of eʳ - 1
		}
		e.tail = r.times(square, r.polynomial(rest, c...))
		return e
	}
	e.tail = expTail(r, rest, r.fnma(n, r.num(ln2Low), r.minus(first, rest)))
	return e
}

// expTail is eʳ - 1 - r, and what r has lost.
func expTail(r *routine, rest, lost *node) *node {
	r.say("eʳ = 1 + r + tail")
	return r.fma(r.times(rest, rest), r.polynomial(rest, 0x1.000000000000ap-1, 0x1.55555555554fep-3, 0x1.55555555506bap-5, 0x1.1111111126b32p-7,
		0x1.6c16c18477b36p-10, 0x1.a01a012ff1919p-13, 0x1.a019995cc2cacp-16, 0x1.71df18e4e1febp-19, 0x1.28adff1e394c5p-22,
		0x1.ad92ffef15ff1p-26), lost) // 2⁻⁵⁷·⁹
}

// exp is 2ⁿ·eʳ. Beyond the bounds the scaling gives infinity or zero. What 1 + r
// loses goes into the tail.
func exp(r *routine, short bool) *node {
	least, most := -746.0, 710.0
	if short {
		least, most = -104, 89
	}
	x := r.arg(0)
	x = r.greater(r.num(least), r.lesser(r.num(most), x))
	e := reduceExp(r, x, short, false)
	if short { // never leaves the range of float64
		y := r.plus(r.num(1), r.plus(e.r, e.tail))
		r.say("times 2ⁿ")
		return r.times(y, r.float(r.shl(r.intSub(e.low, r.bits(1023)), 52)))
	}
	top := r.plus(r.num(1), e.r)
	lost := r.minus(e.r, r.minus(top, r.num(1)))
	y := r.plus(top, r.plus(lost, e.tail))
	r.say("times 2ⁿ")
	return r.scale(y, e.n, e.low)
}

// log writes x = 2ᵏ·m with m from √½ to √2 and f = m - 1, as in fdlibm's
// e_log.c (Sun Microsystems, 1993): with s = f/(2+f),
// log m = f - (f²/2 - s·(f²/2 + R)), where 2·atanh s = 2s + s·R.
func log(r *routine, short bool) *node {
	x := r.arg(0)
	normal, k0 := x, r.num(0)
	if !short { // every float32 is a normal float64
		r.say("denormal numbers are scaled")
		tiny := r.compare(x, less, r.num(0x1p-1022))
		normal = r.choose(tiny, r.times(x, r.num(0x1p54)), x)
		k0 = r.choose(tiny, r.num(54), r.num(0))
	}
	k, f := reduceLog(r, normal, short)
	if !short {
		k = r.minus(k, k0)
	}
	return logSpecial(r, x, logOf(r, k, f, short))
}

// reduceLog finds k and f.
func reduceLog(r *routine, x *node, short bool) (k, f *node) {
	low := math.Float64bits(math.Sqrt2 / 2)
	if short {
		low = math.Float64bits(2.0 / 3)
	}
	r.say("x = 2ᵏ·(1 + f)")
	above := r.intAdd(r.bitsOf(x), r.bits(1<<62-low)) // k + 1024 in the exponent
	k = r.minus(r.float(r.or(r.shr(above, 52), r.bits(math.Float64bits(0x1p52)))), r.num(0x1p52+1024))
	mantissa := r.intAdd(r.and(above, r.bits(1<<52-1)), r.bits(low))
	return k, r.minus(r.float(mantissa), r.num(1))
}

// logOf is k·ln 2 + log(1 + f).
func logOf(r *routine, k, f *node, short bool) *node {
	if short {
		r.say("log(1 + f), f from -1/3 to 1/3")
		p := r.polynomial(f, -0x1.000000a395f9dp-1, 0x1.555558947507fp-2, -0x1.fffe28dcb037p-3, 0x1.99968bb71d782p-3, -0x1.55b1cf3cab439p-3,
			0x1.250bb8b0395d6p-3, -0x1.f1720d5b26d5bp-4, 0x1.b6b05708a1c3dp-4, -0x1.0af505c753668p-3, 0x1.f221e6ad00fdcp-4) // 2⁻³⁰·⁵
		return r.fma(k, r.num(ln2High), r.fma(r.times(f, f), p, f))
	}
	r.say("log(1 + f)")
	s := r.over(f, r.plus(r.num(2), f))
	z := r.times(s, s)
	p := r.polynomial(z, 0x1.5555555555592p-1, 0x1.999999997ff58p-2, 0x1.24924941dc60dp-2, 0x1.c71c5218e11f5p-3, 0x1.74663bf27dcf1p-3,
		0x1.39a2024d18ee6p-3, 0x1.2f02bc1b2f46bp-3) // 2⁻⁵⁹·⁵
	half := r.times(r.times(f, r.num(0.5)), f)
	tail := r.fma(s, r.fma(z, p, half), r.times(k, r.num(ln2Low)))
	return r.fms(k, r.num(ln2High), r.minus(r.minus(half, tail), f))
}

// logSpecial puts in the results that are no numbers, or of none.
func logSpecial(r *routine, x, y *node) *node {
	r.say("infinity and NaN stay, zero and less have no logarithm")
	y = r.choose(r.compare(x, less, r.num(math.Inf(1))), y, x)
	below := r.choose(r.compare(x, less, r.num(0)), r.num(math.NaN()), r.num(math.Inf(-1)))
	return r.choose(r.compare(x, lessOrEqual, r.num(0)), below, y)
}

// expm1 is 2ⁿ·(r + tail) + (2ⁿ - 1). 2ⁿ is exact, and so is 2ⁿ - 1 where its
// digits count. The last power of two is multiplied apart, as 2¹⁰²⁴ is none.
func expm1(r *routine, short bool) *node {
	x := r.arg(0)
	least, most := -40.0, 710.0
	if short {
		least, most = -20, 89
	}
	x0 := r.greater(r.num(least), r.lesser(r.num(most), x))
	e := reduceExp(r, x0, short, true)
	y := scaledExpm1(r, e, short, false).high
	if !short {
		y = r.plus(y, r.choose(r.compare(e.n, greater, r.num(1023)), y, r.num(0)))
	}
	return withSign(r, y, x)
}

// scaledExpm1 is 2ⁿ·t + (2ⁿ - 1), for n up to 1023, and as if it were 1023 beyond
// that, which nothing small is. The low part is right for n of 0 and more.
func scaledExpm1(r *routine, e expScaled, short, small bool) parts {
	if short {
		r.say("2ⁿ·t + (2ⁿ - 1)")
		power := r.float(r.shl(r.intSub(e.low, r.bits(1023)), 52))
		return parts{high: r.fma(r.plus(e.r, e.tail), power, r.minus(power, r.num(1)))}
	}
	t := r.sum(e.r, e.tail)
	r.say("2ⁿ·t + (2ⁿ - 1)")
	n := e.n
	if !small {
		n = r.lesser(r.num(1023), n)
	}
	power := r.float(r.shl(r.bitsOf(r.plus(n, r.num(toInteger+1023))), 52))
	less1 := r.minus(power, r.num(1))
	high := r.fma(t.high, power, less1)
	return parts{high, r.fma(t.low, power, r.fma(t.high, power, r.minus(less1, high)))}
}

// withSign gives y, which is not less than zero or has the sign of x already,
// the sign of x: that of zeros would be lost.
func withSign(r *routine, y, x *node) *node {
	return r.float(r.or(r.bitsOf(y), r.and(r.bitsOf(x), r.signs(false))))
}

// tanh is e/(e + 2) with e = e^2|x| - 1.
func tanh(r *routine, short bool) *node {
	x := r.arg(0)
	size := r.lesser(r.num(22), r.abs(x))
	e := scaledExpm1(r, reduceExp(r, r.plus(size, size), short, true), short, true)
	if short {
		return withSign(r, r.over(e.high, r.plus(e.high, r.num(2))), x)
	}
	r.say("e/(e + 2)")
	below := r.plus(e.high, r.num(2))
	lost := r.plus(r.plus(r.minus(r.num(2), below), e.high), e.low)
	return withSign(r, r.quotient(e, parts{below, lost}), x)
}

// log1p takes the logarithm of u = 1 + x. With f = u·2⁻ᵏ - 1 what u lost comes
// back as (x - (u - 1))·2⁻ᵏ, so that f is x where k is 0.
func log1p(r *routine, short bool) *node {
	x := r.arg(0)
	u := r.plus(r.num(1), x)
	k, f := reduceLog(r, u, short)
	if short {
		f = r.choose(r.compare(k, equal, r.num(0)), x, f)
		return log1pSpecial(r, x, u, logOf(r, k, f, short))
	}
	r.say("what 1 + x lost")
	lost := r.minus(x, r.minus(u, r.num(1)))
	scale := r.float(r.shl(r.bitsOf(r.minus(r.num(toInteger+1023), k)), 52))
	f = r.plus(f, r.choose(r.compare(x, less, r.num(0x1p60)), r.times(lost, scale), r.num(0)))
	return log1pSpecial(r, x, u, logOf(r, k, f, short))
}

func log1pSpecial(r *routine, x, u, y *node) *node {
	y = logSpecial(r, u, y)
	return r.choose(r.compare(x, equal, r.num(0)), x, y) // a zero keeps its sign
}
