package gpu_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestSum compares with kernels.Reduce over every set of axes.
func TestSum(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		mem := kerneltest.Alloc(t)
		rng := rand.New(rand.NewPCG(3, 4))
		for _, shape := range [][]int{{1}, {7}, {0, 3}, {4, 1, 6}, {5, 33, 7, 2}, {2, 0, 3}, {70001}, {5000, 9}} {
			for set := range 1 << len(shape) {
				var axes []int
				for i := range shape {
					if set>>i&1 == 1 {
						axes = append(axes, i)
					}
				}
				for _, dt := range []kernels.DType{kernels.Float64, kernels.Float32} {
					s := kernels.ReduceSpec{Op: kernels.Sum, DType: dt, Axes: axes, KeepDims: set&1 == 1}
					b := kerneltest.Normal(t, mem, rng, dt, shape...)
					sumAgrees(t, l, mem, s, b)
					b.Release()
				}
			}
		}
	})
}

func sumAgrees(t *testing.T, l *gpu.Lane, mem kernels.Allocator, s kernels.ReduceSpec, b *kernels.Block) {
	t.Helper()
	want, err := kernels.Reduce(mem, s, b)
	check(t, err)
	defer want.Release()
	ctx, attr := background(mem), s.Append(nil)
	state, err := run(ctx, l, gpu.OpReduce, attr, b)
	check(t, err)
	defer state.Release()
	x, err := run(ctx, l, gpu.OpFinish, attr, state)
	check(t, err)
	got := toHost(t, mem, x)
	defer got.Release()
	if !slices.Equal(got.Shape(), want.Shape()) || got.DType() != want.DType() {
		t.Fatalf("%+v of %v is %v, want %v", s, b, got, want)
	}
	tol := map[kernels.DType]float64{kernels.Float64: 1e-11, kernels.Float32: 1e-5}[s.DType]
	g, w := kerneltest.Floats(t, got), kerneltest.Floats(t, want)
	for i := range w {
		if !(math.Abs(g[i]-w[i]) <= tol*(1+math.Abs(w[i]))) {
			t.Fatalf("%+v of %v: element %d is %v, want %v", s, b, i, g[i], w[i])
		}
	}
}

// TestSumsCombine adds a state made on the device to one made on the CPU.
func TestSumsCombine(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		mem := kerneltest.Alloc(t)
		ctx := background(mem)
		s := kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Float32, Axes: []int{0}}
		b, err := kernels.FromSlice([]float32{1, 2, 3, 4}, 2, 2)
		check(t, err)
		near, err := run(ctx, l, gpu.OpReduce, s.Append(nil), b)
		check(t, err)
		defer near.Release()
		far, err := kernels.Partial(mem, s, b)
		check(t, err)
		defer far.Release()
		many := slices.Repeat([]graph.Value{near, far}, 50)
		both, err := run(ctx, l, gpu.OpCombine, s.Append(nil), many...)
		check(t, err)
		state := toHost(t, mem, both)
		defer state.Release()
		got, err := kernels.Finish(mem, s, state)
		check(t, err)
		defer got.Release()
		if d := kernels.Data[float32](got); !slices.Equal(d, []float32{400, 600}) {
			t.Errorf("a hundred states of 4 and 6 make %v", d)
		}
	})
}

func TestSumRefuses(t *testing.T) {
	l := newLane(t, gpu.FakeOptions{})
	b := floats(t, make([]float64, 6), 2, 3)
	for _, c := range []struct {
		spec kernels.ReduceSpec
		err  error
		says string
	}{
		{kernels.ReduceSpec{Op: kernels.Max, DType: kernels.Float64}, gpu.ErrNoGPU, "max of float64"},
		{kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Int64}, gpu.ErrNoGPU, "sum of int64"},
		{kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Float64, Axes: []int{2}}, kernels.ErrShape, "axes [2] of float64[2 3]"},
		{kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Float32}, kernels.ErrShape, "float64[2 3]"},
	} {
		_, err := run(background(kernels.DefaultAllocator()), l, gpu.OpReduce, c.spec.Append(nil), b)
		if !errors.Is(err, c.err) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%+v: %v, want %v saying %q", c.spec, err, c.err, c.says)
		}
	}
	check(t, l.Close())
}
