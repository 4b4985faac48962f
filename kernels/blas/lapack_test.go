package blas

import (
	"testing"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	lapack "gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/lapack/testlapack"
)

// TestFactorizations runs gonum's suites of its own LAPACK on this BLAS.
func TestFactorizations(t *testing.T) {
	defer blas64.Use(gonum.Implementation{})
	each(t, func(t *testing.T, x Implementation) {
		if testing.Short() && x.Threads > 1 {
			t.Skip("with -short on one thread only")
		}
		blas64.Use(x)
		t.Run("Dpotrf", func(t *testing.T) { testlapack.DpotrfTest(t, lapack.Implementation{}) })
		t.Run("Dgetrf", func(t *testing.T) { testlapack.DgetrfTest(t, lapack.Implementation{}) })
		t.Run("Dgeqrf", func(t *testing.T) { testlapack.DgeqrfTest(t, lapack.Implementation{}) })
		t.Run("Dtrtri", func(t *testing.T) { testlapack.DtrtriTest(t, lapack.Implementation{}) })
	})
}
