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

// hosted makes a function of host blocks of an op on a lane.
func hosted(t *testing.T, l *gpu.Lane, mem kernels.Allocator, op string, attr []byte, in ...*kernels.Block) (*kernels.Block, error) {
	vs := make([]graph.Value, len(in))
	for i, b := range in {
		vs[i] = b
	}
	x, err := run(background(mem), l, op, attr, vs...)
	if err != nil {
		return nil, err
	}
	return toHost(t, mem, x), nil
}

// notEmulated leaves out what takes minutes on the emulated device of package
// cuda; package devicetest has its kernels, and the fake device all of it.
func notEmulated(t *testing.T, l *gpu.Lane) {
	if l.Device().Info().Name == "emulator" {
		t.Cleanup(func() { _ = l.Close() })
		t.Skip("takes minutes on the emulator")
	}
}

// TestReduceSuite is that of package kernels.
func TestReduceSuite(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		notEmulated(t, l)
		kerneltest.Reduce(t, kerneltest.Reductions{
			Partial: func(mem kernels.Allocator, s kernels.ReduceSpec, b *kernels.Block) (*kernels.Block, error) {
				return hosted(t, l, mem, gpu.OpReduce, s.Append(nil), b)
			},
			Combine: func(mem kernels.Allocator, s kernels.ReduceSpec, states ...*kernels.Block) (*kernels.Block, error) {
				return hosted(t, l, mem, gpu.OpCombine, s.Append(nil), states...)
			},
			Finish: func(mem kernels.Allocator, s kernels.ReduceSpec, state *kernels.Block) (*kernels.Block, error) {
				return hosted(t, l, mem, gpu.OpFinish, s.Append(nil), state)
			},
		})
	})
}

// TestLongReductions are cut into slices.
func TestLongReductions(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		mem := kerneltest.Alloc(t)
		rng := rand.New(rand.NewPCG(3, 4))
		for _, op := range []kernels.ReduceOp{kernels.Sum, kernels.Max, kernels.Var, kernels.ArgMin, kernels.Any} {
			for _, shape := range [][]int{{9001}, {5000, 3}, {2, 5000, 2}} {
				axis := len(shape) / 2 % len(shape)
				if len(shape) == 2 {
					axis = 0
				}
				s := kernels.ReduceSpec{Op: op, DType: kernels.Float64, Axes: []int{axis}}
				b := kerneltest.Normal(t, mem, rng, s.DType, shape...)
				reduceAgrees(t, l, mem, s, b)
				b.Release()
			}
		}
	})
}

func reduceAgrees(t *testing.T, l *gpu.Lane, mem kernels.Allocator, s kernels.ReduceSpec, b *kernels.Block) {
	t.Helper()
	want, err := kernels.Reduce(mem, s, b)
	check(t, err)
	defer want.Release()
	state, err := run(background(mem), l, gpu.OpReduce, s.Append(nil), b)
	check(t, err)
	defer state.Release()
	x, err := run(background(mem), l, gpu.OpFinish, s.Append(nil), state)
	check(t, err)
	got := toHost(t, mem, x)
	defer got.Release()
	if !slices.Equal(got.Shape(), want.Shape()) || got.DType() != want.DType() {
		t.Fatalf("%+v of %v is %v, want %v", s, b, got, want)
	}
	g, w := kerneltest.Floats(t, got), kerneltest.Floats(t, want)
	for i := range w {
		if !(math.Abs(g[i]-w[i]) <= 1e-11*(1+math.Abs(w[i]))) {
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

func TestReduceRefuses(t *testing.T) {
	l := newLane(t, gpu.FakeOptions{})
	b := floats(t, make([]float64, 6), 2, 3)
	none := floats(t, nil, 0, 3)
	for _, c := range []struct {
		op   string
		spec kernels.ReduceSpec
		in   *kernels.Block
		err  error
		says string
	}{
		{gpu.OpReduce, kernels.ReduceSpec{Op: kernels.Max, DType: kernels.Complex128}, b, kernels.ErrDType, "max of complex128"},
		{gpu.OpReduce, kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Complex128}, b, gpu.ErrNoGPU, "sum of complex128"},
		{gpu.OpReduce, kernels.ReduceSpec{Op: kernels.Norm2, DType: kernels.Float64}, b, gpu.ErrNoGPU, "norm2 of float64"},
		{gpu.OpReduce, kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Float64, Axes: []int{2}}, b, kernels.ErrShape, "axes [2] of float64[2 3]"},
		{gpu.OpReduce, kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Float32}, b, kernels.ErrDType, "float64[2 3]"},
		{gpu.OpReduce, kernels.ReduceSpec{Op: kernels.ArgMax, DType: kernels.Float64, Global: []int{4, 4}, Offset: []int{3, 0}}, b, kernels.ErrShape, "at [3 0] of [4 4]"},
		{gpu.OpCombine, kernels.ReduceSpec{Op: kernels.Mean, DType: kernels.Float64}, none, nil, ""},
		{gpu.OpCombine, kernels.ReduceSpec{Op: kernels.ArgMax, DType: kernels.Float64}, b, kernels.ErrDType, "a state is int64"},
		{gpu.OpFinish, kernels.ReduceSpec{Op: kernels.Var, DType: kernels.Float64, Axes: []int{0}}, b, kernels.ErrShape, "var over axes [0]"},
	} {
		x, err := run(background(kernels.DefaultAllocator()), l, c.op, c.spec.Append(nil), c.in)
		if err == nil {
			x.Release()
		}
		if !errors.Is(err, c.err) || c.err != nil && !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s %+v: %v, want %v saying %q", c.op, c.spec, err, c.err, c.says)
		}
	}
	check(t, l.Close())
}
