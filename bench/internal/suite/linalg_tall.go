package suite

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// newQR is the thin QR of a tall m×n matrix, both factors.
func newQR(m, n, block int) *problem {
	return &problem{
		name: "qr", m: m, n: n, block: block,
		// Householder vectors, then Q from them.
		flops:   4*float64(m)*float64(n)*float64(n) - 4*float64(n)*float64(n)*float64(n)/3,
		prepare: func(p *problem) (err error) { p.a, err = randomMatrix[float64](1, m, n, p.fileA); return err },
		build: func(a, _ *array.Array) []*array.Array {
			q, r := a.QR()
			return []*array.Array{q, r}
		},
		digest: func(ctx context.Context, run *engine, _ *problem, out []*array.Array) (harness.Answer, error) {
			q, r, a := out[0], out[1], out[2]
			if err := checkQR(ctx, run, n, q, r, a); err != nil {
				return nil, err
			}
			factor, err := r.Float64s(ctx, run)
			return absolute(n, factor), err
		},
		gonum: func(_ *problem, a, _ []float64) func() harness.Answer {
			q := blas64.General{Rows: m, Cols: n, Stride: n, Data: a}
			tau := make([]float64, n)
			work := workspace(func(w []float64, size int) { lapack64.Geqrf(q, tau, w, size) })
			lapack64.Geqrf(q, tau, work, len(work))
			r := make([]float64, n*n)
			for i := range n {
				copy(r[i*n+i:(i+1)*n], a[i*n+i:(i+1)*n])
			}
			work = workspace(func(w []float64, size int) { lapack64.Orgqr(q, tau, w, size) })
			lapack64.Orgqr(q, tau, work, len(work))
			return func() harness.Answer { return absolute(n, r) }
		},
	}
}

// workspace asks a LAPACK routine for the size of its work space.
func workspace(query func(work []float64, size int)) []float64 {
	w := make([]float64, 1)
	query(w, -1)
	return make([]float64, int(w[0]))
}

// absolute digests |R|: the signs of its rows are anyone's choice.
func absolute(n int, r []float64) harness.Answer {
	abs := make([]float64, len(r))
	for i, v := range r {
		abs[i] = math.Abs(v)
	}
	return digestMatrix(n, n, abs)
}

// checkQR tells whether Q·R is A and Qᵀ·Q the identity.
func checkQR(ctx context.Context, run *engine, n int, q, r, a *array.Array) error {
	residual, err1 := array.MatMul(q, r).Sub(a).Abs().Max().Scalar(ctx, run)
	skew, err2 := array.MatMulT(q, q, true, false).Sub(array.Eye(n)).Abs().Max().Scalar(ctx, run)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if !(residual < 1e-11 && skew < 1e-11) {
		return fmt.Errorf("bench: the QR is wrong: Q·R is off A by %v, Qᵀ·Q off the identity by %v", residual, skew)
	}
	return nil
}

// newLstsq fits a vector of m to a tall m×n matrix.
func newLstsq(m, n, block int) *problem {
	return &problem{
		name: "lstsq", m: m, n: n, block: block,
		flops: 2 * float64(m) * float64(n) * float64(n),
		prepare: func(p *problem) (err error) {
			if p.a, err = randomMatrix[float64](1, m, n, p.fileA); err != nil {
				return err
			}
			p.b, err = randomMatrix[float64](2, m, 1, p.fileB)
			return err
		},
		build: func(a, b *array.Array) []*array.Array { return []*array.Array{array.Lstsq(a, b)} },
		digest: func(ctx context.Context, run *engine, _ *problem, out []*array.Array) (harness.Answer, error) {
			x, err := out[0].Float64s(ctx, run)
			if err != nil {
				return nil, err
			}
			a, b := out[1], out[2]
			// What is left is at right angles to every column of A.
			left := array.MatMul(a, out[0]).Sub(b)
			slope, err := array.MatMulT(a, left, true, false).Abs().Max().Scalar(ctx, run)
			if err == nil && !(slope < 1e-9*float64(m)) {
				err = fmt.Errorf("bench: the fit is wrong: the residual leans on A by %v", slope)
			}
			return digestMatrix(n, 1, x), err
		},
		gonum: func(_ *problem, a, b []float64) func() harness.Answer {
			x := blas64.General{Rows: m, Cols: n, Stride: n, Data: a}
			y := blas64.General{Rows: m, Cols: 1, Stride: 1, Data: b}
			work := workspace(func(w []float64, size int) { lapack64.Gels(blas.NoTrans, x, y, w, size) })
			lapack64.Gels(blas.NoTrans, x, y, work, len(work))
			return func() harness.Answer { return digestMatrix(n, 1, b[:n]) }
		},
	}
}
