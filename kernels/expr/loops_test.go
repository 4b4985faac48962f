package expr

import (
	"math"
	"testing"
)

// awkward are the arguments that special cases hang on.
var awkward = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -2.5, 1e-310, 3e-39, 88.7, -745, 710, 1e16, math.MaxFloat32, math.MaxFloat64,
	math.Pi, -100.25, math.Inf(1), math.Inf(-1), math.NaN()}

var unaryMath = map[Op]func(float64) float64{
	Neg: func(x float64) float64 { return -x }, Abs: math.Abs, Sqrt: math.Sqrt, Exp: math.Exp, Expm1: math.Expm1,
	Log: math.Log, Log1p: math.Log1p, Sin: math.Sin, Cos: math.Cos, Tan: math.Tan, Tanh: math.Tanh,
	Floor: math.Floor, Ceil: math.Ceil, Round: math.RoundToEven,
}

var binaryMath = map[Op]func(x, y float64) float64{
	Add: floatFunctions[Add], Sub: floatFunctions[Sub], Mul: floatFunctions[Mul], Div: floatFunctions[Div],
	Pow: math.Pow, Min: floatFunctions[Min], Max: floatFunctions[Max],
}

func TestPortableLoops(t *testing.T) {
	t.Run("float64", func(t *testing.T) { checkLoops(t, Portable64()) })
	t.Run("float32", func(t *testing.T) { checkLoops(t, Portable32()) })
}

func checkLoops[T Floating](t *testing.T, l *Loops[T]) {
	var xs, ys []T
	for _, x := range awkward {
		for _, y := range awkward {
			xs, ys = append(xs, T(x)), append(ys, T(y))
		}
	}
	out := make([]T, len(xs))
	check := func(op Op, i int, want float64) {
		if !same(float64(out[i]), float64(T(want))) {
			t.Errorf("%v(%v, %v) is %v, want %v", op, xs[i], ys[i], out[i], T(want))
		}
	}
	for op, f := range unaryMath {
		l.Unary[op](out, xs)
		for i, x := range xs {
			check(op, i, f(float64(x)))
		}
	}
	for op, f := range binaryMath {
		l.Binary[op](out, xs, ys)
		for i, x := range xs {
			check(op, i, f(float64(x), float64(ys[i])))
		}
	}
	l.FMA(out, xs, ys, xs)
	for i, x := range xs {
		check(FMA, i, math.FMA(float64(x), float64(ys[i]), float64(x)))
	}
}
