package kernels

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// This file alone calls BLAS. It goes through blas64 and blas32, so whatever
// their Use was given computes. gonum spreads large products over all
// processors; the tiles passed here are below the size at which it does, which
// leaves the number of threads to our callers.

// Tile sizes of a product: gonum stays on one thread below 4 squares of 64 in
// C, and its panels of B are in the first-level cache at 64×64.
const (
	tileRows  = 192
	tileCols  = 64
	tileInner = 64
)

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// gemmTile computes c = beta·c + alpha·op(a)·op(b) on the caller's thread. No
// matrix is empty.
func gemmTile[T Float](transA, transB bool, alpha T, a, b matrix[T], beta T, c matrix[T]) {
	k := a.cols
	if transA {
		k = a.rows
	}
	tA, tB := transpose(transA), transpose(transB)
	switch cd := any(c.data).(type) {
	case []float64:
		blas64.Implementation().Dgemm(tA, tB, c.rows, c.cols, k, float64(alpha),
			any(a.data).([]float64), a.ld, any(b.data).([]float64), b.ld, float64(beta), cd, c.ld)
	case []float32:
		blas32.Implementation().Sgemm(tA, tB, c.rows, c.cols, k, float32(alpha),
			any(a.data).([]float32), a.ld, any(b.data).([]float32), b.ld, float32(beta), cd, c.ld)
	}
}

// trsmTile overwrites x with the solution of a triangular system, on the
// caller's thread. No matrix is empty.
func trsmTile[T Float](s TrsmSpec, t, x matrix[T]) {
	side, uplo, diag := blas.Left, blas.Lower, blas.NonUnit
	if s.Right {
		side = blas.Right
	}
	if s.Upper {
		uplo = blas.Upper
	}
	if s.Unit {
		diag = blas.Unit
	}
	switch xd := any(x.data).(type) {
	case []float64:
		blas64.Implementation().Dtrsm(side, uplo, transpose(s.Trans), diag, x.rows, x.cols, 1,
			any(t.data).([]float64), t.ld, xd, x.ld)
	case []float32:
		blas32.Implementation().Strsm(side, uplo, transpose(s.Trans), diag, x.rows, x.cols, 1,
			any(t.data).([]float32), t.ld, xd, x.ld)
	}
}
