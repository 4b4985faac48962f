package kernels_test

import (
	"math"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func TestReduceComplexAndBool(t *testing.T) {
	mem := kerneltest.Alloc(t)
	c, _ := kernels.FromSlice([]complex128{1 + 2i, 3, -1i, 5 + 1i}, 2, 2)
	for _, axis := range []int{0, 1} {
		s := kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Complex128, Axes: []int{axis}}
		got := ok(kernels.Reduce(mem, s, c))(t)
		holds(t, got, []int{2}, [][]complex128{{1 + 1i, 8 + 1i}, {4 + 2i, 5}}[axis]...)
		got.Release()
	}
	b, _ := kernels.FromSlice([]bool{true, false, true, true})
	n := ok(kernels.Reduce(mem, kernels.ReduceSpec{Op: kernels.Sum, DType: kernels.Bool, Axes: []int{0}}, b))(t)
	defer n.Release()
	holds(t, n, nil, int64(3))
	all := ok(kernels.Reduce(mem, kernels.ReduceSpec{Op: kernels.All, DType: kernels.Bool, Axes: []int{0}, KeepDims: true}, b))(t)
	defer all.Release()
	holds(t, all, []int{1}, false)
}

func TestReduceNothing(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b := ok(kernels.NewBlock(mem, kernels.Float64, 0, 2))(t)
	defer b.Release()
	for op, want := range map[kernels.ReduceOp]float64{
		kernels.Sum: 0, kernels.Prod: 1, kernels.Mean: math.NaN(), kernels.Var: math.NaN(), kernels.Any: 0, kernels.All: 1,
		kernels.Norm1: 0, kernels.Norm2: 0,
	} {
		got := ok(kernels.Reduce(mem, kernels.ReduceSpec{Op: op, DType: kernels.Float64, Axes: []int{0}}, b))(t)
		for _, x := range kerneltest.Floats(t, got) {
			if x != want && !(math.IsNaN(x) && math.IsNaN(want)) {
				t.Errorf("%v of nothing is %v, want %v", op, x, want)
			}
		}
		got.Release()
	}
	for _, op := range []kernels.ReduceOp{kernels.Min, kernels.Max, kernels.NormInf, kernels.ArgMin, kernels.ArgMax} {
		_, err := kernels.Reduce(mem, kernels.ReduceSpec{Op: op, DType: kernels.Float64, Axes: []int{0}}, b)
		refused(t, err, kernels.ErrEmpty, op.String())
		got := ok(kernels.Reduce(mem, kernels.ReduceSpec{Op: op, DType: kernels.Float64, Axes: []int{1}}, b))(t)
		if got.Size() != 0 {
			t.Errorf("%v along the other axis of %v: %v", op, b, got)
		}
		got.Release()
	}
}

// TestVarianceIsStable shifts numbers so far that the square of their mean
// drowns their variance.
func TestVarianceIsStable(t *testing.T) {
	mem := kerneltest.Alloc(t)
	xs := make([]float64, 3000)
	for i := range xs {
		xs[i] = 1e9 + float64(i%3)
	}
	for _, shape := range [][]int{{3000}, {3000, 1}, {1000, 3}} {
		b, _ := kernels.FromSlice(xs, shape...)
		s := kernels.ReduceSpec{Op: kernels.Var, DType: kernels.Float64}
		for i := range shape {
			s.Axes = append(s.Axes, i)
		}
		got := ok(kernels.Reduce(mem, s, b))(t)
		if v := kernels.At[float64](got); math.Abs(v-2.0/3) > 1e-9 {
			t.Errorf("variance in shape %v is %v, want 2/3", shape, v)
		}
		got.Release()
	}
}

func TestReduceRefuses(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b, _ := kernels.FromSlice(make([]float64, 6), 2, 3)
	for _, s := range []kernels.ReduceSpec{
		{DType: kernels.Float64, Axes: []int{2}}, {DType: kernels.Float64, Axes: []int{1, 0}}, {DType: kernels.Float64, Axes: []int{0, 0}},
		{DType: kernels.Float64, Global: []int{3, 3}, Offset: []int{2, 0}},
	} {
		_, err := kernels.Reduce(mem, s, b)
		refused(t, err, kernels.ErrShape, "sum", "[2 3]")
	}
	_, err := kernels.Reduce(mem, kernels.ReduceSpec{DType: kernels.Int64}, b)
	refused(t, err, kernels.ErrDType, "float64[2 3]", "int64")
	for op, dt := range map[kernels.ReduceOp]kernels.DType{kernels.Mean: kernels.Complex128, kernels.Min: kernels.Bool, 99: kernels.Float64} {
		_, err := kernels.ReduceSpec{Op: op, DType: dt}.Result()
		refused(t, err, kernels.ErrDType, op.String(), dt.String())
	}
	_, err = kernels.Finish(mem, kernels.ReduceSpec{Op: kernels.Mean, DType: kernels.Float64, Axes: []int{0}}, b)
	refused(t, err, kernels.ErrShape, "state")
	s := kernels.ReduceSpec{DType: kernels.Float64, Axes: []int{0}}
	_, err = kernels.Combine(mem, s)
	refused(t, err, kernels.ErrShape, "no states")
	_, err = kernels.Combine(mem, s, b)
	refused(t, err, kernels.ErrShape, "state 0")
}

func TestRandomRefuses(t *testing.T) {
	mem := kerneltest.Alloc(t)
	spec := func(d kernels.Dist, t kernels.DType, a, b float64) kernels.RandomSpec {
		return kernels.RandomSpec{Dist: d, DType: t, A: a, B: b, Global: []int{4}, Shape: []int{2}, Offset: []int{2}}
	}
	for _, s := range []kernels.RandomSpec{
		spec(kernels.Uniform, kernels.Float64, 2, 1), spec(kernels.Normal, kernels.Float64, 0, -1), spec(kernels.Normal, kernels.Float64, math.NaN(), 1),
		spec(kernels.Integers, kernels.Int64, 0, 0.5), spec(kernels.Integers, kernels.Uint8, -1, 3), spec(kernels.Integers, kernels.Uint8, 0, 257),
		spec(kernels.Integers, kernels.Int64, 0, 0x1p60), spec(kernels.Uniform, kernels.Float64, 0, math.Inf(1)),
	} {
		_, err := kernels.Random(mem, s)
		refused(t, err, kernels.ErrRange, s.Dist.String())
	}
	_, err := kernels.Random(mem, spec(kernels.Uniform, kernels.Int64, 0, 1))
	refused(t, err, kernels.ErrDType, "uniform", "int64")
	s := spec(kernels.Uniform, kernels.Float64, 0, 1)
	s.Offset = []int{3}
	_, err = kernels.Random(mem, s)
	refused(t, err, kernels.ErrShape, "[2] at [3] of [4]")
}

// TestNormsNeitherOverflowNorUnderflow has numbers whose squares do, alone and
// among others, in runs, columns and leaves.
func TestNormsNeitherOverflowNorUnderflow(t *testing.T) {
	mem := kerneltest.Alloc(t)
	for _, n := range []int{1, 5, 511, 512, 513, 2048, 5000} {
		for _, c := range []struct{ even, odd, want float64 }{
			{3e200, 4e200, 5e200}, {3e-200, 4e-200, 5e-200}, {3e-320, 4e-320, 5e-320}, {1e300, 1, 1e300}, {1, 1e-300, 1}, {1e300, 1e-300, 1e300},
			{0, 0, 0}, {0, math.Inf(1), math.Inf(1)}, {math.Inf(-1), 1e-300, math.Inf(1)},
		} {
			for _, shape := range [][]int{{2 * n}, {2 * n, 1}, {n, 2}, {2, n}} {
				xs := make([]float64, 2*n)
				for i := range n {
					xs[2*i], xs[2*i+1] = c.even, -c.odd
				}
				b, _ := kernels.FromSlice(xs, shape...)
				s := kernels.ReduceSpec{Op: kernels.Norm2, DType: kernels.Float64}
				for k := range shape {
					s.Axes = append(s.Axes, k)
				}
				got := ok(kernels.Reduce(mem, s, b))(t)
				want := c.want * math.Sqrt(float64(n))
				if v := kernels.At[float64](got); v != want && !(math.Abs(v-want) <= want*1e-14+0x1p-1072*math.Sqrt(float64(n))) {
					t.Errorf("norm of %d times %v and %v in shape %v is %v, want %v", n, c.even, c.odd, shape, v, want)
				}
				got.Release()
			}
		}
	}
}
