package kernels

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// This file alone calls BLAS. It goes through blas64 and blas32, so whatever
// their Use was given computes. gonum spreads large products over all
// processors; what is passed here is below the size at which it does, which
// leaves the number of threads to our callers.

// blasEdge is the edge of gonum's own tiles: on fewer than four of them it
// stays on one thread, and two of them fit the first-level cache.
const blasEdge = 64

// addProduct computes c += alpha·a·bᵀ on the caller's thread. a has at most 3
// blasEdge rows, b and the inner axis at most blasEdge. The rows of all three
// are contiguous and no matrix is empty. Of gonum's four forms of a product
// this is the fastest, and the one that hides no NaN behind a zero.
func addProduct[T Float](alpha T, a, b, c matrix[T]) {
	switch to := any(c.lines()).(type) {
	case []float64:
		blas64.Implementation().Dgemm(blas.NoTrans, blas.Trans, c.rows, c.cols, a.cols, float64(alpha),
			any(a.lines()).([]float64), a.rs, any(b.lines()).([]float64), b.rs, 1, to, c.rs)
	case []float32:
		blas32.Implementation().Sgemm(blas.NoTrans, blas.Trans, c.rows, c.cols, a.cols, float32(alpha),
			any(a.lines()).([]float32), a.rs, any(b.lines()).([]float32), b.rs, 1, to, c.rs)
	}
}

// solveTriangle overwrites x with the solution of t·x = x, or x·t = x with
// right, for a lower or upper triangle, on the caller's thread. The rows of
// both are contiguous and neither is empty.
func solveTriangle[T Float](right, upper, unit bool, t, x matrix[T]) {
	side, uplo, diag := blas.Left, blas.Lower, blas.NonUnit
	if right {
		side = blas.Right
	}
	if upper {
		uplo = blas.Upper
	}
	if unit {
		diag = blas.Unit
	}
	switch to := any(x.lines()).(type) {
	case []float64:
		blas64.Implementation().Dtrsm(side, uplo, blas.NoTrans, diag, x.rows, x.cols, 1, any(t.lines()).([]float64), t.rs, to, x.rs)
	case []float32:
		blas32.Implementation().Strsm(side, uplo, blas.NoTrans, diag, x.rows, x.cols, 1, any(t.lines()).([]float32), t.rs, to, x.rs)
	}
}
