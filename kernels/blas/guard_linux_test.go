package blas

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// guarded is guard.Values of numbers that are not 0.
func guarded[T asm.Float](t *testing.T, n int, atEnd bool) []T {
	t.Helper()
	x := guard.Values[T](t, n, atEnd)
	for i := range x {
		x[i] = T(1 + i%5)
	}
	return x
}

func TestNothingBeyondTheOperands(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(10, 11))
		for _, atEnd := range []bool{false, true} {
			for range 25 {
				guardDouble(t, x, r, atEnd)
				guardSingle(t, x, r, atEnd)
			}
		}
	})
}

func guardDouble(t *testing.T, x Implementation, r *rand.Rand, atEnd bool) {
	t.Helper()
	g := x.double().kernel
	m, n, k := pick(r, dimensions(g.Rows, g.Width())), pick(r, dimensions(g.Rows, g.Width())), 1+r.IntN(40)
	a, b, c := guarded[float64](t, m*k, atEnd), guarded[float64](t, k*n, atEnd), guarded[float64](t, m*n, atEnd)
	long, short := guarded[float64](t, max(m, k), atEnd), guarded[float64](t, min(m, k), atEnd)
	x.Dger(max(m, k), min(m, k), 0.5, long, 1, short, 1, a, min(m, k))
	x.Dgemv(blas.NoTrans, max(m, k), min(m, k), 0.5, a, min(m, k), short, 1, 0.5, long, 1)
	x.Dgemv(blas.Trans, max(m, k), min(m, k), 0.5, a, min(m, k), long, 1, 0.5, short, 1)
	x.Dscal(len(long), 0.5+x.Dasum(len(short), short, 1)-x.Ddot(len(short), short, 1, long[len(long)-len(short):], 1), long, 1)
	triangle, square, other := guarded[float64](t, m*m, atEnd), guarded[float64](t, m*m, atEnd), guarded[float64](t, m*n, atEnd)
	for _, tA := range bothTransposes {
		_, lda := stored(tA, m, k)
		for _, tB := range bothTransposes {
			_, ldb := stored(tB, k, n)
			x.Dgemm(tA, tB, m, n, k, 1, a, lda, b, ldb, 1, c, n)
		}
		for _, u := range bothTriangles {
			x.Dsyrk(u, tA, m, k, 1, a, lda, 1, square, m)
			x.Dtrsm(blas.Left, u, tA, blas.NonUnit, m, n, 1, triangle, m, c, n)
			x.Dtrmm(blas.Left, u, tA, blas.NonUnit, m, n, 1, triangle, m, c, n)
			x.Dtrsm(blas.Right, u, tA, blas.NonUnit, k, m, 1, triangle, m, a, m)
			x.Dsymm(blas.Left, u, m, n, 1, triangle, m, c, n, 0, other, n)
		}
	}
}

func guardSingle(t *testing.T, x Implementation, r *rand.Rand, atEnd bool) {
	t.Helper()
	g := x.single().kernel
	m, n, k := pick(r, dimensions(g.Rows, g.Width())), pick(r, dimensions(g.Rows, g.Width())), 1+r.IntN(40)
	a, b, c := guarded[float32](t, m*k, atEnd), guarded[float32](t, k*n, atEnd), guarded[float32](t, m*n, atEnd)
	triangle := guarded[float32](t, m*m, atEnd)
	for _, tA := range bothTransposes {
		_, lda := stored(tA, m, k)
		for _, tB := range bothTransposes {
			_, ldb := stored(tB, k, n)
			x.Sgemm(tA, tB, m, n, k, 1, a, lda, b, ldb, 1, c, n)
		}
		x.Strsm(blas.Left, blas.Lower, tA, blas.Unit, m, n, 1, triangle, m, c, n)
		x.Strsm(blas.Right, blas.Upper, tA, blas.Unit, k, m, 1, triangle, m, a, m)
	}
}
