package gpu_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"pgregory.net/rapid"
)

// TestMoves cuts and transposes random blocks of every type as package kernels
// does, wrong ones included.
func TestMoves(t *testing.T) {
	types := []kernels.DType{kernels.Float64, kernels.Float32, kernels.Int64, kernels.Int32, kernels.Uint8, kernels.Bool, kernels.Complex128}
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		rapid.Check(t, func(rt *rapid.T) {
			mem := kerneltest.Alloc(t)
			shape := rapid.SliceOfN(rapid.IntRange(0, 6), 0, 4).Draw(rt, "shape")
			b, err := kernels.Zeros(mem, rapid.SampledFrom(types).Draw(rt, "type"), shape...)
			check(rt, err)
			defer b.Release()
			for i, p := 0, kernels.Payload(b); i < len(p); i++ {
				p[i] = byte(i % 2) // a bool, too
				if b.DType() != kernels.Bool {
					p[i] = byte(i * 37)
				}
			}
			var op string
			var attr []byte
			var want *kernels.Block
			if rapid.Bool().Draw(rt, "transpose") {
				s := kernels.TransposeSpec{Axes: drawAxes(rt, len(shape))}
				op, attr = gpu.OpTranspose, s.Append(nil)
				want, err = b.Transpose(s.Axes...)
			} else {
				s := drawSlice(rt, shape)
				op, attr = gpu.OpSlice, s.Append(nil)
				want, err = b.Slice(s)
			}
			x, gpuErr := run(background(mem), l, op, attr, b)
			if err != nil {
				if !errors.Is(gpuErr, kernels.ErrShape) {
					rt.Fatalf("%s of %v: %v, on the CPU %v", op, b, gpuErr, err)
				}
				return
			}
			defer want.Release()
			check(rt, gpuErr)
			got := toHost(t, mem, x)
			defer got.Release()
			dense, err := kernels.Contiguous(mem, want)
			check(rt, err)
			defer dense.Release()
			if !slices.Equal(got.Shape(), want.Shape()) || got.DType() != want.DType() || !bytes.Equal(kernels.Payload(got), kernels.Payload(dense)) {
				rt.Fatalf("%s of %v gives %v, on the CPU %v", op, b, got, want)
			}
		})
	})
}

// drawAxes returns an order of n axes, none, or, at times, a wrong one.
func drawAxes(t *rapid.T, n int) []int {
	axes := []int{}
	for i := range n {
		axes = append(axes, i)
	}
	axes = rapid.Permutation(axes).Draw(t, "axes")
	switch rapid.IntRange(0, 9).Draw(t, "axes are") {
	case 0:
		return nil
	case 1:
		return append(axes, 0)
	}
	return axes
}

// drawSlice returns a cut of a shape that mostly fits.
func drawSlice(t *rapid.T, shape []int) (s kernels.SliceSpec) {
	for _, n := range shape {
		s.Start = append(s.Start, rapid.IntRange(0, max(0, n-1)).Draw(t, "start"))
		s.Count = append(s.Count, rapid.IntRange(0, 3).Draw(t, "count"))
		s.Step = append(s.Step, rapid.IntRange(-2, 2).Draw(t, "step"))
		s.Drop = append(s.Drop, s.Count[len(s.Count)-1] == 1 && rapid.Bool().Draw(t, "drop"))
	}
	return s
}
