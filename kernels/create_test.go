package kernels_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestCreate makes parts of each pattern, and what a type does not hold.
func TestCreate(t *testing.T) {
	mem := kerneltest.Alloc(t)
	for _, c := range []struct {
		spec kernels.CreateSpec
		want []float64
	}{
		{kernels.CreateSpec{DType: kernels.Float32, A: 2.5, Shape: []int{2}}, []float64{2.5, 2.5}},
		{kernels.CreateSpec{Pattern: kernels.Ramp, DType: kernels.Int64, A: 1, B: -2, Shape: []int{3}, Offset: []int{10}}, []float64{-19, -21, -23}},
		{kernels.CreateSpec{Pattern: kernels.Identity, DType: kernels.Uint8, Shape: []int{3, 2}, Offset: []int{4, 5}}, []float64{0, 0, 1, 0, 0, 1}},
		{kernels.CreateSpec{Pattern: kernels.Identity, DType: kernels.Float64, Shape: []int{1, 2}, Offset: []int{0, 5}}, []float64{0, 0}},
	} {
		b, err := kernels.Create(mem, c.spec)
		if err != nil {
			t.Fatalf("%+v: %v", c.spec, err)
		}
		if got := kerneltest.Floats(t, b); !slices.Equal(got, c.want) || b.DType() != c.spec.DType {
			t.Errorf("%+v: %v of %v, want %v", c.spec, got, b.DType(), c.want)
		}
		b.Release()
	}
	if _, err := kernels.Create(mem, kernels.CreateSpec{DType: kernels.Uint8, A: 256, Shape: []int{1}}); !errors.Is(err, kernels.ErrRange) {
		t.Errorf("256 in a byte: %v", err)
	}
}
