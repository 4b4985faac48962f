package blas

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// dense is a matrix inside more memory than it needs. What is around its rows
// is NaN, which no operation may read or change.
type dense[T asm.Float] struct {
	data     []T
	rows, ld int
	cols     int
}

func randomDense[T asm.Float](r *rand.Rand, rows, cols int) dense[T] {
	x := dense[T]{rows: rows, cols: cols, ld: cols + r.IntN(5)}
	x.data = make([]T, rows*x.ld)
	for i := range x.data {
		x.data[i] = T(math.NaN())
	}
	x.each(func(v *T) { *v = T(r.Float64()*2 - 1) })
	return x
}

func (x dense[T]) each(f func(v *T)) {
	for i := range x.rows {
		for j := range x.cols {
			f(&x.data[i*x.ld+j])
		}
	}
}

func (x dense[T]) clone() dense[T] {
	x.data = append([]T(nil), x.data...)
	return x
}

// checkSame compares with what gonum computed, NaN where it has NaN.
func checkSame[T asm.Float](t *testing.T, what any, got, want dense[T], tolerance float64) {
	t.Helper()
	for i := range want.data {
		g, w := float64(got.data[i]), float64(want.data[i])
		if math.IsNaN(g) != math.IsNaN(w) || math.Abs(g-w) > tolerance {
			t.Fatalf("%+v: row %d, column %d is %v, gonum has %v", what, i/got.ld, i%got.ld, g, w)
		}
	}
}

// dimensions are those around the edges of tiles and blocks.
func dimensions(rows, width int) []int {
	return []int{1, 2, 3, 5, rows - 1, rows, rows + 1, width - 1, width, width + 1, width + width/3, 2*width + 3, 2*width + width/3, 3*width + rows + 1}
}

var (
	bothTriangles  = []blas.Uplo{blas.Lower, blas.Upper}
	bothTransposes = []blas.Transpose{blas.NoTrans, blas.Trans}
	factors        = []float64{0, 1, -0.75}
)

func pick[E any](r *rand.Rand, from []E) E { return from[r.IntN(len(from))] }

type gemmCall struct {
	tA, tB      blas.Transpose
	m, n, k     int
	alpha, beta float64
}

func TestGemmAgainstGonum(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(1, 2))
		wide, narrow := x.double().kernel, x.single().kernel
		for range 400 {
			call := gemmCall{pick(r, bothTransposes), pick(r, bothTransposes),
				pick(r, dimensions(wide.Rows, wide.Width())), pick(r, dimensions(wide.Rows, wide.Width())), 1 + r.IntN(70),
				pick(r, factors), pick(r, factors)}
			checkDgemm(t, x, r, call)
			call.m, call.n = pick(r, dimensions(narrow.Rows, narrow.Width())), pick(r, dimensions(narrow.Rows, narrow.Width()))
			checkSgemm(t, x, r, call)
		}
	})
}

func checkDgemm(t *testing.T, x Implementation, r *rand.Rand, s gemmCall) {
	t.Helper()
	am, an := stored(s.tA, s.m, s.k)
	bm, bn := stored(s.tB, s.k, s.n)
	a, b, c := randomDense[float64](r, am, an), randomDense[float64](r, bm, bn), randomDense[float64](r, s.m, s.n)
	if s.beta == 0 {
		c.each(func(v *float64) { *v = math.NaN() })
	}
	want := c.clone()
	x.Dgemm(s.tA, s.tB, s.m, s.n, s.k, s.alpha, a.data, a.ld, b.data, b.ld, s.beta, c.data, c.ld)
	gonum.Implementation{}.Dgemm(s.tA, s.tB, s.m, s.n, s.k, s.alpha, a.data, a.ld, b.data, b.ld, s.beta, want.data, want.ld)
	checkSame(t, s, c, want, 1e-14*float64(s.k+4))
}

func checkSgemm(t *testing.T, x Implementation, r *rand.Rand, s gemmCall) {
	t.Helper()
	am, an := stored(s.tA, s.m, s.k)
	bm, bn := stored(s.tB, s.k, s.n)
	a, b, c := randomDense[float32](r, am, an), randomDense[float32](r, bm, bn), randomDense[float32](r, s.m, s.n)
	want := c.clone()
	alpha, beta := float32(s.alpha), float32(s.beta)
	x.Sgemm(s.tA, s.tB, s.m, s.n, s.k, alpha, a.data, a.ld, b.data, b.ld, beta, c.data, c.ld)
	gonum.Implementation{}.Sgemm(s.tA, s.tB, s.m, s.n, s.k, alpha, a.data, a.ld, b.data, b.ld, beta, want.data, want.ld)
	checkSame(t, s, c, want, 1e-6*float64(s.k+4))
}

func TestSyrkAgainstGonum(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(3, 4))
		g := x.double().kernel
		for range 300 {
			u, tA, n, k := pick(r, bothTriangles), pick(r, bothTransposes), pick(r, dimensions(g.Rows, g.Width())), 1+r.IntN(50)
			alpha, beta := pick(r, factors), pick(r, factors)
			m, p := stored(tA, n, k)
			a, b, c := randomDense[float64](r, m, p), randomDense[float64](r, m, p), randomDense[float64](r, n, n)
			want := c.clone()
			x.Dsyrk(u, tA, n, k, alpha, a.data, a.ld, beta, c.data, c.ld)
			gonum.Implementation{}.Dsyrk(u, tA, n, k, alpha, a.data, a.ld, beta, want.data, want.ld)
			checkSame(t, []any{"syrk", u, tA, n, k, alpha, beta}, c, want, 1e-13*float64(k))
			x.Dsyr2k(u, tA, n, k, alpha, a.data, a.ld, b.data, b.ld, beta, c.data, c.ld)
			gonum.Implementation{}.Dsyr2k(u, tA, n, k, alpha, a.data, a.ld, b.data, b.ld, beta, want.data, want.ld)
			checkSame(t, []any{"syr2k", u, tA, n, k, alpha, beta}, c, want, 1e-13*float64(k))
		}
	})
}
