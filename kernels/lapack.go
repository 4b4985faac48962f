package kernels

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// This file alone calls LAPACK, which gonum has in float64.

// larfg makes the reflection of the vector that begins with alpha: x becomes
// what its vector has after a one, beta is what the reflection leaves.
func larfg(alpha float64, x []float64) (beta, tau float64) {
	return gonum.Implementation{}.Dlarfg(len(x)+1, alpha, x, 1)
}

// eigen overwrites a symmetric a with its eigenvectors as columns and returns
// the eigenvalues, ascending. It reports whether it converged.
func eigen(a matrix[float64]) ([]float64, bool) {
	w := make([]float64, a.rows)
	s := blas64.Symmetric{N: a.rows, Stride: a.rs, Data: a.lines(), Uplo: blas.Lower}
	size := make([]float64, 1)
	lapack64.Syev(lapack.EVCompute, s, w, size, -1)
	work := make([]float64, int(size[0]))
	return w, lapack64.Syev(lapack.EVCompute, s, w, work, len(work))
}

// singular destroys a and returns its thin singular value decomposition: u is
// m×k, vt k×n. It reports whether it converged.
func singular(a matrix[float64]) (u matrix[float64], s []float64, vt matrix[float64], ok bool) {
	k := min(a.rows, a.cols)
	u, s, vt = newMatrix[float64](a.rows, k), make([]float64, k), newMatrix[float64](k, a.cols)
	general := func(x matrix[float64]) blas64.General {
		return blas64.General{Rows: x.rows, Cols: x.cols, Stride: x.rs, Data: x.lines()}
	}
	size := make([]float64, 1)
	lapack64.Gesvd(lapack.SVDStore, lapack.SVDStore, general(a), general(u), general(vt), s, size, -1)
	work := make([]float64, int(size[0]))
	ok = lapack64.Gesvd(lapack.SVDStore, lapack.SVDStore, general(a), general(u), general(vt), s, work, len(work))
	return u, s, vt, ok
}
