package kernels_test

import (
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

var portable = kerneltest.LinearAlgebra{Gemm: kernels.Gemm, Syrk: kernels.Syrk, Trsm: kernels.Trsm, Potrf: kernels.Potrf}

func TestGemmSuite(t *testing.T)  { kerneltest.Gemm(t, portable) }
func TestSyrkSuite(t *testing.T)  { kerneltest.Syrk(t, portable) }
func TestTrsmSuite(t *testing.T)  { kerneltest.Trsm(t, portable) }
func TestPotrfSuite(t *testing.T) { kerneltest.Potrf(t, portable) }

func TestReduceSuite(t *testing.T) {
	kerneltest.Reduce(t, kerneltest.Reductions{Partial: kernels.Partial, Combine: kernels.Combine, Finish: kernels.Finish})
	kerneltest.Norms(t, kerneltest.Reductions{Partial: kernels.Partial, Combine: kernels.Combine, Finish: kernels.Finish})
}

func TestRandomSuite(t *testing.T) { kerneltest.Random(t, kernels.Random) }
