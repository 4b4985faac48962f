package kerneltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// Layout is a way in which the elements of a block can lie in memory.
type Layout int

// The layouts. Around the elements of all but the first lies poison.
const (
	RowMajor   Layout = iota
	Transposed        // stored with the axes reversed
	Padded            // rows are longer than they need be
	Unaligned         // starts one element into its memory
	Strided           // every second element of the last axis
	Reversed          // stored backwards
	Layouts           // how many there are
)

// String names the layout.
func (l Layout) String() string {
	return [Layouts]string{"row-major", "transposed", "padded", "unaligned", "strided", "reversed"}[l]
}

// Arrange returns a block with the elements of b in the given layout. The
// caller releases it.
func Arrange(t testing.TB, mem kernels.Allocator, b *kernels.Block, l Layout) *kernels.Block {
	t.Helper()
	shape := b.Shape()
	n := len(shape)
	if n == 0 || l == RowMajor {
		return must(kernels.Clone(mem, b))(t)
	}
	cut := kernels.SliceSpec{Start: make([]int, n), Count: slices.Clone(shape), Step: make([]int, n), Drop: make([]bool, n)}
	room := slices.Clone(shape)
	for i := range room {
		cut.Step[i] = 1
	}
	last := n - 1
	switch l {
	case Transposed:
		slices.Reverse(room)
		slices.Reverse(cut.Count)
	case Padded:
		room[last] += 3
	case Unaligned:
		room[0]++
		room[last]++
		cut.Start[last] = 1
	case Strided:
		room[last] = 2*room[last] + 1
		cut.Start[last], cut.Step[last] = 1, 2
	case Reversed:
		for i := range room {
			cut.Start[i], cut.Step[i] = max(room[i]-1, 0), -1
		}
	}
	whole := must(kernels.NewBlock(mem, b.DType(), room...))(t)
	defer whole.Release()
	view := must(whole.Slice(cut))(t)
	if l == Transposed {
		defer view.Release()
		view = must(view.Transpose())(t)
	}
	if err := kernels.Assign(view, b); err != nil {
		t.Fatalf("kerneltest: arranging %v %v: %v", b, l, err)
	}
	return view
}

// must turns a pair of results into the first, or fails the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatalf("kerneltest: %v", err)
		}
		return v
	}
}

// Normal returns a row-major block of normally distributed numbers, of Float64
// or Float32. The caller releases it.
func Normal(t testing.TB, mem kernels.Allocator, rng *rand.Rand, dt kernels.DType, shape ...int) *kernels.Block {
	t.Helper()
	b := must(kernels.NewBlock(mem, dt, shape...))(t)
	fill(b, func(int) float64 { return rng.NormFloat64() })
	return b
}

// fill sets element i of a contiguous block of real numbers to f(i).
func fill(b *kernels.Block, f func(i int) float64) {
	switch b.DType() {
	case kernels.Float64:
		setAll[float64](b, f)
	case kernels.Float32:
		setAll[float32](b, f)
	case kernels.Int64:
		setAll[int64](b, f)
	case kernels.Int32:
		setAll[int32](b, f)
	case kernels.Uint8:
		setAll[uint8](b, f)
	default:
		panic(fmt.Sprintf("kerneltest: fill of %v", b))
	}
}

func setAll[T kernels.Real](b *kernels.Block, f func(i int) float64) {
	data := kernels.Data[T](b)
	for i := range data {
		data[i] = T(f(i))
	}
}

// Floats returns the elements of a block of real numbers or bools as float64,
// in row-major order.
func Floats(t testing.TB, b *kernels.Block) []float64 {
	t.Helper()
	f := must(kernels.AsType(kernels.DefaultAllocator(), b, kernels.Float64))(t)
	defer f.Release()
	c := must(kernels.Contiguous(kernels.DefaultAllocator(), f))(t)
	defer c.Release()
	return slices.Clone(kernels.Data[float64](c))
}
