package kernels_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestDotProduct multiplies rows by columns of all lengths around leaves, beside
// exact sums, and again from strided memory, which must not change a bit.
func TestDotProduct(t *testing.T) {
	mem, rng := kerneltest.Alloc(t), rand.New(rand.NewPCG(8, 8))
	for _, n := range []int{1, 2, 31, 511, 512, 513, 1023, 1024, 1025, 5000, 64*512 + 1, 100_003} {
		x, y := make([]float64, 2*n), make([]float64, n)
		exact, size := new(big.Float).SetPrec(200), 0.0
		for i := range n {
			x[2*i], y[i] = rng.NormFloat64(), rng.NormFloat64()
			x[2*i+1] = math.NaN()
			exact.Add(exact, new(big.Float).SetPrec(200).Mul(big.NewFloat(x[2*i]), big.NewFloat(y[i])))
			size += math.Abs(x[2*i] * y[i])
		}
		wide := ok(kernels.FromSlice(x, 1, n, 2))(t)
		strided := ok(wide.Index(2, 0))(t)
		row := ok(kernels.Contiguous(mem, strided))(t)
		column := ok(kernels.FromSlice(y, n, 1))(t)
		want, _ := exact.Float64()
		var answers []float64
		for _, a := range []*kernels.Block{row, strided} {
			got := ok(kernels.Gemm(mem, 1, kernels.GemmSpec{Alpha: 1}, nil, a, column))(t)
			answers = append(answers, kernels.At[float64](got, 0, 0))
			got.Release()
		}
		if answers[0] != answers[1] {
			t.Errorf("%d products: %v, from strided memory %v", n, answers[0], answers[1])
		}
		if !(math.Abs(answers[0]-want) <= 0x1p-53*40*size) {
			t.Errorf("%d products: %v, exactly %v", n, answers[0], want)
		}
		for _, b := range []*kernels.Block{wide, strided, row, column} {
			b.Release()
		}
	}
}
