package asm_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// exactPow is the exact power, rounded, or what math.Pow has where there is no
// ordinary one.
func exactPow(x, y float64) float64 {
	special := math.Pow(x, y)
	if !ordinaryPower(x, y) || special == 0 || math.IsInf(special, 0) {
		return special
	}
	z, _ := exactPower(x, y).Float64()
	return z
}

// ordinaryPower tells where math.Pow has no special value.
func ordinaryPower(x, y float64) bool {
	return x != 0 && y != 0 && x-x == 0 && y-y == 0 && (x > 0 || math.Trunc(y) == y)
}

func exactPower(x, y float64) *big.Float {
	wide := func(v float64) *big.Float { return new(big.Float).SetPrec(192).SetFloat64(v) }
	if math.Abs(x) == 1 {
		return wide(math.Pow(x, y))
	}
	z := kerneltest.ExactPow(wide(math.Abs(x)), wide(y))
	if math.Pow(math.Copysign(1, x), y) < 0 {
		z.Neg(z)
	}
	return z
}

// TestPowAccuracy claims 1 unit in the last place, over bases and exponents of
// all sizes whose power is an ordinary number.
func TestPowAccuracy(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	var x, y []float64
	for range *arguments {
		a, b := math.Exp(r.NormFloat64()*20), r.NormFloat64()*10
		switch r.IntN(5) {
		case 0: // near 1, with large exponents
			a, b = 1+r.NormFloat64()*math.Exp2(-float64(r.IntN(40))), r.NormFloat64()*math.Exp2(float64(r.IntN(50)))
		case 1: // near the ends of the range
			b = (700 + 45*r.Float64()) / math.Log(a) * float64(1-2*r.IntN(2))
		case 2:
			a, b = r.NormFloat64()*10, math.Round(r.NormFloat64()*20)
		case 3:
			a, b = math.Abs(a)*0x1p-1040, r.NormFloat64()
		}
		x, y = append(x, a), append(y, b)
	}
	t.Logf("largest error: float64 %.3f ulp, float32 %.3f ulp", measurePow[float64](t, x, y, 1), measurePow[float32](t, x, y, 1))
}

func measurePow[T asm.Float](t *testing.T, xs, ys []float64, claim float64) (worst float64) {
	t.Helper()
	x, y, dst := make([]T, len(xs)), make([]T, len(xs)), make([]T, len(xs))
	for i := range x {
		x[i], y[i] = T(xs[i]), T(ys[i])
	}
	asm.VectorFor[T](asm.Best()).Binary[asm.Pow](dst, x, y)
	for i, got := range dst {
		a, b := float64(x[i]), float64(y[i])
		want := math.Pow(a, b)
		if !ordinaryPower(a, b) || T(want) == 0 || math.IsInf(float64(T(want)), 0) {
			if same := got == T(want) || got != got && want != want; !same && ordinaryPower(a, b) == false {
				t.Errorf("pow(%v, %v) is %v, want %v", a, b, got, want)
			}
			continue
		}
		if e := kerneltest.ULPs(got, exactPower(a, b)); e > worst {
			worst = e
			if e > claim {
				t.Errorf("pow(%v, %v) is %v, off by %.3f ulp, at most %v are claimed", a, b, got, e, claim)
			}
		}
	}
	return worst
}

// TestPowSpecials compares with math.Pow, to the bit, where it has special
// values, at every level.
func TestPowSpecials(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, 1e300, -1e300, 0x1p53, 0x1p53 + 2, 0x1p52 + 1, -0x1p52 - 1,
		0x1p-1074, -0x1p-1074, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, l := range asm.Levels() {
		v := asm.VectorFor[float64](l)
		for _, a := range values {
			x, dst := make([]float64, len(values)), make([]float64, len(values))
			for i := range x {
				x[i] = a
			}
			v.Binary[asm.Pow](dst, x, values)
			for i, b := range values {
				want := math.Pow(a, b)
				if ordinaryPower(a, b) && want != 0 && !math.IsInf(want, 0) && math.Abs(a) != 1 {
					continue
				}
				if math.Float64bits(dst[i]) != math.Float64bits(want) && !(dst[i] != dst[i] && want != want) {
					t.Errorf("%v: pow(%v, %v) is %v, want %v", l, a, b, dst[i], want)
				}
			}
		}
	}
}
