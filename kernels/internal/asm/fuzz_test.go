package asm_test

import (
	"math"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// FuzzElementary looks for arguments where a function is further off than it
// claims, or where a level differs from the portable code.
func FuzzElementary(f *testing.F) {
	for _, v := range []float64{0, 1, -1, 0x1p-1074, math.Pi, 0x1p29, -709.78, math.MaxFloat64, math.Inf(1)} {
		for function := asm.Exp; function < asm.UnaryCount; function++ {
			f.Add(uint8(function), v)
		}
	}
	f.Fuzz(func(t *testing.T, function uint8, v float64) {
		fn := asm.Exp + asm.Unary(function)%(asm.UnaryCount-asm.Exp)
		c := claims[fn]
		checkOne(t, kerneltest.Accuracy[float64]{Name: fn.String(), Exact: c.exact, Special: c.special, ULP: c.ulp64}, fn, v)
		checkOne(t, kerneltest.Accuracy[float32]{Name: fn.String(), Exact: c.exact, Special: c.special, ULP: c.ulp32}, fn, float32(v))
	})
}

func checkOne[T asm.Float](t *testing.T, a kerneltest.Accuracy[T], f asm.Unary, v T) {
	t.Helper()
	x := make([]T, 64)
	for i := range x {
		x[i] = v
	}
	want := make([]T, len(x))
	asm.VectorFor[T](asm.Portable).Unary[f](want, x)
	a.One(t, v, want[0])
	for _, l := range asm.Levels()[1:] {
		got := make([]T, len(x))
		asm.VectorFor[T](l).Unary[f](got, x)
		if got[5] != want[0] && (got[5] == got[5] || want[0] == want[0]) {
			t.Errorf("%v(%v) is %v at level %v, portable %v", f, v, got[5], l, want[0])
		}
	}
}
