package suite

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/kernels"
)

// randomMatrix returns an m×n block of U(0,1) from the seed, and writes its
// values to the file, if one is named, row after row, for peers to read.
func randomMatrix[T kernels.Float](seed uint64, m, n int, file string) (*kernels.Block, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	data := make([]T, m*n)
	for i := range data {
		data[i] = T(r.Float64())
	}
	b, err := kernels.FromSlice(data, m, n)
	if err != nil {
		return nil, err
	}
	if file == "" {
		return b, nil
	}
	if err := os.WriteFile(file, kernels.Payload(b), 0o644); err != nil {
		b.Release()
		return nil, fmt.Errorf("bench: the matrix for the peers: %w", err)
	}
	return b, nil
}

// digestMatrix gives the figures that a product is compared by. The weights
// tell rows and columns apart; gemm.py has the same.
func digestMatrix[T kernels.Float](m, n int, c []T) harness.Answer {
	var sum, weighted, squares float64
	for i := range m {
		var row float64
		for j, v := range c[i*n : (i+1)*n] {
			x := float64(v)
			sum += x
			squares += x * x
			row += x * float64(1+j%11)
		}
		weighted += row * float64(1+i%7)
	}
	return harness.Answer{"sum": sum, "weighted": weighted, "squares": squares}
}

// checkProduct tells by a random vector x whether C is A·B: C·x must be
// A·(B·x), which costs a pass over each (Freivalds 1977).
func checkProduct[T kernels.Float](size product, a, b, c []T) error {
	x := randomVector(size.n)
	want := times(size.m, size.k, a, times(size.k, size.n, b, x))
	got := times(size.m, size.n, c, x)
	epsilon := 0x1p-52
	if _, single := any(c).([]float32); single {
		epsilon = 0x1p-23
	}
	// All terms are positive, so that rounding errors stay relative to the sum.
	return sameVectors("the product", got, want, epsilon*float64(size.k))
}

func randomVector(n int) []float64 {
	r := rand.New(rand.NewPCG(3, 0))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.Float64()
	}
	return x
}

// sameVectors compares what a random vector becomes. What is multiplied is
// positive throughout, so that rounding errors stay relative to each sum.
func sameVectors(what string, got, want []float64, tolerance float64) error {
	for i := range want {
		if !near(got[i], want[i], tolerance) {
			return fmt.Errorf("bench: %s is wrong: row %d times a vector is %v, want %v", what, i, got[i], want[i])
		}
	}
	return nil
}

func near(x, y, tolerance float64) bool { return math.Abs(x-y) <= tolerance*math.Abs(y) }

// times is the m×n matrix a times the vector x.
func times[T kernels.Float](m, n int, a []T, x []float64) []float64 {
	y := make([]float64, m)
	for i := range y {
		for j, v := range a[i*n : (i+1)*n] {
			y[i] += float64(v) * x[j]
		}
	}
	return y
}
