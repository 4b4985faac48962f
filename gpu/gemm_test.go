package gpu_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestGemm runs the suite that every gemm passes.
func TestGemm(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		kerneltest.Gemm(t, kerneltest.LinearAlgebra{
			Gemm: func(mem kernels.Allocator, _ int, s kernels.GemmSpec, c *kernels.Block, ab ...*kernels.Block) (*kernels.Block, error) {
				var in []graph.Value
				if c != nil {
					in = append(in, c)
				}
				for _, b := range ab {
					in = append(in, b)
				}
				x, err := run(background(mem), l, gpu.OpGemm, s.Append(nil), in...)
				if err != nil {
					return nil, err
				}
				return toHost(t, mem, x), nil
			},
		})
	})
}

func TestGemmRefuses(t *testing.T) {
	l := newLane(t, gpu.FakeOptions{})
	a, row := floats(t, make([]float64, 6), 2, 3), floats(t, make([]float64, 3))
	square := floats(t, make([]float64, 9), 3, 3)
	whole, err := kernels.FromSlice(make([]int64, 4), 2, 2)
	check(t, err)
	sum := kernels.GemmSpec{Alpha: 1, Accumulate: true}
	for _, c := range []struct {
		spec kernels.GemmSpec
		in   []graph.Value
		err  error
		says string
	}{
		{plain, []graph.Value{a, a}, kernels.ErrShape, "float64[2 3]"},
		{plain, []graph.Value{a, row}, kernels.ErrShape, "float64[3]"},
		{plain, []graph.Value{whole, whole}, gpu.ErrNoGPU, "gemm of int64[2 2]"},
		{sum, []graph.Value{row, a, square}, kernels.ErrShape, "adding a 2×3 product to float64[3]"},
		{sum, []graph.Value{a, a}, kernels.ErrShape, "1 factors"},
		{plain, []graph.Value{a}, nil, "1 blocks, want at least 2"},
		{plain, []graph.Value{a, graph.Raw("x")}, nil, "graph.Raw"},
	} {
		_, err := run(context.Background(), l, gpu.OpGemm, c.spec.Append(nil), c.in...)
		if err == nil || c.err != nil && !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("gemm of %v: %v, want %v saying %q", c.in, err, c.err, c.says)
		}
	}
	check(t, l.Close())
}
