package blas

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// TestWrongArguments breaks one argument of a call at a time, and wants the
// panic that gonum has for it, and none where gonum has none.
func TestWrongArguments(t *testing.T) {
	const n = 9
	right := []int{n, n, n, n, n, n, n * n, n * n, n * n} // m, n, k, the leading dimensions, the lengths
	a, b, c := make([]float64, n*n), make([]float64, n*n), make([]float64, n*n)
	calls := map[string]func(x blas.Float64, v []int, odd byte){
		"gemm": func(x blas.Float64, v []int, odd byte) {
			x.Dgemm(blas.NoTrans, blas.Transpose(odd), v[0], v[1], v[2], 1, a[:v[6]], v[3], b[:v[7]], v[4], 1, c[:v[8]], v[5])
		},
		"syrk": func(x blas.Float64, v []int, odd byte) {
			x.Dsyrk(blas.Upper, blas.Transpose(odd), v[0], v[2], 1, a[:v[6]], v[3], 1, c[:v[8]], v[5])
		},
		"syr2k": func(x blas.Float64, v []int, odd byte) {
			x.Dsyr2k(blas.Upper, blas.Transpose(odd), v[0], v[2], 1, a[:v[6]], v[3], b[:v[7]], v[4], 1, c[:v[8]], v[5])
		},
		"trsm": func(x blas.Float64, v []int, odd byte) {
			x.Dtrsm(blas.Left, blas.Upper, blas.Transpose(odd), blas.NonUnit, v[0], v[1], 1, a[:v[6]], v[3], b[:v[7]], v[4])
		},
		"trmm": func(x blas.Float64, v []int, odd byte) {
			x.Dtrmm(blas.Right, blas.Upper, blas.Transpose(odd), blas.Unit, v[0], v[1], 1, a[:v[6]], v[3], b[:v[7]], v[4])
		},
		"symm": func(x blas.Float64, v []int, odd byte) {
			u := blas.Lower
			if odd == 'x' {
				u = 'x'
			}
			x.Dsymm(blas.Left, u, v[0], v[1], 1, a[:v[6]], v[3], b[:v[7]], v[4], 1, c[:v[8]], v[5])
		},
	}
	for name, call := range calls {
		for i := range right {
			for _, wrong := range []int{-1, 0, n - 1, n*n - 1} {
				v := slices.Clone(right)
				v[i] = max(wrong, 0)
				if i < 3 {
					v[i] = wrong
				}
				if v[0] > n || v[1] > n || v[2] > n {
					continue
				}
				checkPanic(t, fmt.Sprint(name, v), func(x blas.Float64) { call(x, v, byte(blas.Trans)) })
			}
		}
		checkPanic(t, name+" with an odd flag", func(x blas.Float64) { call(x, right, 'x') })
	}
}

func checkPanic(t *testing.T, what string, call func(blas.Float64)) {
	t.Helper()
	forced := newEngines(standard().level)
	forced.double.tiny = 0
	if got, want := panicOf(call, Implementation{forced: forced}), panicOf(call, gonum.Implementation{}); got != want {
		t.Errorf("%s panics with %v, gonum with %v", what, got, want)
	}
}

func panicOf(call func(blas.Float64), x blas.Float64) (message any) {
	defer func() { message = recover() }()
	call(x)
	return nil
}

// TestThreadsDoNotShow wants the same bits from any number of threads.
func TestThreadsDoNotShow(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(9, 9))
		n := 5*x.double().kernel.Width() + 7
		call := triangleCall{blas.Left, blas.Lower, blas.NoTrans, blas.NonUnit, n, n, -0.75}
		a, b, c := randomTriangle[float64](r, call), randomDense[float64](r, n, n), randomDense[float64](r, n, n)
		ops := map[string]func(x Implementation, c dense[float64]){
			"gemm": func(x Implementation, c dense[float64]) {
				x.Dgemm(blas.NoTrans, blas.Trans, n, n, n, 0.3, b.data, b.ld, b.data, b.ld, -0.75, c.data, c.ld)
			},
			"syrk": func(x Implementation, c dense[float64]) {
				x.Dsyrk(blas.Lower, blas.NoTrans, n, n, 0.3, b.data, b.ld, -0.75, c.data, c.ld)
			},
			"upper syrk": func(x Implementation, c dense[float64]) {
				x.Dsyrk(blas.Upper, blas.Trans, n, n, 0.3, b.data, b.ld, -0.75, c.data, c.ld)
			},
			"trsm": func(x Implementation, c dense[float64]) {
				x.Dtrsm(blas.Right, blas.Lower, blas.NoTrans, blas.NonUnit, n, n, 0.3, a.data, a.ld, c.data, c.ld)
			},
			"trmm": func(x Implementation, c dense[float64]) {
				x.Dtrmm(blas.Left, blas.Lower, blas.Trans, blas.NonUnit, n, n, 0.3, a.data, a.ld, c.data, c.ld)
			},
			"symm": func(x Implementation, c dense[float64]) {
				x.Dsymm(blas.Right, blas.Lower, n, n, 0.3, a.data, a.ld, b.data, b.ld, -0.75, c.data, c.ld)
			},
		}
		for name, op := range ops {
			x.Threads = 1
			want := c.clone()
			op(x, want)
			for threads := 2; threads <= 7; threads++ {
				x.Threads = threads
				got := c.clone()
				op(x, got)
				checkSame(t, []any{name, "threads", threads}, got, want, 0)
			}
		}
	})
}

func TestProductsAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector drops pooled memory at random")
	}
	const n = 100
	a, c := make([]float64, n*n), make([]float64, n*n)
	for name, f := range map[string]func(){
		"gemm": func() {
			Implementation{}.Dgemm(blas.NoTrans, blas.Trans, n, n, n, 1, a, n, a, n, 0, c, n)
		},
		"syrk": func() { Implementation{}.Dsyrk(blas.Lower, blas.NoTrans, n, n, 1, a, n, 0, c, n) },
	} {
		f()
		if count := testing.AllocsPerRun(20, f); count >= 1 {
			t.Errorf("%s allocates %v times", name, count)
		}
	}
}
