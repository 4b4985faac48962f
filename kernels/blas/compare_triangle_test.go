package blas

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// triangleCall is a call of trsm or trmm.
type triangleCall struct {
	s     blas.Side
	u     blas.Uplo
	t     blas.Transpose
	d     blas.Diag
	m, n  int
	alpha float64
}

func randomCall(r *rand.Rand, rows, width int) triangleCall {
	return triangleCall{pick(r, []blas.Side{blas.Left, blas.Right}), pick(r, bothTriangles), pick(r, bothTransposes),
		pick(r, []blas.Diag{blas.Unit, blas.NonUnit}), pick(r, dimensions(rows, width)), pick(r, dimensions(rows, width)), pick(r, factors)}
}

func (c triangleCall) k() int {
	if c.s == blas.Left {
		return c.m
	}
	return c.n
}

// randomTriangle has NaN where it must not be read, and what keeps solutions
// from growing elsewhere.
func randomTriangle[T asm.Float](r *rand.Rand, c triangleCall) dense[T] {
	n := c.k()
	a := randomDense[T](r, n, n)
	for i := range n {
		for j := range n {
			v := &a.data[i*a.ld+j]
			switch {
			case i == j && c.d == blas.NonUnit:
				*v = 2 + *v
			case i == j, (c.u == blas.Lower) == (i < j):
				*v = T(math.NaN())
			default:
				*v *= T(1 / float64(n))
			}
		}
	}
	return a
}

func TestTrianglesAgainstGonum(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(5, 6))
		wide, narrow := x.double().kernel, x.single().kernel
		for range 300 {
			checkDouble(t, x, r, randomCall(r, wide.Rows, wide.Width()))
			checkSingle(t, x, r, randomCall(r, narrow.Rows, narrow.Width()))
		}
	})
}

func checkDouble(t *testing.T, x Implementation, r *rand.Rand, c triangleCall) {
	t.Helper()
	a, b := randomTriangle[float64](r, c), randomDense[float64](r, c.m, c.n)
	for _, op := range []struct {
		name       string
		ours, want func(blas.Side, blas.Uplo, blas.Transpose, blas.Diag, int, int, float64, []float64, int, []float64, int)
	}{{"trsm", x.Dtrsm, gonum.Implementation{}.Dtrsm}, {"trmm", x.Dtrmm, gonum.Implementation{}.Dtrmm}} {
		got, want := b.clone(), b.clone()
		op.ours(c.s, c.u, c.t, c.d, c.m, c.n, c.alpha, a.data, a.ld, got.data, got.ld)
		op.want(c.s, c.u, c.t, c.d, c.m, c.n, c.alpha, a.data, a.ld, want.data, want.ld)
		checkSame(t, []any{op.name, c}, got, want, 1e-13)
	}
}

func checkSingle(t *testing.T, x Implementation, r *rand.Rand, c triangleCall) {
	t.Helper()
	a, b := randomTriangle[float32](r, c), randomDense[float32](r, c.m, c.n)
	for _, op := range []struct {
		name       string
		ours, want func(blas.Side, blas.Uplo, blas.Transpose, blas.Diag, int, int, float32, []float32, int, []float32, int)
	}{{"trsm", x.Strsm, gonum.Implementation{}.Strsm}, {"trmm", x.Strmm, gonum.Implementation{}.Strmm}} {
		got, want := b.clone(), b.clone()
		op.ours(c.s, c.u, c.t, c.d, c.m, c.n, float32(c.alpha), a.data, a.ld, got.data, got.ld)
		op.want(c.s, c.u, c.t, c.d, c.m, c.n, float32(c.alpha), a.data, a.ld, want.data, want.ld)
		checkSame(t, []any{op.name, c}, got, want, 1e-5)
	}
}

func TestSymmAgainstGonum(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		r := rand.New(rand.NewPCG(7, 8))
		g := x.double().kernel
		for range 200 {
			call := randomCall(r, g.Rows, g.Width())
			call.d = blas.NonUnit
			beta := pick(r, factors)
			a, b, c := randomTriangle[float64](r, call), randomDense[float64](r, call.m, call.n), randomDense[float64](r, call.m, call.n)
			want := c.clone()
			x.Dsymm(call.s, call.u, call.m, call.n, call.alpha, a.data, a.ld, b.data, b.ld, beta, c.data, c.ld)
			gonum.Implementation{}.Dsymm(call.s, call.u, call.m, call.n, call.alpha, a.data, a.ld, b.data, b.ld, beta, want.data, want.ld)
			checkSame(t, []any{"symm", call, beta}, c, want, 1e-13)
		}
	})
}

// TestTrmmOfHugeNumbers has numbers whose sum no float64 holds, and a NaN in the
// last place.
func TestTrmmOfHugeNumbers(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		const n = 40
		r := rand.New(rand.NewPCG(8, 8))
		for _, last := range []float64{1, math.NaN(), math.Inf(-1)} {
			a, b := randomDense[float64](r, n, n), randomDense[float64](r, n, n)
			b.each(func(v *float64) { *v = math.Copysign(math.MaxFloat64/1024, *v) })
			a.each(func(v *float64) { *v /= 16 })
			b.data[(n-1)*b.ld+n-1] = last
			want := b.clone()
			x.Dtrmm(blas.Left, blas.Upper, blas.NoTrans, blas.NonUnit, n, n, 1, a.data, a.ld, b.data, b.ld)
			gonum.Implementation{}.Dtrmm(blas.Left, blas.Upper, blas.NoTrans, blas.NonUnit, n, n, 1, a.data, a.ld, want.data, want.ld)
			for i := range want.data {
				g, w := b.data[i], want.data[i]
				if g != w && !(math.IsNaN(g) && math.IsNaN(w)) && !(math.Abs(g-w) <= 1e-13*math.MaxFloat64/1024) {
					t.Fatalf("last %v: element %d is %v, gonum has %v", last, i, g, w)
				}
			}
		}
	})
}

// A zero that is not stored must not meet an infinity.
func TestTrmmKeepsInfinitiesApart(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		const n = 20
		a, b := make([]float64, n*n), make([]float64, n*n)
		for i := range n {
			for j := range n {
				a[i*n+j], b[i*n+j] = 1, 1
			}
		}
		b[(n-1)*n] = math.Inf(1)
		x.Dtrmm(blas.Left, blas.Lower, blas.NoTrans, blas.NonUnit, n, n, 1, a, n, b, n)
		for i := range n - 1 {
			if b[i*n] != float64(i+1) {
				t.Fatalf("row %d is %v, want %d", i, b[i*n], i+1)
			}
		}
	})
}
