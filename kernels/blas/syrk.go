package blas

import "gonum.org/v1/gonum/blas"

// Dsyrk computes a triangle of the n×n C = alpha·op(A)·op(A)ᵀ + beta·C with
// op(A) n×k.
func (x Implementation) Dsyrk(u blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
	e := x.double()
	if !e.takesSyrk(x.Uniform, u, t, n, k, alpha, a, lda, c, ldc) {
		x.Implementation.Dsyrk(u, t, n, k, alpha, a, lda, beta, c, ldc)
		return
	}
	e.syrk(x.threads(), u, operandOf(t, a, lda), n, k, alpha, beta, c, ldc)
}

// Ssyrk computes a triangle of the n×n C = alpha·op(A)·op(A)ᵀ + beta·C with
// op(A) n×k.
func (x Implementation) Ssyrk(u blas.Uplo, t blas.Transpose, n, k int, alpha float32, a []float32, lda int, beta float32, c []float32, ldc int) {
	e := x.single()
	if !e.takesSyrk(x.Uniform, u, t, n, k, alpha, a, lda, c, ldc) {
		x.Implementation.Ssyrk(u, t, n, k, alpha, a, lda, beta, c, ldc)
		return
	}
	e.syrk(x.threads(), u, operandOf(t, a, lda), n, k, alpha, beta, c, ldc)
}

func (e *engine[T]) syrk(threads int, u blas.Uplo, a operand[T], n, k int, alpha, beta T, c []T, ldc int) {
	e.compute(threads, product[T]{m: n, n: n, k: k, alpha: alpha, beta: beta, a: a, b: a.flip(), c: c, ldc: ldc, part: partOf(u)})
}

// Dsyr2k computes a triangle of the n×n
// C = alpha·(op(A)·op(B)ᵀ + op(B)·op(A)ᵀ) + beta·C with op(A) and op(B) n×k.
func (x Implementation) Dsyr2k(u blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	e := x.double()
	if !e.takesSyrk(x.Uniform, u, t, n, k, alpha, a, lda, c, ldc) || !e.takesSyrk(x.Uniform, u, t, n, k, alpha, b, ldb, c, ldc) {
		x.Implementation.Dsyr2k(u, t, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	e.syr2k(x.threads(), u, operandOf(t, a, lda), operandOf(t, b, ldb), n, k, alpha, beta, c, ldc)
}

// Ssyr2k computes a triangle of the n×n
// C = alpha·(op(A)·op(B)ᵀ + op(B)·op(A)ᵀ) + beta·C with op(A) and op(B) n×k.
func (x Implementation) Ssyr2k(u blas.Uplo, t blas.Transpose, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	e := x.single()
	if !e.takesSyrk(x.Uniform, u, t, n, k, alpha, a, lda, c, ldc) || !e.takesSyrk(x.Uniform, u, t, n, k, alpha, b, ldb, c, ldc) {
		x.Implementation.Ssyr2k(u, t, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	e.syr2k(x.threads(), u, operandOf(t, a, lda), operandOf(t, b, ldb), n, k, alpha, beta, c, ldc)
}

func (e *engine[T]) syr2k(threads int, u blas.Uplo, a, b operand[T], n, k int, alpha, beta T, c []T, ldc int) {
	p := product[T]{m: n, n: n, k: k, alpha: alpha, beta: beta, a: a, b: b.flip(), c: c, ldc: ldc, part: partOf(u)}
	e.compute(threads, p)
	p.a, p.b, p.beta = b, a.flip(), 1
	e.compute(threads, p)
}
