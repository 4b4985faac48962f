package asm_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// exactly are the functions that round their exact result, or choose.
var exactly = map[asm.Unary]func(float64) float64{
	asm.Sqrt: math.Sqrt, asm.Abs: math.Abs, asm.Neg: func(x float64) float64 { return -x },
	asm.Floor: math.Floor, asm.Ceil: math.Ceil, asm.Round: math.RoundToEven,
	asm.Sign: func(x float64) float64 {
		if x == 0 || x != x {
			return x
		}
		return math.Copysign(1, x)
	},
}

var binaries = map[asm.Binary]func(x, y float64) float64{
	asm.Add: func(x, y float64) float64 { return x + y }, asm.Sub: func(x, y float64) float64 { return x - y },
	asm.Mul: func(x, y float64) float64 { return x * y }, asm.Div: func(x, y float64) float64 { return x / y },
	asm.Min: nanFirst(math.Min), asm.Max: nanFirst(math.Max), asm.Pow: exactPow,
}

// nanFirst lets NaN win even over an infinity, which math.Min and Max do not.
func nanFirst(f func(x, y float64) float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		if x != x || y != y {
			return math.NaN()
		}
		return f(x, y)
	}
}

// TestSuites runs the suites of kerneltest on every level.
func TestSuites(t *testing.T) {
	for _, l := range asm.Levels() {
		t.Run(l.String(), func(t *testing.T) {
			v := asm.VectorFor[float64](l)
			for f := range asm.UnaryCount {
				u := kerneltest.Unary{Name: f.String(), Loop: v.Unary[f], Want: exactly[f]}
				if f >= asm.Exp {
					u.Want, u.ULP = wanted(claims[f]), uint64(math.Ceil(claims[f].ulp64))
				}
				kerneltest.UnaryVector(t, u)
			}
			for f := range asm.BinaryCount {
				b := kerneltest.Binary{Name: f.String(), Loop: v.Binary[f], Want: binaries[f]}
				if f == asm.Pow {
					b.ULP = 1
				}
				kerneltest.BinaryVector(t, b)
			}
		})
	}
}

// wanted is an exact function, rounded, and package math where that has no
// ordinary number.
func wanted(c claim) func(x float64) float64 {
	return func(x float64) float64 {
		special := c.special(x)
		if x == 0 || special == 0 || math.IsNaN(x) || math.IsInf(x, 0) || math.IsNaN(special) || math.IsInf(special, 0) {
			return special
		}
		y, _ := c.exact(new(big.Float).SetPrec(192).SetFloat64(x)).Float64()
		return y
	}
}
