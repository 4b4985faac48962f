package blas

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// strip is a vector of n values with a step, in memory that ends with the last.
func strip[T asm.Float](r *rand.Rand, n, step int) dense[T] {
	x := dense[T]{rows: n, cols: 1, ld: step, data: make([]T, (n-1)*step+1)}
	for i := range x.data {
		x.data[i] = T(math.NaN())
	}
	x.each(func(v *T) { *v = T(r.Float64()*2 - 1) })
	return x
}

// lengths are those around registers, turns and pieces.
var lengths = []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 130, 300, line - 1, line + 3, preemptible + 9}

func TestVectorsAgainstGonum(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(12, 13))
		for _, n := range lengths {
			for range 3 {
				checkVectors(t, x, r, n, pick(r, []int{1, 1, 2}), pick(r, []int{1, 1, 3}))
			}
		}
	})
}

func checkVectors(t *testing.T, x Implementation, r *rand.Rand, n, incX, incY int) {
	t.Helper()
	alpha := pick(r, factors)
	const close = 1e-13
	v, y := strip[float64](r, n, incX), strip[float64](r, n, incY)
	got, want := y.clone(), y.clone()
	x.Daxpy(n, alpha, v.data, incX, got.data, incY)
	gonum.Implementation{}.Daxpy(n, alpha, v.data, incX, want.data, incY)
	checkSame(t, []any{"axpy", n, incX, incY}, got, want, close)
	x.Dscal(n, alpha, got.data, incY)
	gonum.Implementation{}.Dscal(n, alpha, want.data, incY)
	checkSame(t, []any{"scal", n, incY}, got, want, close)
	scalars := map[string][2]float64{
		"dot":  {x.Ddot(n, v.data, incX, y.data, incY), gonum.Implementation{}.Ddot(n, v.data, incX, y.data, incY)},
		"asum": {x.Dasum(n, v.data, incX), gonum.Implementation{}.Dasum(n, v.data, incX)},
		"nrm2": {x.Dnrm2(n, v.data, incX), gonum.Implementation{}.Dnrm2(n, v.data, incX)},
	}
	p, q := strip[float32](r, n, incX), strip[float32](r, n, incY)
	single, other := q.clone(), q.clone()
	x.Saxpy(n, float32(alpha), p.data, incX, single.data, incY)
	gonum.Implementation{}.Saxpy(n, float32(alpha), p.data, incX, other.data, incY)
	checkSame(t, []any{"saxpy", n, incX, incY}, single, other, 1e-6)
	scalars["sdot"] = [2]float64{float64(x.Sdot(n, p.data, incX, q.data, incY)) / 1e9, gonum.Implementation{}.Dsdot(n, p.data, incX, q.data, incY) / 1e9}
	for name, s := range scalars {
		if math.Abs(s[0]-s[1]) > close*math.Sqrt(float64(n))*20 {
			t.Fatalf("%s of %d values, steps %d and %d: %v, gonum has %v", name, n, incX, incY, s[0], s[1])
		}
	}
}

// TestNormsOfExtremes has squares that overflow or vanish, and what is no
// number.
func TestNormsOfExtremes(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		for _, v := range []float64{0, 1e-200, 1e-320, 1e200, 1e308, math.Inf(1), math.NaN()} {
			d := []float64{v, v / 2, v, 0, v / 4, v, v, v, v, v}
			got, want := x.Dnrm2(len(d), d, 1), gonum.Implementation{}.Dnrm2(len(d), d, 1)
			if !(math.Abs(got-want) <= 1e-15*want) && !(math.IsNaN(got) && math.IsNaN(want)) && got != want {
				t.Errorf("the norm of %v is %v, gonum has %v", d, got, want)
			}
			var s []float32
			for _, v := range d {
				s = append(s, float32(v))
			}
			near, exact := float64(x.Snrm2(len(s), s, 1)), float64(gonum.Implementation{}.Snrm2(len(s), s, 1))
			if !(math.Abs(near-exact) <= 1e-6*exact) && !(math.IsNaN(near) && math.IsNaN(exact)) && near != exact {
				t.Errorf("the norm of %v is %v, gonum has %v", s, near, exact)
			}
		}
	})
}

func TestMatrixTimesVectorAgainstGonum(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(14, 15))
		sizes := []int{1, 2, 3, 4, 5, 8, 11, 16, 17, 40, line + 5}
		for range 150 {
			m, n := pick(r, sizes[:10]), pick(r, sizes)
			if r.IntN(2) == 0 {
				m, n = n, m
			}
			a := randomDense[float64](r, m, n)
			tA, alpha, beta := pick(r, bothTransposes), pick(r, factors), pick(r, factors)
			rows, cols := stored(tA, m, n)
			v, y := strip[float64](r, cols, 1+r.IntN(3)), strip[float64](r, rows, 1+r.IntN(3))
			if beta == 0 {
				y.each(func(v *float64) { *v = math.NaN() })
			}
			want := y.clone()
			x.Dgemv(tA, m, n, alpha, a.data, a.ld, v.data, v.ld, beta, y.data, y.ld)
			gonum.Implementation{}.Dgemv(tA, m, n, alpha, a.data, a.ld, v.data, v.ld, beta, want.data, want.ld)
			checkSame(t, []any{"gemv", tA, m, n, alpha, beta}, y, want, 1e-12)
			v, y = strip[float64](r, m, 1+r.IntN(3)), strip[float64](r, n, 1+r.IntN(3))
			sum := a.clone()
			x.Dger(m, n, alpha, v.data, v.ld, y.data, y.ld, a.data, a.ld)
			gonum.Implementation{}.Dger(m, n, alpha, v.data, v.ld, y.data, y.ld, sum.data, sum.ld)
			checkSame(t, []any{"ger", m, n, alpha}, a, sum, 1e-13)
			checkSgemv(t, x, r, tA, m, n)
		}
	})
}

func checkSgemv(t *testing.T, x Implementation, r *rand.Rand, tA blas.Transpose, m, n int) {
	t.Helper()
	a := randomDense[float32](r, m, n)
	rows, cols := stored(tA, m, n)
	v, y := strip[float32](r, cols, 1+r.IntN(2)), strip[float32](r, rows, 1)
	want := y.clone()
	x.Sgemv(tA, m, n, 0.5, a.data, a.ld, v.data, v.ld, -1, y.data, y.ld)
	gonum.Implementation{}.Sgemv(tA, m, n, 0.5, a.data, a.ld, v.data, v.ld, -1, want.data, want.ld)
	checkSame(t, []any{"sgemv", tA, m, n}, y, want, 1e-3)
}
