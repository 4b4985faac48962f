package main

import "math"

// The functions of float32 that are computed in float32: twice as many lanes as
// in float64, and so many digits fewer that their errors come to one or two
// units in the last place. They mirror those of float64, which say more.

const (
	ln2High32     = 0x1.62e43p-1
	ln2Low32      = -0x1.05c61p-29
	toInteger32   = 0x1.8p23
	halfPi1Single = 0x1.921fb6p+0
	halfPi2Single = -0x1.777a5cp-25
	halfPi3Single = -0x1.ee59dap-50
	// maxAngle32 keeps n, and the error of x·2/π that it is rounded from, small
	// enough for three parts of π/2. From there on float64 takes over.
	maxAngle32 = 0x1p17
)

// reduceExp32 finds n and eʳ = 1 + r + tail, with n + 254 in the low bits.
func reduceExp32(r *routine, x *node, less1 bool) expScaled {
	shift := r.num(toInteger32 + 254)
	r.say("x = n·ln 2 + r")
	shifted := r.fma(x, r.num(log2E), shift)
	n := r.minus(shifted, shift)
	rest := r.fnma(n, r.num(ln2Low32), r.fnma(n, r.num(ln2High32), x))
	r.say("eʳ = 1 + r + tail")
	c := []float64{0x1.fffffcp-2, 0x1.55549p-3, 0x1.5558a2p-5, 0x1.123adp-7, 0x1.6a5e34p-10} // 2⁻²⁸·²
	if less1 {
		c = []float64{0x1p-1, 0x1.555554p-3, 0x1.5554fp-5, 0x1.111306p-7, 0x1.6d439p-10, 0x1.9e0cdp-13} // 2⁻³⁰·⁹ of eʳ - 1
	}
	return expScaled{r: rest, tail: r.times(r.times(rest, rest), r.polynomial(rest, c...)), n: n, low: r.bitsOf(shifted)}
}

func exp32(r *routine) *node {
	x := r.arg(0)
	x = r.greater(r.num(-104), r.lesser(r.num(89), x))
	e := reduceExp32(r, x, false)
	y := r.plus(r.num(1), r.plus(e.r, e.tail))
	r.say("times 2ⁿ")
	return r.scale(y, e.n, e.low)
}

// scaledExpm1Of32 is 2ⁿ·t + (2ⁿ - 1), for n up to 127.
func scaledExpm1Of32(r *routine, e expScaled, small bool) parts {
	t := r.sum(e.r, e.tail)
	r.say("2ⁿ·t + (2ⁿ - 1)")
	n := e.n
	if !small {
		n = r.lesser(r.num(127), n)
	}
	power := r.float(r.shl(r.bitsOf(r.plus(n, r.num(toInteger32+127))), 23))
	less1 := r.minus(power, r.num(1))
	high := r.fma(t.high, power, less1)
	return parts{high, r.fma(t.low, power, r.fma(t.high, power, r.minus(less1, high)))}
}

func expm1Single(r *routine) *node {
	x := r.arg(0)
	e := reduceExp32(r, r.greater(r.num(-20), r.lesser(r.num(89), x)), true)
	y := scaledExpm1Of32(r, e, false).high
	y = r.plus(y, r.choose(r.compare(e.n, greater, r.num(127)), y, r.num(0)))
	return withSign(r, y, x)
}

func tanh32(r *routine) *node {
	x := r.arg(0)
	size := r.lesser(r.num(10), r.abs(x))
	e := scaledExpm1Of32(r, reduceExp32(r, r.plus(size, size), true), true)
	r.say("e/(e + 2)")
	below := r.plus(e.high, r.num(2))
	lost := r.plus(r.plus(r.minus(r.num(2), below), e.high), e.low)
	return withSign(r, r.quotient(e, parts{below, lost}), x)
}

// reduceLog32 finds x = 2ᵏ·(1 + f), f from -1/3 to 1/3.
func reduceLog32(r *routine, x *node) (k, f *node) {
	low := uint64(math.Float32bits(2.0 / 3))
	r.say("x = 2ᵏ·(1 + f)")
	above := r.intAdd(r.bitsOf(x), r.bits(1<<30-low)) // k + 128 in the exponent
	k = r.minus(r.float(r.or(r.shr(above, 23), r.bits(uint64(math.Float32bits(0x1p23))))), r.num(0x1p23+128))
	return k, r.minus(r.float(r.intAdd(r.and(above, r.bits(1<<23-1)), r.bits(low))), r.num(1))
}

func logOf32(r *routine, k, f *node) *node {
	r.say("log(1 + f)")
	p := r.polynomial(f, -0x1p-1, 0x1.555502p-2, -0x1.ffff14p-3, 0x1.99d1c6p-3, -0x1.559804p-3, 0x1.1ec0dp-3,
		-0x1.f3a788p-4, 0x1.1ec6ep-3, -0x1.06cedcp-3) // 2⁻²⁷·⁶
	return r.fma(k, r.num(ln2High32), r.fma(r.times(f, f), p, f))
}

func log32(r *routine) *node {
	x := r.arg(0)
	r.say("denormal numbers are scaled")
	tiny := r.compare(x, less, r.num(0x1p-126))
	k, f := reduceLog32(r, r.choose(tiny, r.times(x, r.num(0x1p24)), x))
	k = r.minus(k, r.choose(tiny, r.num(24), r.num(0)))
	return logSpecial(r, x, logOf32(r, k, f))
}

func reduceAngle32(r *routine, x *node) angle {
	shift := r.num(toInteger32)
	r.say("|x| = n·π/2 + high")
	shifted := r.fma(x, r.num(twoByPi), shift)
	n := r.minus(shifted, shift)
	rest := r.fnma(n, r.num(halfPi2Single), r.fnma(n, r.num(halfPi1Single), x))
	return angle{high: r.fnma(n, r.num(halfPi3Single), rest), quadrant: r.bitsOf(shifted)}
}

func sineAndCosine32(r *routine, a angle) (sine, cosine *node) {
	x, z := a.high, r.times(a.high, a.high)
	r.say("sine and cosine within the quadrant")
	s := r.polynomial(z, -0x1.555544p-3, 0x1.1106d6p-7, -0x1.992462p-13) // 2⁻²⁷·⁸
	c := r.polynomial(z, 0x1.55554ap-5, -0x1.6c0c1ep-10, 0x1.99e334p-16) // 2⁻³²·⁹
	c = r.fma(z, c, r.num(-0.5))
	return r.fma(r.times(x, z), s, x), r.fma(z, c, r.num(1))
}

func circle32(ahead uint64) func(r *routine) *node {
	return func(r *routine) *node {
		x := r.arg(0)
		size := r.abs(x)
		r.flag(r.compare(size, greaterEqual, r.num(maxAngle32)))
		a := reduceAngle32(r, size)
		sine, cosine := sineAndCosine32(r, a)
		r.say("which of them, and its sign")
		quadrant := a.quadrant
		if ahead > 0 {
			quadrant = r.intAdd(quadrant, r.bits(ahead))
		}
		y := r.bitsOf(r.choose(r.sign(r.shl(quadrant, 31)), cosine, sine))
		turned := r.shl(quadrant, 30)
		if ahead == 0 {
			turned = r.xor(turned, r.bitsOf(x))
		}
		return r.float(r.xor(y, r.and(turned, r.signs(false))))
	}
}
