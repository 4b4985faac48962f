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

func TestDgemv(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.DgemvTest(t, x) })
}

func TestDger(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) { testblas.DgerTest(t, x) })
}

func TestVectors(t *testing.T) {
	each(t, func(t *testing.T, x Implementation) {
		testblas.DaxpyTest(t, x)
		testblas.DscalTest(t, x)
		testblas.DdotTest(t, x)
		testblas.DasumTest(t, x)
		testblas.Dnrm2Test(t, x)
	})
}
