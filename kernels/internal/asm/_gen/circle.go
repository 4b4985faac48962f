package main

// π/2 in three parts of 53 bits each, and 2/π.
const (
	halfPi1  = 0x1.921fb54442d18p+0
	halfPi2  = 0x1.1a62633145c07p-54
	halfPi3  = -0x1.f1976b7ed8fbcp-110
	twoByPi  = 0x1.45f306dc9c883p-1
	maxAngle = 0x1p29 // from it on reduceFar takes over
)

// angle is |x| = n·π/2 + high + low, with n in the low bits of quadrant.
type angle struct{ high, low, quadrant *node }

// reduceAngle cuts n·π/2 off |x|. The difference to n·halfPi1 is exact: it is
// less than 1 and a multiple of 2⁻⁵³. What halfPi2 takes off is subtracted with
// its error (D. E. Knuth's TwoSum), so that high and low together are right to
// about 2⁻¹¹⁰, which no float64 up to maxAngle comes near to.
func reduceAngle(r *routine, x *node, short bool) angle {
	shift := r.num(toInteger)
	r.say("|x| = n·π/2 + high + low")
	shifted := r.fma(x, r.num(twoByPi), shift)
	n := r.minus(shifted, shift)
	first := r.fnma(n, r.num(halfPi1), x)
	if short {
		return angle{high: r.fnma(n, r.num(halfPi2), first), quadrant: r.bitsOf(shifted)}
	}
	off := r.times(n, r.num(halfPi2))
	offLow := r.fms(n, r.num(halfPi2), off)
	high := r.minus(first, off)
	back := r.minus(high, first)
	low := r.minus(r.minus(first, r.minus(high, back)), r.plus(off, back))
	return angle{high: high, low: r.minus(low, r.fma(n, r.num(halfPi3), offLow)), quadrant: r.bitsOf(shifted)}
}

// parts is a number as a sum: low is what high lost when it was rounded.
type parts struct{ high, low *node }

// sineAndCosine are those of the angle within its quadrant, ±π/4. The error of
// the low part's share is below 2⁻⁵⁴ of the result.
func sineAndCosine(r *routine, a angle, short bool) (sine, cosine parts) {
	x, z := a.high, r.times(a.high, a.high)
	if short {
		r.say("sine and cosine within the quadrant")
		s := r.polynomial(z, -0x1.555545234c37p-3, 0x1.110739adee162p-7, -0x1.99436cf95ac19p-13)                         // 2⁻²⁸
		c := r.polynomial(z, -0x1.ffffffcb749b1p-2, 0x1.55553c738b50ep-5, -0x1.6c07ef69a91ffp-10, 0x1.9916274b6ad03p-16) // 2⁻³³·⁹
		return parts{high: r.fma(r.times(x, z), s, x)}, parts{high: r.fma(z, c, r.num(1))}
	}
	r.say("sine within the quadrant")
	s := r.polynomial(z, -0x1.5555555555548p-3, 0x1.111111110f75dp-7, -0x1.a01a019bf222ep-13, 0x1.71de355f05599p-19,
		-0x1.ae5e5471f55p-26, 0x1.5d8e3511cda67p-33) // 2⁻⁵⁷·⁹
	sine = r.sum(x, r.fma(r.times(x, z), s, a.low))
	r.say("cosine within the quadrant")
	c := r.polynomial(z, 0x1.555555555554bp-5, -0x1.6c16c16c15016p-10, 0x1.a01a019c8f3eep-16, -0x1.27e4f7f19d4b2p-22,
		0x1.1ee9dbd0d86a6p-29, -0x1.8fa681e385241p-37) // 2⁻⁶³·⁹
	top := r.fnma(z, r.num(0.5), r.num(1))
	rest := r.fnma(z, r.num(0.5), r.minus(r.num(1), top))
	cosine = r.sum(top, r.plus(rest, r.fms(r.times(z, z), c, r.times(x, a.low))))
	return sine, cosine
}

// sum adds y to x, of which x is the larger: what is lost is exact.
func (r *routine) sum(x, y *node) parts {
	high := r.plus(x, y)
	return parts{high, r.plus(r.minus(x, high), y)}
}

// quotient is x/y, corrected by what is left of x and by the low parts.
func (r *routine) quotient(x, y parts) *node {
	inverse := r.over(r.num(1), y.high)
	q := r.times(x.high, inverse)
	left := r.plus(r.fnma(q, y.high, x.high), r.fnma(q, y.low, x.low))
	return r.fma(left, inverse, q)
}

// circle is the sine of x, ahead quadrants further on.
func circle(r *routine, short bool, ahead uint64) *node {
	x := r.arg(0)
	size := r.abs(x)
	r.flag(r.compare(size, greaterEqual, r.num(maxAngle)))
	y := sineOf(r, reduceAngle(r, size, short), short, ahead)
	if ahead == 0 { // the sine is odd
		y = r.xor(y, r.and(r.bitsOf(x), r.bits(signBit)))
	}
	return r.float(y)
}

func sineOf(r *routine, a angle, short bool, ahead uint64) *node {
	sine, cosine := sineAndCosine(r, a, short)
	r.say("which of them, and its sign")
	quadrant := a.quadrant
	if ahead > 0 {
		quadrant = r.intAdd(quadrant, r.bits(ahead))
	}
	y := r.bitsOf(r.choose(r.sign(r.shl(quadrant, 63)), cosine.high, sine.high))
	return r.xor(y, r.and(r.shl(quadrant, 62), r.bits(signBit)))
}

// tan is sine by cosine.
func tan(r *routine, short bool) *node {
	x := r.arg(0)
	size := r.abs(x)
	r.flag(r.compare(size, greaterEqual, r.num(maxAngle)))
	y := tangentOf(r, reduceAngle(r, size, short), short)
	return r.float(r.xor(y, r.and(r.bitsOf(x), r.bits(signBit))))
}

func tangentOf(r *routine, a angle, short bool) *node {
	sine, cosine := sineAndCosine(r, a, short)
	r.say("in odd quadrants -cosine by sine")
	odd := r.shl(a.quadrant, 63)
	swap := r.sign(odd)
	top, below := parts{high: r.choose(swap, cosine.high, sine.high)}, parts{high: r.choose(swap, sine.high, cosine.high)}
	var y *node
	if short {
		y = r.over(top.high, below.high)
	} else {
		top.low, below.low = r.choose(swap, cosine.low, sine.low), r.choose(swap, sine.low, cosine.low)
		y = r.quotient(top, below)
	}
	return r.xor(r.bitsOf(y), r.and(odd, r.bits(signBit)))
}

// ofAngle gives a function the parts of an angle as arguments.
func ofAngle(f func(r *routine, a angle) *node) func(r *routine, short bool) *node {
	return func(r *routine, _ bool) *node {
		return r.float(f(r, angle{r.arg(0), r.arg(1), r.bitsOf(r.arg(2))}))
	}
}
