package asm

import (
	"math"
	"math/bits"
)

// twoByPi is 2/π: no digit before the binary point and 64 zeros, then 1216
// digits after it.
var twoByPi = [...]uint64{
	0,
	0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
	0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4,
	0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
	0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
}

// π/2 in two parts.
const (
	halfPiHigh = 0x1.921fb54442d18p+0
	halfPiLow  = 0x1.1a62633145c07p-54
)

// reduceFar is |x| - n·π/2 as high + low, and n, for |x| of maxAngle or more: M.
// H. Payne and R. N. Hanek, Radian reduction for trigonometric functions,
// SIGNUM Newsletter 18 (1983). x is m·2ᵉ with an integer m. The digits of 2/π
// that m·2ᵉ makes multiples of four are of no account, 192 from there on leave
// an error of 2⁻¹³⁷, and no float64 comes nearer to a multiple than 2⁻⁶².
//
// An infinite x has no angle, and high is NaN.
func reduceFar(x float64) (high, low float64, n uint64) {
	if math.IsInf(x, 0) {
		return math.NaN(), 0, 0
	}
	b := math.Float64bits(x)
	m, e := b&(1<<52-1)|1<<52, int(b>>52&0x7ff)-1075
	first := uint(64 + e - 2) // index in twoByPi of the digit that makes multiples of two
	var w [3]uint64
	for i := range w {
		at := first/64 + uint(i)
		w[i] = twoByPi[at]<<(first%64) | twoByPi[at+1]>>(64-first%64)
	}
	// The product, modulo 4: two digits before the binary point.
	carry, p2 := bits.Mul64(m, w[2])
	next, p1 := bits.Mul64(m, w[1])
	p1, over := bits.Add64(p1, carry, 0)
	p0 := m*w[0] + next + over
	n = p0 >> 62
	p0, p1, p2 = p0<<2|p1>>62, p1<<2|p2>>62, p2<<2
	sign := 1.0
	if p0>>63 == 1 { // the nearest n is the next one
		n, sign = n+1, -1
		var borrow uint64
		p2, borrow = bits.Sub64(0, p2, 0)
		p1, borrow = bits.Sub64(0, p1, borrow)
		p0, _ = bits.Sub64(0, p0, borrow)
	}
	f, rest := leading(p0, p1, p2)
	f, rest = f*sign, rest*sign
	high = f * halfPiHigh
	low = math.FMA(f, halfPiHigh, -high) + (float64(f*halfPiLow) + float64(rest*halfPiHigh))
	sum := high + low
	return sum, low - (sum - high), n
}

// leading is a binary fraction of 192 digits as the sum of two numbers.
func leading(p0, p1, p2 uint64) (f, rest float64) {
	scale := 0x1p-64
	for p0 == 0 && scale > 0x1p-192 {
		p0, p1, p2, scale = p1, p2, 0, scale*0x1p-64
	}
	zeros := uint(bits.LeadingZeros64(p0))
	p0, p1 = p0<<zeros|p1>>(64-zeros), p1<<zeros|p2>>(64-zeros)
	scale = math.Ldexp(scale, -int(zeros))
	return float64(p0>>11<<11) * scale, (float64(p0&(1<<11-1)) + float64(p1)*0x1p-64) * scale
}

func farSin(x float64) float64 {
	high, low, n := reduceFar(x)
	return math.Copysign(1, x) * sinOfAngle64(high, low, math.Float64frombits(n&3))
}

func farCos(x float64) float64 {
	high, low, n := reduceFar(x)
	return sinOfAngle64(high, low, math.Float64frombits((n+1)&3))
}

func farTan(x float64) float64 {
	high, low, n := reduceFar(x)
	return math.Copysign(1, x) * tanOfAngle64(high, low, math.Float64frombits(n&1))
}
