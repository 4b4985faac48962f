package expr

import (
	"math"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// awkward are the arguments that special cases hang on.
var awkward = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -2.5, 1e-310, 3e-39, 88.7, -745, 710, 1e16, math.MaxFloat32, math.MaxFloat64,
	math.Pi, -100.25, math.Inf(1), math.Inf(-1), math.NaN()}

var unaryMath = map[Op]func(float64) float64{
	Neg: func(x float64) float64 { return -x }, Abs: math.Abs, Sqrt: math.Sqrt, Exp: math.Exp, Expm1: math.Expm1,
	Log: logarithm, Log1p: math.Log1p, Sin: math.Sin, Cos: math.Cos, Tan: math.Tan, Tanh: math.Tanh,
	Floor: math.Floor, Ceil: math.Ceil, Round: math.RoundToEven,
}

var binaryMath = map[Op]func(x, y float64) float64{
	Add: floatFunctions[Add], Sub: floatFunctions[Sub], Mul: floatFunctions[Mul], Div: floatFunctions[Div],
	Pow: math.Pow, Min: floatFunctions[Min], Max: floatFunctions[Max],
}

func TestLoops(t *testing.T) {
	for _, l := range asm.Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { checkLoops(t, floatLoops[float64](l)) })
		t.Run(l.String()+"/float32", func(t *testing.T) { checkLoops(t, floatLoops[float32](l)) })
	}
}

// near tells that the routine of the right function is in its place: how right
// it is, package asm has tests for, and package math is worse around π and at
// powers.
func near[T Floating](op Op, got, want T) bool {
	if (unaryRoutines[op] >= asm.Exp || op == Pow) && !math.IsInf(float64(want), 0) && want == want {
		return math.Abs(float64(got-want)) <= 1e-6*math.Abs(float64(want))
	}
	return same(float64(got), float64(want))
}

func checkLoops[T Floating](t *testing.T, l *loops[T]) {
	var xs, ys []T
	for _, x := range awkward {
		for _, y := range awkward {
			xs, ys = append(xs, T(x)), append(ys, T(y))
		}
	}
	out := make([]T, len(xs))
	check := func(op Op, i int, want float64) {
		if !near(op, out[i], T(want)) {
			t.Errorf("%v(%v, %v) is %v, want %v", op, xs[i], ys[i], out[i], T(want))
		}
	}
	for op, f := range unaryMath {
		l.unary[op](out, xs)
		for i, x := range xs {
			check(op, i, f(float64(x)))
		}
	}
	for op, f := range binaryMath {
		l.binary[op](out, xs, ys)
		for i, x := range xs {
			check(op, i, f(float64(x), float64(ys[i])))
		}
	}
	l.fma(out, xs, ys, xs)
	for i, x := range xs {
		check(FMA, i, math.FMA(float64(x), float64(ys[i]), float64(x)))
	}
	bools := make([]bool, len(xs))
	for op, loop := range l.compare {
		if loop == nil {
			continue
		}
		loop(bools, xs, ys)
		for i, x := range xs {
			if want := ordered(Op(op), float64(x), float64(ys[i])); bools[i] != want {
				t.Errorf("%v(%v, %v) is %v, want %v", Op(op), x, ys[i], bools[i], want)
			}
		}
	}
}

// logarithm is math.Log, which on amd64 is wrong below the normal numbers.
func logarithm(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}
