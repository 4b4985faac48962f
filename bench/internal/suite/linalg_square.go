package suite

import (
	"context"
	"fmt"
	"os"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/kernels"
)

// newMatMul is A·B of two n×n matrices.
func newMatMul(n, block int) *problem {
	return &problem{
		name: "matmul", m: n, n: n, block: block,
		flops: 2 * float64(n) * float64(n) * float64(n),
		prepare: func(p *problem) (err error) {
			if p.a, err = randomMatrix[float64](1, n, n, p.fileA); err != nil {
				return err
			}
			p.b, err = randomMatrix[float64](2, n, n, p.fileB)
			return err
		},
		build: func(a, b *array.Array) []*array.Array { return []*array.Array{array.MatMul(a, b)} },
		digest: func(ctx context.Context, run *engine, p *problem, out []*array.Array) (harness.Answer, error) {
			c, err := out[0].Compute(ctx, run)
			if err != nil {
				return nil, err
			}
			defer c.Release()
			data := kernels.Data[float64](c)
			if err := checkProduct(product{n, n, n}, kernels.Data[float64](p.a), kernels.Data[float64](p.b), data); err != nil {
				return nil, err
			}
			return digestMatrix(n, n, data), nil
		},
		gonum: func(_ *problem, a, b []float64) func() harness.Answer {
			c := make([]float64, n*n)
			productOf(gonum.Implementation{}, product{n, n, n}, a, b, c)()
			return func() harness.Answer { return digestMatrix(n, n, c) }
		},
	}
}

// newCholesky is the lower Cholesky factor of a random symmetric matrix with n
// added to its diagonal, which makes it positive definite.
func newCholesky(n, block int) *problem {
	return &problem{
		name: "cholesky", m: n, n: n, block: block,
		flops:   float64(n) * float64(n) * float64(n) / 3,
		prepare: func(p *problem) (err error) { p.a, err = positiveMatrix(1, n, p.fileA); return err },
		build:   func(a, _ *array.Array) []*array.Array { return []*array.Array{a.Cholesky()} },
		digest: func(ctx context.Context, run *engine, p *problem, out []*array.Array) (harness.Answer, error) {
			l, err := out[0].Compute(ctx, run)
			if err != nil {
				return nil, err
			}
			defer l.Release()
			data := kernels.Data[float64](l)
			if err := checkFactor(n, kernels.Data[float64](p.a), data); err != nil {
				return nil, err
			}
			return digestMatrix(n, n, data), nil
		},
		gonum: func(_ *problem, a, _ []float64) func() harness.Answer {
			t, ok := lapack64.Potrf(blas64.Symmetric{N: n, Stride: n, Data: a, Uplo: blas.Lower})
			return func() harness.Answer {
				if !ok {
					return nil
				}
				for i := range n {
					clear(t.Data[i*n+i+1 : (i+1)*n])
				}
				return digestMatrix(n, n, t.Data)
			}
		},
	}
}

// positiveMatrix is a symmetric positive definite n×n block, also written to
// the file.
func positiveMatrix(seed uint64, n int, file string) (*kernels.Block, error) {
	b, err := randomMatrix[float64](seed, n, n, "")
	if err != nil {
		return nil, err
	}
	data := kernels.Data[float64](b)
	for i := range n {
		data[i*n+i] += float64(n)
		for j := range i {
			data[i*n+j] = data[j*n+i]
		}
	}
	if err := os.WriteFile(file, kernels.Payload(b), 0o644); err != nil {
		b.Release()
		return nil, fmt.Errorf("bench: the matrix for the peers: %w", err)
	}
	return b, nil
}

// checkFactor tells whether L·Lᵀ·x is A·x for a random x, as checkProduct
// does.
func checkFactor(n int, a, l []float64) error {
	x := randomVector(n)
	y := make([]float64, n) // Lᵀ·x
	for i := range n {
		for j, v := range l[i*n : (i+1)*n] {
			y[j] += v * x[i]
		}
	}
	return sameVectors("the Cholesky factor", times(n, n, l, y), times(n, n, a, x), 1e-12*float64(n))
}
