package kerneltest

import (
	"math"
	"math/big"
	"sync"
)

// Exact functions of numbers in math/big, right to about exactBits: Taylor
// series of small arguments, which the functional equations lead to. They are
// for arguments and results that are finite and not zero.

// exactBits is the precision of the oracles, widerBits that of 2/π for the
// largest arguments.
const (
	exactBits = 192
	widerBits = 1400
)

func number(v float64) *big.Float { return new(big.Float).SetPrec(exactBits).SetFloat64(v) }

func zero() *big.Float { return new(big.Float).SetPrec(exactBits) }

// series adds up first + first·x·f(1) + first·x²·f(1)·f(2) … where f(n) is
// 1/divisor(n), until terms no longer count.
func series(first, x *big.Float, divisor func(n int) int64) *big.Float {
	sum, term := zero().Set(first), zero().Set(first)
	for n := 1; ; n++ {
		term.Mul(term, x)
		term.Quo(term, number(float64(divisor(n))))
		if term.Sign() == 0 || term.MantExp(nil) < sum.MantExp(nil)-exactBits-8 {
			return sum
		}
		sum.Add(sum, term)
	}
}

// ExactExpm1 is eˣ - 1. A small argument is not first made smaller, which
// would cost digits.
func ExactExpm1(x *big.Float) *big.Float {
	half := max(0, x.MantExp(nil)+8)
	small := zero().SetMantExp(x, -half)
	y := series(small, small, func(n int) int64 { return int64(n + 1) })
	for range half { // (1+y)² - 1
		y.Mul(y, zero().Add(y, number(2)))
	}
	return y
}

// ExactExp is eˣ.
func ExactExp(x *big.Float) *big.Float {
	if x.Sign() < 0 {
		return zero().Quo(number(1), ExactExp(zero().Neg(x)))
	}
	return zero().Add(ExactExpm1(x), number(1))
}

// ExactLog1p is log(1+x): 2·atanh(x/(2+x)) near 0, else from ExactLog.
func ExactLog1p(x *big.Float) *big.Float {
	if x.MantExp(nil) > -4 {
		return ExactLog(new(big.Float).SetPrec(1400).Add(x, number(1)))
	}
	s := zero().Quo(x, zero().Add(x, number(2)))
	return atanhTwice(s)
}

// atanhTwice is 2·atanh s = 2s·Σ s²ⁿ/(2n+1) for small s.
func atanhTwice(s *big.Float) *big.Float {
	square, power := zero().Mul(s, s), zero().Mul(s, number(2))
	sum := zero().Set(power)
	for n := 1; ; n++ {
		power.Mul(power, square)
		term := zero().Quo(power, number(float64(2*n+1)))
		if term.Sign() == 0 || term.MantExp(nil) < sum.MantExp(nil)-exactBits-8 {
			return sum
		}
		sum.Add(sum, term)
	}
}

var ln2 = sync.OnceValue(func() *big.Float { // 2·atanh(1/3)
	return atanhTwice(zero().Quo(number(1), number(3)))
})

// ExactLog is log x: x = 2ᵏ·m, and log m by a rough logarithm that an
// exponential corrects.
func ExactLog(x *big.Float) *big.Float {
	m := new(big.Float).SetPrec(1400)
	k := x.MantExp(m)
	rough, _ := m.Float64()
	if rough < math.Sqrt2/2 {
		rough, k = 2*rough, k-1
		m.Mul(m, number(2))
	}
	guess := number(math.Log(rough))
	rest := new(big.Float).SetPrec(1400).Quo(m, ExactExp(guess)) // about 1
	rest.Sub(rest, number(1))
	if guess.Sign() == 0 {
		rest = new(big.Float).SetPrec(1400).Sub(m, number(1))
	}
	y := zero().Add(guess, ExactLog1pSmall(zero().Set(rest)))
	return y.Add(y, zero().Mul(ln2(), number(float64(k))))
}

// ExactLog1pSmall is ExactLog1p for arguments that are near 0.
func ExactLog1pSmall(x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return zero()
	}
	return atanhTwice(zero().Quo(x, zero().Add(x, number(2))))
}

// pi is π by J. Machin's formula, 16·atan(1/5) - 4·atan(1/239).
var pi = sync.OnceValue(func() *big.Float {
	atan := func(inverse int64) *big.Float {
		wide := func(v int64) *big.Float { return new(big.Float).SetPrec(widerBits).SetInt64(v) }
		power := wide(1)
		power.Quo(power, wide(inverse))
		sum := wide(0).Set(power)
		for n := int64(1); power.MantExp(nil) > -widerBits; n++ {
			power.Quo(power, wide(-inverse*inverse))
			sum.Add(sum, wide(0).Quo(power, wide(2*n+1)))
		}
		return sum
	}
	a, b := atan(5), atan(239)
	a.Mul(a, number(16))
	return a.Sub(a, b.Mul(b, number(4)))
})

// sincos returns sine and cosine of a finite x.
func sincos(x *big.Float) (sine, cosine *big.Float) {
	half := new(big.Float).SetPrec(widerBits).Quo(pi(), number(2))
	turns := new(big.Float).SetPrec(widerBits).Quo(x, half)
	shifted := turns.Add(turns, big.NewFloat(math.Copysign(0.5, float64(x.Sign()))))
	n, _ := shifted.Int(nil)
	whole := new(big.Float).SetPrec(widerBits).SetInt(n)
	rest := new(big.Float).SetPrec(widerBits)
	rest.Sub(rest.Set(x), whole.Mul(whole, half))
	r := zero().Set(rest)
	square := zero().Mul(r, r)
	square.Neg(square)
	s := zero()
	if r.Sign() != 0 {
		s = series(r, square, func(n int) int64 { return int64(2*n) * int64(2*n+1) })
	}
	c := series(number(1), square, func(n int) int64 { return int64(2*n-1) * int64(2*n) })
	switch new(big.Int).And(n, big.NewInt(3)).Int64() {
	case 0:
		return s, c
	case 1:
		return c, s.Neg(s)
	case 2:
		return s.Neg(s), c.Neg(c)
	}
	return c.Neg(c), s
}

// ExactSin is the sine of x.
func ExactSin(x *big.Float) *big.Float { s, _ := sincos(x); return s }

// ExactCos is the cosine of x.
func ExactCos(x *big.Float) *big.Float { _, c := sincos(x); return c }

// ExactTan is the tangent of x.
func ExactTan(x *big.Float) *big.Float { s, c := sincos(x); return s.Quo(s, c) }

// ExactTanh is the hyperbolic tangent of x.
func ExactTanh(x *big.Float) *big.Float {
	if v, _ := x.Float64(); math.Abs(v) > 100 {
		return number(math.Copysign(1, v)) // to more than exactBits
	}
	e := ExactExpm1(zero().Mul(x, number(2)))
	return e.Quo(e, zero().Add(e, number(2)))
}

// ExactPow is x to the power of y, for x > 0. The logarithm is found in enough
// digits for any y that leaves the result finite.
func ExactPow(x, y *big.Float) *big.Float {
	return ExactExp(zero().Mul(y, ExactLog(x)))
}
