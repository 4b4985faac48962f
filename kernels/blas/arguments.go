package blas

import (
	"gonum.org/v1/gonum/blas"
)

// The functions here tell whether a call is one that this package computes:
// with correct arguments, not empty, with a factor other than 0, and not tiny.
// gonum gets the rest, knows how to complain, and is never wrong to ask.

// holds reports whether a matrix of m rows and n columns fits into its memory.
func holds(m, n, ld, length int) bool {
	return ld >= max(1, n) && m > 0 && n > 0 && length >= (m-1)*ld+n
}

// stored returns the shape of the memory of an operand that is m×n.
func stored(t blas.Transpose, m, n int) (rows, cols int) {
	if t == blas.NoTrans {
		return m, n
	}
	return n, m
}

func isTranspose(ts ...blas.Transpose) bool {
	for _, t := range ts {
		if t != blas.NoTrans && t != blas.Trans && t != blas.ConjTrans {
			return false
		}
	}
	return true
}

func isTriangle(u blas.Uplo) bool { return u == blas.Lower || u == blas.Upper }

func (e *engine[T]) takesGemm(uniform bool, tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, c []T, ldc int) bool {
	am, an := stored(tA, m, k)
	bm, bn := stored(tB, k, n)
	return isTranspose(tA, tB) && alpha != 0 &&
		holds(am, an, lda, len(a)) && holds(bm, bn, ldb, len(b)) && holds(m, n, ldc, len(c)) && (uniform || e.large(m, n, k))
}

func (e *engine[T]) takesSyrk(uniform bool, u blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, c []T, ldc int) bool {
	am, an := stored(t, n, k)
	return isTriangle(u) && isTranspose(t) && alpha != 0 &&
		holds(am, an, lda, len(a)) && holds(n, n, ldc, len(c)) && (uniform || e.large(n, n, k))
}

func (e *engine[T]) large(m, n, k int) bool {
	return float64(m)*float64(n)*float64(k) > float64(e.tiny)
}

func partOf(u blas.Uplo) part {
	if u == blas.Lower {
		return lower
	}
	return upper
}

func (e *engine[T]) takesTriangle(uniform bool, s blas.Side, u blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) bool {
	k, ok := sided(s, m, n)
	return ok && isTriangle(u) && isTranspose(t) && (d == blas.Unit || d == blas.NonUnit) && alpha != 0 &&
		holds(k, k, lda, len(a)) && holds(m, n, ldb, len(b)) && (uniform || e.large(m, n, k))
}

func (e *engine[T]) takesSymm(uniform bool, s blas.Side, u blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, c []T, ldc int) bool {
	k, ok := sided(s, m, n)
	return ok && isTriangle(u) && alpha != 0 &&
		holds(k, k, lda, len(a)) && holds(m, n, ldb, len(b)) && holds(m, n, ldc, len(c)) && (uniform || e.large(m, n, k))
}

// sided returns the rows of the square matrix that stands on one side of an
// m×n one.
func sided(s blas.Side, m, n int) (k int, ok bool) {
	switch s {
	case blas.Left:
		return m, true
	case blas.Right:
		return n, true
	}
	return 0, false
}
