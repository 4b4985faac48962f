package gpu_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"pgregory.net/rapid"
)

// linearAlgebra is that of a lane; Syrk, which is no op, is left out.
func linearAlgebra(t *testing.T, l *gpu.Lane) kerneltest.LinearAlgebra {
	return kerneltest.LinearAlgebra{
		Trsm: func(mem kernels.Allocator, _ int, s kernels.TrsmSpec, a, b *kernels.Block) (*kernels.Block, error) {
			return hosted(t, l, mem, gpu.OpTrsm, s.Append(nil), a, b)
		},
		Potrf: func(mem kernels.Allocator, _ int, a *kernels.Block) (*kernels.Block, error) {
			return hosted(t, l, mem, gpu.OpPotrf, nil, a)
		},
	}
}

func TestTrsmSuite(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		notEmulated(t, l)
		kerneltest.Trsm(t, linearAlgebra(t, l))
	})
}

func TestPotrfSuite(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		notEmulated(t, l)
		kerneltest.Potrf(t, linearAlgebra(t, l))
	})
}

func TestRandomSuite(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		kerneltest.Random(t, func(mem kernels.Allocator, s kernels.RandomSpec) (*kernels.Block, error) {
			return hosted(t, l, mem, gpu.OpRandom, s.Append(nil))
		})
	})
}

// TestAssemble puts random pieces together as the CPU does.
func TestAssemble(t *testing.T) {
	op, err := graph.Lookup(array.OpAssemble)
	check(t, err)
	types := []kernels.DType{kernels.Float64, kernels.Float32, kernels.Uint8, kernels.Complex128}
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		rapid.Check(t, func(rt *rapid.T) {
			mem := kerneltest.Alloc(t)
			s := kernels.AssembleSpec{Lengths: make([][]int, rapid.IntRange(0, 3).Draw(rt, "axes"))}
			count := 1
			for i := range s.Lengths {
				s.Lengths[i] = rapid.SliceOfN(rapid.IntRange(0, 5), 1, 3).Draw(rt, "lengths")
				count *= len(s.Lengths[i])
			}
			dt := rapid.SampledFrom(types).Draw(rt, "type")
			in := make(graph.List, count)
			for k := range in {
				shape, rest := make([]int, len(s.Lengths)), k
				for i := len(shape) - 1; i >= 0; i-- {
					shape[i] = s.Lengths[i][rest%len(s.Lengths[i])]
					rest /= len(s.Lengths[i])
				}
				b, err := kernels.Zeros(mem, dt, shape...)
				check(rt, err)
				for i, p := 0, kernels.Payload(b); i < len(p); i++ {
					p[i] = byte(i*7 + k*50)
				}
				in[k] = b
			}
			defer in.Release()
			want, err := op.CPU(background(mem), &graph.Call{Attr: s.Append(nil), In: in, Threads: 1})
			check(rt, err)
			defer want.Release()
			x, err := run(background(mem), l, gpu.OpAssemble, s.Append(nil), in...)
			check(rt, err)
			got := toHost(t, mem, x)
			defer got.Release()
			if w := want.(*kernels.Block); got.String() != w.String() || !bytes.Equal(kernels.Payload(got), kernels.Payload(w)) {
				rt.Fatalf("pieces %v make %v, on the CPU %v", s.Lengths, got, w)
			}
		})
	})
}

func TestMatricesRefuse(t *testing.T) {
	l := newLane(t, gpu.FakeOptions{})
	a, wide, row := floats(t, make([]float64, 4), 2, 2), floats(t, make([]float64, 6), 2, 3), floats(t, make([]float64, 3), 3)
	whole, err := kernels.FromSlice(make([]int64, 4), 2, 2)
	check(t, err)
	pieces := kernels.AssembleSpec{Lengths: [][]int{{2}, {2, 3}}}.Append(nil)
	for _, c := range []struct {
		op   string
		attr []byte
		in   []graph.Value
		err  error
		says string
	}{
		{gpu.OpPotrf, nil, []graph.Value{wide}, kernels.ErrShape, "not square"},
		{gpu.OpPotrf, nil, []graph.Value{whole}, gpu.ErrNoGPU, "potrf of int64[2 2]"},
		{gpu.OpPotrf, nil, []graph.Value{a}, kernels.ErrNotPositiveDefinite, "minor of order 1"},
		{gpu.OpTrsm, kernels.TrsmSpec{Right: true}.Append(nil), []graph.Value{a, wide}, kernels.ErrShape, "on the right: true"},
		{gpu.OpTrsm, kernels.TrsmSpec{}.Append(nil), []graph.Value{a, row}, kernels.ErrShape, "float64[3]"},
		{gpu.OpAssemble, pieces, []graph.Value{a}, kernels.ErrShape, "1 blocks"},
		{gpu.OpAssemble, pieces, []graph.Value{a, a}, kernels.ErrShape, "place [0 1]"},
		{gpu.OpAssemble, pieces, []graph.Value{a, row}, kernels.ErrShape, "float64[3]"},
		{gpu.OpRandom, kernels.RandomSpec{DType: kernels.Int64}.Append(nil), nil, kernels.ErrDType, "uniform numbers as int64"},
	} {
		_, err := run(background(kernels.DefaultAllocator()), l, c.op, c.attr, c.in...)
		if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v saying %q", c.op, err, c.err, c.says)
		}
	}
	check(t, l.Close())
}
