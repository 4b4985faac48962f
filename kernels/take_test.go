package kernels_test

import (
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestTakeAndScatter cuts blocks of every layout into parts, takes rows out of
// them and puts others in, beside a loop over elements.
func TestTakeAndScatter(t *testing.T) {
	mem := kerneltest.Alloc(t)
	rng := rand.New(rand.NewPCG(4, 4))
	for _, dt := range []kernels.DType{kernels.Float64, kernels.Float32, kernels.Int32, kernels.Uint8} {
		for _, shape := range [][]int{{17}, {5, 9}, {9, 1}, {3, 4, 5}, {0, 4}, {4, 0}} {
			for axis, n := range shape {
				b := kerneltest.Normal(t, mem, rng, dt, shape...)
				indices := make([]int, rng.IntN(2*n+1))
				for i := range indices {
					indices[i] = rng.IntN(n)
				}
				want := naiveRows(kerneltest.Floats(t, b), shape, axis, indices)
				for l := kerneltest.RowMajor; l < kerneltest.Layouts; l++ {
					view := kerneltest.Arrange(t, mem, b, l)
					cut := rng.IntN(n + 1)
					first, second := part(t, view, axis, 0, cut), part(t, view, axis, cut, n-cut)
					got := ok(kernels.TakeFrom(mem, axis, indices, first, second))(t)
					sameFloats(t, "take", kerneltest.Floats(t, got), want)
					// What was taken goes back to where it came from, in two parts.
					cut = len(indices) / 3
					back := ok(kernels.Scatter(mem, zeroed(t, mem, view), axis, indices, part(t, got, axis, 0, cut), part(t, got, axis, cut, len(indices)-cut)))(t)
					sameFloats(t, "scatter", kerneltest.Floats(t, back), onlyRows(kerneltest.Floats(t, b), shape, axis, indices))
					for _, x := range []*kernels.Block{view, got, back} {
						x.Release()
					}
				}
				b.Release()
			}
		}
	}
}

func part(t *testing.T, b *kernels.Block, axis, from, count int) *kernels.Block {
	t.Helper()
	s := kernels.SliceSpec{}
	for i, n := range b.Shape() {
		if i == axis {
			s.Start, s.Count = append(s.Start, from), append(s.Count, count)
		} else {
			s.Start, s.Count = append(s.Start, 0), append(s.Count, n)
		}
		s.Step, s.Drop = append(s.Step, 1), append(s.Drop, false)
	}
	p := ok(b.Slice(s))(t)
	t.Cleanup(p.Release)
	return p
}

func zeroed(t *testing.T, mem *kerneltest.Allocator, b *kernels.Block) *kernels.Block {
	t.Helper()
	z := ok(kernels.Zeros(mem, b.DType(), b.Shape()...))(t)
	t.Cleanup(z.Release)
	return z
}

// positions calls f for each element with its position along the axis and those
// around it.
func positions(shape []int, axis int, f func(at, outer, k, inner int)) (length int) {
	length = 1
	for _, n := range shape[axis+1:] {
		length *= n
	}
	total := length
	for _, n := range shape[:axis+1] {
		total *= n
	}
	for at := range total {
		f(at, at/length/shape[axis], at/length%shape[axis], at%length)
	}
	return length
}

func naiveRows(xs []float64, shape []int, axis int, indices []int) []float64 {
	out := append([]int{}, shape...)
	out[axis] = len(indices)
	var want []float64
	length := 1
	for _, n := range shape[axis+1:] {
		length *= n
	}
	positions(out, axis, func(_, outer, k, inner int) {
		want = append(want, xs[(outer*shape[axis]+indices[k])*length+inner])
	})
	return want
}

// onlyRows is xs with zeros at positions that indices do not name.
func onlyRows(xs []float64, shape []int, axis int, indices []int) []float64 {
	named := map[int]bool{}
	for _, k := range indices {
		named[k] = true
	}
	want := make([]float64, len(xs))
	positions(shape, axis, func(at, _, k, _ int) {
		if named[k] {
			want[at] = xs[at]
		}
	})
	return want
}

func sameFloats(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%s: element %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestScatterLastCountsAndRefuses(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b, _ := kernels.FromSlice([]int64{1, 2, 3})
	v, _ := kernels.FromSlice([]int64{7, 8, 9})
	got := ok(kernels.Scatter(mem, b, 0, []int{2, 0, 2}, v))(t)
	holds(t, got, []int{3}, int64(8), 2, 9)
	got.Release()
	_, err := kernels.Scatter(mem, b, 0, []int{2, 0}, v)
	refused(t, err, kernels.ErrShape, "3 values for 2 positions", "int64[3]")
	_, err = kernels.Scatter(mem, b, 0, []int{0, 1, 3}, v)
	refused(t, err, kernels.ErrShape, "position 3 (entry 2)")
	f, _ := kernels.FromSlice([]float64{1, 2, 3})
	_, err = kernels.Scatter(mem, b, 0, []int{0, 1, 2}, f)
	refused(t, err, kernels.ErrDType, "float64[3] beside int64[3]")
	m, _ := kernels.FromSlice([]int64{1, 2}, 1, 2)
	_, err = kernels.TakeFrom(mem, 0, []int{0}, b, m)
	refused(t, err, kernels.ErrShape, "int64[1 2] beside int64[3]")
	_, err = kernels.TakeFrom(mem, 0, []int{-1}, b)
	refused(t, err, kernels.ErrShape, "position -1")
	_, err = kernels.TakeFrom(mem, 0, nil)
	refused(t, err, kernels.ErrShape, "no blocks")
}
