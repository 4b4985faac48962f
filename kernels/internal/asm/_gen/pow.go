package main

import "math"

// pow is 2ᵏ·mʸ by e^(y·log|x|), with the logarithm as a sum of two numbers that
// is right to about 2⁻⁶⁵: y·log|x| is up to 745, and what it is off by, the
// result is off by in relation to itself. Zeros and signs are put in at the end;
// infinities, NaN and roots of negative numbers are flagged.
func pow(r *routine, short bool) *node {
	if short {
		return powShort(r)
	}
	x, y := r.arg(0), r.arg(1)
	whole := r.round(y, toEven)
	size := r.abs(x)
	infinite := r.num(math.Inf(1))
	r.flag(r.compare(x, unordered, y))
	r.flag(r.compare(size, greaterEqual, infinite))
	r.flag(r.compare(r.abs(y), greaterEqual, infinite))
	broken := r.choose(r.compare(whole, equal, y), r.num(0), x) // of negative numbers only whole powers
	r.flag(r.compare(broken, less, r.num(0)))

	log := powLog(r, size)
	r.say("y·log|x|")
	high := r.times(y, log.high)
	low := r.fma(y, log.low, r.fms(y, log.high, high))
	low = r.choose(r.compare(r.abs(high), less, r.num(746)), low, r.num(0))
	high = r.greater(r.num(-746), r.lesser(r.num(710), high))
	z := powExp(r, high, low)

	r.say("of a zero, and the sign")
	atZero := r.choose(r.compare(y, less, r.num(0)), infinite, r.num(0))
	atZero = r.choose(r.compare(y, equal, r.num(0)), r.num(1), atZero)
	z = r.choose(r.compare(x, equal, r.num(0)), atZero, z)
	return oddPower(r, z, x, y, whole)
}

// oddPower gives z the sign of x where y, of which whole is the nearest whole
// number, is an odd one.
func oddPower(r *routine, z, x, y, whole *node) *node {
	half := r.times(whole, r.num(0.5))
	odd := r.choose(r.compare(r.round(half, toEven), unequal, half), x, r.num(0))
	odd = r.choose(r.compare(whole, equal, y), odd, r.num(0))
	return withSign(r, z, odd)
}

// powShort is pow of float32, in float64: there one number is enough for
// log|x|, of which y·log|x|, up to 104, takes 2⁻³⁸. With s = f/(2+f) the
// logarithm is k·ln 2 + 2·atanh s, by the series of atanh up to s¹⁷, 2⁻⁴⁴·⁸ for
// s up to 3-2·√2. That of 0 is so low that its powers are 0, 1 or infinity.
func powShort(r *routine) *node {
	x, y := r.arg(0), r.arg(1)
	whole := r.round(y, toEven)
	r.say("infinities and NaN")
	nothing := r.fma(x, r.num(0), r.times(y, r.num(0)))
	r.flag(r.compare(nothing, unordered, nothing))
	r.say("of negative numbers only whole powers")
	broken := r.choose(r.compare(whole, equal, y), r.num(0), x)
	r.flag(r.compare(broken, less, r.num(0)))
	size := r.abs(x)
	k, f := reduceLog(r, size, false)
	r.say("log|x|")
	s := r.over(f, r.plus(r.num(2), f))
	z := r.times(s, s)
	p := r.polynomial(z, 1.0/3, 1.0/5, 1.0/7, 1.0/9, 1.0/11, 1.0/13, 1.0/15, 1.0/17)
	twice := r.plus(s, s)
	log := r.fma(k, r.num(ln2High), r.fma(r.times(twice, z), p, twice))
	log = r.choose(r.compare(size, equal, r.num(0)), r.num(-0x1p200), log)
	high := r.greater(r.num(-104), r.lesser(r.num(89), r.times(y, log)))
	e := reduceExp(r, high, true, false)
	power := r.plus(r.num(1), r.plus(e.r, e.tail))
	r.say("times 2ⁿ")
	power = r.times(power, r.float(r.shl(r.intSub(e.low, r.bits(1023)), 52)))
	r.say("the sign")
	return oddPower(r, power, x, y, whole)
}

// powLog is log x for finite x ≥ 0; that of 0 is some number. With s = f/(2+f)
// it is k·ln 2 + 2s·(1 + s²/3 + s⁴·P(s²)), of which all but P is computed in two
// parts.
func powLog(r *routine, x *node) parts {
	r.say("denormal numbers are scaled")
	tiny := r.compare(x, less, r.num(0x1p-1022))
	normal := r.choose(tiny, r.times(x, r.num(0x1p54)), x)
	k0 := r.choose(tiny, r.num(54), r.num(0))
	k, f := reduceLog(r, normal, false)
	k = r.minus(k, k0)
	r.say("s = f/(2 + f)")
	below := r.plus(r.num(2), f)
	belowLow := r.minus(f, r.minus(below, r.num(2)))
	inverse := r.over(r.num(1), below)
	s := r.times(f, inverse)
	left := r.fnma(s, belowLow, r.fnma(s, below, f))
	sLow := r.times(left, inverse)
	r.say("w = s²/3 + s⁴·P(s²)")
	z := r.times(s, s)
	zLow := r.fma(r.plus(s, s), sLow, r.fms(s, s, z))
	const third, thirdLow = 0x1.5555555555555p-2, 0x1.5555555555555p-56
	p := r.polynomial(z, 1.0/5, 1.0/7, 1.0/9, 1.0/11, 1.0/13, 1.0/15, 1.0/17, 1.0/19, 1.0/21, 1.0/23)
	p = r.times(r.times(z, z), p)
	w := r.times(z, r.num(third))
	wLow := r.plus(r.fma(zLow, r.num(third), r.fma(z, r.num(thirdLow), r.fms(z, r.num(third), w))), p)
	w2 := r.sum(w, wLow)
	r.say("2s·(1 + w)")
	product := r.times(s, w2.high)
	productLow := r.plus(r.fma(s, w2.low, r.times(sLow, w2.high)), r.fms(s, w2.high, product))
	m := r.sum(s, product)
	mLow := r.plus(m.low, r.plus(sLow, productLow))
	high, low := r.plus(m.high, m.high), r.plus(mLow, mLow)
	r.say("+ k·ln 2")
	ks := r.times(k, r.num(ln2High))
	ksLow := r.fma(k, r.num(ln2Low), r.fms(k, r.num(ln2High), ks))
	total := r.sum(ks, high) // |k·ln 2| is the larger, or 0
	return r.sum(total.high, r.plus(total.low, r.plus(ksLow, low)))
}

// powExp is e^(high + low).
func powExp(r *routine, high, low *node) *node {
	e := reduceExpParts(r, high, low)
	top := r.plus(r.num(1), e.r)
	lost := r.minus(e.r, r.minus(top, r.num(1)))
	y := r.plus(top, r.plus(lost, e.tail))
	r.say("times 2ⁿ")
	return r.scale(y, e.n, e.low)
}

// reduceExpParts is reduceExp of a sum.
func reduceExpParts(r *routine, x, xLow *node) expScaled {
	shift := r.num(toInteger + 2046)
	r.say("high + low = n·ln 2 + r")
	shifted := r.fma(x, r.num(log2E), shift)
	n := r.minus(shifted, shift)
	first := r.fnma(n, r.num(ln2High), x)
	sum := r.sum(first, xLow)
	rest := r.fnma(n, r.num(ln2Low), sum.high)
	lost := r.plus(r.fnma(n, r.num(ln2Low), r.minus(sum.high, rest)), sum.low)
	return expScaled{r: rest, n: n, low: r.bitsOf(shifted), tail: expTail(r, rest, lost)}
}
