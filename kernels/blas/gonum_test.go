package blas

import (
	"testing"

	"gonum.org/v1/gonum/blas/testblas"
)

// gonum's own suites.

func TestDgemm(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.TestDgemm(t, x) })
}

func TestDsyrk(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.DsyrkTest(t, x) })
}

func TestDsyr2k(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.Dsyr2kTest(t, x) })
}

func TestDsymm(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.DsymmTest(t, x) })
}

func TestDtrmm(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.DtrmmTest(t, x) })
}

func TestDtrsm(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.DtrsmTest(t, x) })
}
