package expr

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels"
	"pgregory.net/rapid"
)

// drawBlock makes a block of float64 counting up from base that broadcasts to
// shape: some axes are 1 or missing, some order is transposed, some steps are
// not 1 or negative.
func drawBlock(t *rapid.T, shape []int, base float64) *kernels.Block {
	own := slices.Clone(shape[rapid.IntRange(0, len(shape)).Draw(t, "missing"):])
	for i := range own {
		if rapid.IntRange(0, 3).Draw(t, "broadcast") == 0 {
			own[i] = 1
		}
	}
	if len(own) == 0 {
		return kernels.Scalar(base)
	}
	// Lay it out in another order of axes, twice as long in each.
	order := rapid.Permutation(counting(len(own))).Draw(t, "order")
	stored := make([]int, len(own))
	for i, axis := range order {
		stored[i] = 2 * own[axis]
	}
	size := 1
	for _, n := range stored {
		size *= n
	}
	data := make([]float64, size)
	for i := range data {
		data[i] = base + float64(i)
	}
	b := must(kernels.FromSlice(data, stored...))
	back := make([]int, len(own))
	for i, axis := range order {
		back[axis] = i
	}
	turned := must(b.Transpose(back...))
	return must(turned.Slice(drawCut(t, own)))
}

// drawCut takes n of 2n positions an axis, in any steps.
func drawCut(t *rapid.T, shape []int) kernels.SliceSpec {
	s := kernels.SliceSpec{Drop: make([]bool, len(shape))}
	for _, n := range shape {
		step := rapid.SampledFrom([]int{1, 1, 2, -1, -2}).Draw(t, "step")
		start := 0
		if step < 0 && n > 0 {
			start = -step*n - 1
		}
		s.Start, s.Count, s.Step = append(s.Start, start), append(s.Count, n), append(s.Step, step)
	}
	return s
}

func counting(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func eachIndex(shape []int, visit func(at []int)) {
	at := make([]int, len(shape))
	for {
		for _, n := range shape {
			if n == 0 {
				return
			}
		}
		visit(at)
		axis := len(shape) - 1
		for ; axis >= 0; axis-- {
			if at[axis]++; at[axis] < shape[axis] {
				break
			}
			at[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}

// broadcastAt reads b where it stands for the element at of a larger shape.
func broadcastAt(b *kernels.Block, at []int) float64 {
	own := slices.Clone(at[len(at)-b.NDim():])
	for i, n := range b.Shape() {
		if n == 1 {
			own[i] = 0
		}
	}
	return kernels.At[float64](b, own...)
}

func TestBlocksBroadcastAndStride(t *testing.T) {
	b := NewBuilder()
	x, y, z := b.Input(Float64), b.Input(Float64), b.Input(Float64)
	sum := must(b.Apply(FMA, x, b.Float(3), y))
	p := must(b.Program(sum, must(b.Apply(Lt, x, z)), z, sum))
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SampledFrom([][]int{{}, {1}, {5}, {1500}, {3, 4}, {700, 3}, {2, 1300}, {2, 3, 5}, {2, 0, 3}, {40, 1, 130}, {9, 2, 1, 11}}).Draw(t, "shape")
		in := []*kernels.Block{drawBlock(t, shape, 1), drawBlock(t, shape, 1000), drawBlock(t, shape, 17)}
		shape = must(BroadcastShapes(in[0].Shape(), in[1].Shape(), in[2].Shape()))
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		out, err := EvalBlocks(mem, p, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out {
			if !slices.Equal(o.Shape(), shape) {
				t.Fatalf("output of %v, want %v", o.Shape(), shape)
			}
		}
		eachIndex(shape, func(at []int) {
			vx, vy, vz := broadcastAt(in[0], at), broadcastAt(in[1], at), broadcastAt(in[2], at)
			got, less := kernels.At[float64](out[0], at...), kernels.At[bool](out[1], at...)
			if got != 3*vx+vy || less != (vx < vz) || broadcastAt(out[2], at) != vz || kernels.At[float64](out[3], at...) != got {
				t.Fatalf("at %v: %v and %v of %v, %v, %v", at, got, less, vx, vy, vz)
			}
		})
		for _, o := range out {
			o.Release()
		}
		if left := mem.CurrentAlloc(); left != 0 {
			t.Fatalf("%d bytes are left", left)
		}
	})
}

func TestArraysWrapAroundLikeNumpy(t *testing.T) {
	mem := checkedMem(t)
	b := NewBuilder()
	x, y := b.Input(Int32), b.Input(Uint8)
	narrow := must(b.Cast(x, Uint8))
	p := must(b.Program(must(b.Apply(Add, x, x)), must(b.Apply(Sub, y, b.Int(9))), narrow))
	xs, ys := must(kernels.FromSlice([]int32{1<<31 - 1, -7})), must(kernels.FromSlice([]uint8{3, 200}))
	out := must(EvalBlocks(mem, p, []*kernels.Block{xs, ys}))
	if got := kernels.Data[int32](out[0]); !slices.Equal(got, []int32{-2, -14}) {
		t.Errorf("x+x is %v", got)
	}
	if got := kernels.Data[uint8](out[1]); !slices.Equal(got, []uint8{250, 191}) {
		t.Errorf("y-9 is %v", got)
	}
	if got := kernels.Data[uint8](out[2]); !slices.Equal(got, []uint8{255, 249}) {
		t.Errorf("uint8(x) is %v", got)
	}
	for _, o := range out {
		o.Release()
	}
}

func TestBlockErrors(t *testing.T) {
	mem := checkedMem(t)
	b := NewBuilder()
	x, y := b.Input(Int64), b.Input(Int64)
	p := must(b.Program(must(b.Apply(FloorDiv, x, y))))
	f := NewBuilder()
	toInt := must(f.Program(must(f.Cast(f.Input(Float64), Int32))))
	n := NewBuilder()
	null := must(n.Program(n.Null(Float64)))
	d := NewBuilder()
	date := must(d.Program(must(d.Cast(d.Input(Int64), Date32))))
	ints, two, three := must(kernels.FromSlice([]int64{1, 0})), must(kernels.FromSlice([]int64{1, 0}, 1, 2)), must(kernels.FromSlice([]int64{1, 2, 3}))
	floats, complexes := must(kernels.FromSlice([]float64{1, 3e9})), must(kernels.FromSlice([]complex128{1}))
	for _, c := range []struct {
		p    *Program
		in   []*kernels.Block
		is   error
		want string
	}{
		{p, []*kernels.Block{ints}, ErrInput, "1 blocks for a program of 2 inputs"},
		{p, []*kernels.Block{ints, floats}, ErrInput, "input 1 is float64, the program wants int64"},
		{p, []*kernels.Block{ints, complexes}, ErrType, "no expressions over blocks of complex128"},
		{p, []*kernels.Block{two, three}, ErrInput, "shapes [[1 2] [3]] do not broadcast together"},
		{p, []*kernels.Block{ints, ints}, ErrDivideByZero, "floordiv(0, 0) at element 1"},
		{toInt, []*kernels.Block{floats}, ErrRange, "3e+09 does not fit int32, at element 1"},
		{null, nil, ErrType, "instruction 0 is a null"},
		{date, []*kernels.Block{ints}, ErrType, "output 0: expr: wrong type: no blocks of date32"},
	} {
		if _, err := EvalBlocks(mem, c.p, c.in); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// TestLargeOutputs writes outputs past the caches: all elements, and with a
// last batch that is no whole line.
func TestLargeOutputs(t *testing.T) {
	n := streamFrom/8 + 3
	data := make([]float64, n)
	for i := range data {
		data[i] = float64(i)
	}
	e := NewBuilder()
	x := e.Input(Float64)
	twice := must(e.Apply(Add, x, x))
	p := must(e.Program(twice, must(e.Apply(Neg, twice)), must(e.Apply(Lt, x, e.Float(5)))))
	in := must(kernels.FromSlice(data, n))
	out := must(EvalBlocks(kernels.DefaultAllocator(), p, []*kernels.Block{in}))
	sum, less, small := kernels.Data[float64](out[0]), kernels.Data[float64](out[1]), kernels.Data[bool](out[2])
	for i := range n {
		if sum[i] != 2*float64(i) || less[i] != -2*float64(i) || small[i] != (i < 5) {
			t.Fatalf("element %d is %v, %v, %v", i, sum[i], less[i], small[i])
		}
	}
	for _, b := range append(out, in) {
		b.Release()
	}
}
