package blas

import "gonum.org/v1/gonum/blas"

// Dgemm computes C = alpha·op(A)·op(B) + beta·C with op(A) m×k and op(B) k×n.
func (x Implementation) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	e := x.double()
	if !e.takesGemm(x.Uniform, tA, tB, m, n, k, alpha, a, lda, b, ldb, c, ldc) {
		x.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	e.compute(x.threads(), product[float64]{m: m, n: n, k: k, alpha: alpha, beta: beta,
		a: operandOf(tA, a, lda), b: operandOf(tB, b, ldb), c: c, ldc: ldc})
}

// Sgemm computes C = alpha·op(A)·op(B) + beta·C with op(A) m×k and op(B) k×n.
func (x Implementation) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	e := x.single()
	if !e.takesGemm(x.Uniform, tA, tB, m, n, k, alpha, a, lda, b, ldb, c, ldc) {
		x.Implementation.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	e.compute(x.threads(), product[float32]{m: m, n: n, k: k, alpha: alpha, beta: beta,
		a: operandOf(tA, a, lda), b: operandOf(tB, b, ldb), c: c, ldc: ldc})
}
