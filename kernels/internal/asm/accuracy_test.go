package asm_test

import (
	"flag"
	"math"
	"math/big"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

var arguments = flag.Int("arguments", 4000, "random arguments of each function in the tests of accuracy")

// claim is what is promised of a function: the largest error, in units of the
// last place, over the arguments from … to.
type claim struct {
	exact        func(x *big.Float) *big.Float
	special      func(x float64) float64
	ulp64, ulp32 float64
	from64, to64 float64
	from32, to32 float32
}

var claims = map[asm.Unary]claim{
	asm.Exp:   {exact: kerneltest.ExactExp, special: math.Exp, ulp64: 1, ulp32: 1, from64: -746, to64: 710, from32: -104, to32: 89},
	asm.Expm1: {exact: kerneltest.ExactExpm1, special: math.Expm1, ulp64: 2, ulp32: 2, from64: -50, to64: 710, from32: -20, to32: 89},
	asm.Log1p: {exact: kerneltest.ExactLog1p, special: math.Log1p, ulp64: 2, ulp32: 0.6, from64: -1, to64: math.MaxFloat64, from32: -1, to32: math.MaxFloat32},
	asm.Tan:   {exact: kerneltest.ExactTan, special: math.Tan, ulp64: 1.5, ulp32: 0.6, from64: -1e300, to64: 1e300, from32: -1e38, to32: 1e38},
	asm.Tanh:  {exact: kerneltest.ExactTanh, special: math.Tanh, ulp64: 2, ulp32: 1.5, from64: -25, to64: 25, from32: -10, to32: 10},
	asm.Log:   {exact: kerneltest.ExactLog, special: logOf, ulp64: 1, ulp32: 1, from64: 0, to64: math.MaxFloat64, from32: 0, to32: math.MaxFloat32},
	asm.Sin:   {exact: kerneltest.ExactSin, special: math.Sin, ulp64: 1.5, ulp32: 2, from64: -1e300, to64: 1e300, from32: -1e38, to32: 1e38},
	asm.Cos:   {exact: kerneltest.ExactCos, special: math.Cos, ulp64: 1.5, ulp32: 2, from64: -1e300, to64: 1e300, from32: -1e38, to32: 1e38},
}

// logOf is the logarithm without math.Log where that of amd64 is wrong, which
// is below the normal numbers.
func logOf(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

func TestAccuracy(t *testing.T) {
	for f := asm.Exp; f < asm.UnaryCount; f++ {
		c, ok := claims[f]
		if !ok {
			t.Errorf("%v claims nothing", f)
			continue
		}
		t.Run(f.String(), func(t *testing.T) {
			wide := kerneltest.Accuracy[float64]{Name: f.String(), Loop: asm.VectorFor[float64](asm.Best()).Unary[f],
				Exact: c.exact, Special: c.special, From: c.from64, To: c.to64, ULP: c.ulp64}
			narrow := kerneltest.Accuracy[float32]{Name: f.String(), Loop: asm.VectorFor[float32](asm.Best()).Unary[f],
				Exact: c.exact, Special: c.special, From: c.from32, To: c.to32, ULP: c.ulp32}
			t.Logf("largest error: float64 %.3f ulp, float32 %.3f ulp", wide.Measure(t, *arguments), narrow.Measure(t, *arguments))
		})
	}
}
