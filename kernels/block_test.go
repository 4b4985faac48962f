package kernels_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// ok returns v, or fails the test.
func ok[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// refused checks that err wraps kind and its message has the given parts.
func refused(t testing.TB, err, kind error, parts ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want one that wraps %q", err, kind)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}

// counting returns the block 0, 1, 2, … of the given shape.
func counting(t testing.TB, mem kernels.Allocator, shape ...int) *kernels.Block {
	t.Helper()
	b := ok(kernels.NewBlock(mem, kernels.Int64, shape...))(t)
	for i := range kernels.Data[int64](b) {
		kernels.Data[int64](b)[i] = int64(i)
	}
	return b
}

// elements returns the elements of a block by asking for each of them.
func elements[T kernels.Element](b *kernels.Block) []T {
	out := []T{}
	at := make([]int, b.NDim())
	for range b.Size() {
		out = append(out, kernels.At[T](b, at...))
		for i := len(at) - 1; i >= 0; i-- {
			if at[i]++; at[i] < b.Shape()[i] {
				break
			}
			at[i] = 0
		}
	}
	return out
}

// holds checks shape and elements.
func holds[T kernels.Element](t testing.TB, b *kernels.Block, shape []int, want ...T) {
	t.Helper()
	if !slices.Equal(b.Shape(), shape) || !slices.Equal(elements[T](b), want) {
		t.Errorf("%v holds %v, want %v %v", b, elements[T](b), shape, want)
	}
}

func TestBlockBasics(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b := counting(t, mem, 2, 3)
	if b.DType() != kernels.Int64 || b.Size() != 6 || b.NDim() != 2 || b.Bytes() != 48 || b.String() != "int64[2 3]" {
		t.Errorf("%v: %d elements, %d axes, %d bytes", b, b.Size(), b.NDim(), b.Bytes())
	}
	b.Retain()
	b.Release()
	if kernels.At[int64](b, 1, 2) != 5 {
		t.Error("the element at 1, 2 is not 5")
	}
	b.Release()
	for what, f := range map[string]func(){"Retain": b.Retain, "Release": b.Release} { // in either order
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s after the last reference did not panic", what)
				}
			}()
			f()
		}()
	}
}

func TestBlockOfNothing(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b := ok(kernels.NewBlock(mem, kernels.Float32, 3, 0, 2))(t)
	defer b.Release()
	if !b.IsContiguous() || b.Size() != 0 || len(kernels.Data[float32](b)) != 0 || mem.Bytes() != 0 {
		t.Errorf("%v: size %d, %d bytes", b, b.Size(), mem.Bytes())
	}
	s := kernels.Scalar(true)
	defer s.Release()
	holds(t, s, nil, true)
}

func TestBlockConstructorsRefuse(t *testing.T) {
	mem := kerneltest.Alloc(t)
	_, err := kernels.NewBlock(mem, kernels.Float64, 2, -1)
	refused(t, err, kernels.ErrShape, "axis 1", "[2 -1]")
	_, err = kernels.NewBlock(mem, kernels.Float64, 1<<40, 1<<40)
	refused(t, err, kernels.ErrShape, "address space")
	_, err = kernels.NewBlock(mem, kernels.DType(99), 1)
	refused(t, err, kernels.ErrDType, "99")
	_, err = kernels.FromSlice([]float64{1, 2}, 3)
	refused(t, err, kernels.ErrShape, "2 elements", "[3]")
	_, err = kernels.NewBlock(refusing{}, kernels.Float64, 4)
	refused(t, err, kernels.ErrMemory, "32 bytes", "float64 [4]")

	_, err = kernels.FromBuffer(memory.NewBufferBytes(make([]byte, 15)), kernels.Float64, 2)
	refused(t, err, kernels.ErrShape, "15 bytes", "takes 16")
	_, err = kernels.FromBuffer(memory.NewBufferBytes(make([]byte, 32)[1:]), kernels.Float64, 2)
	refused(t, err, kernels.ErrDType, "not aligned")
	_, err = kernels.FromBuffer(memory.NewBufferBytes([]byte{1, 0, 2}), kernels.Bool, 3)
	refused(t, err, kernels.ErrDType, "byte 2", "is 2")
}

// refusing is an allocator without memory.
type refusing struct{}

func (refusing) Allocate(int) []byte           { return nil }
func (refusing) Reallocate(int, []byte) []byte { return nil }
func (refusing) Free([]byte)                   {}

func TestOutOfMemoryLeaksNothing(t *testing.T) {
	mem := kerneltest.Alloc(t)
	a := counting(t, mem, 4, 4)
	defer a.Release()
	f := ok(kernels.AsType(mem, a, kernels.Float64))(t)
	defer f.Release()
	flipped := ok(f.Transpose())(t)
	defer flipped.Release()
	_, err := kernels.Contiguous(refusing{}, flipped)
	refused(t, err, kernels.ErrMemory)
	_, err = kernels.Gemm(refusing{}, 1, kernels.GemmSpec{Alpha: 1}, nil, f, f)
	refused(t, err, kernels.ErrMemory)
	_, _, err = kernels.QR(refusing{}, 1, f)
	refused(t, err, kernels.ErrMemory)
	_, err = kernels.Partial(refusing{}, kernels.ReduceSpec{DType: kernels.Float64, Axes: []int{0}}, f)
	refused(t, err, kernels.ErrMemory)
}

// TestViewsAgainstIndexing goes through random views of views and checks every
// element against the plain arithmetic of positions.
func TestViewsAgainstIndexing(t *testing.T) {
	mem := kerneltest.Alloc(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		b := counting(t, mem, 1+rng.IntN(5), 1+rng.IntN(5), 1+rng.IntN(5))
		want := elements[int64](b)
		for range 3 {
			s := randomCut(rng, b.Shape())
			next := ok(b.Slice(s))(t)
			want = cutOf(want, b.Shape(), s)
			b.Release()
			b = next
			holds(t, b, next.Shape(), want...)
			copied := ok(kernels.Clone(mem, b))(t)
			holds(t, copied, b.Shape(), want...)
			flat := ok(kernels.Reshape(mem, b, b.Size()))(t)
			holds(t, flat, []int{b.Size()}, want...)
			flat.Release()
			copied.Release()
		}
		b.Release()
	}
}

func randomCut(rng *rand.Rand, shape []int) kernels.SliceSpec {
	var s kernels.SliceSpec
	for _, n := range shape {
		start, step, count := 0, 1, 0
		if n > 0 {
			start, step = rng.IntN(n), []int{1, 2, -1, -2}[rng.IntN(4)]
			room := (n - 1 - start) / max(step, 1)
			if step < 0 {
				room = start / -step
			}
			count = rng.IntN(room + 2)
		}
		s.Start, s.Step = append(s.Start, start), append(s.Step, step)
		s.Count, s.Drop = append(s.Count, count), append(s.Drop, count == 1 && rng.IntN(2) == 0)
	}
	return s
}

// cutOf cuts row-major elements, position by position.
func cutOf(xs []int64, shape []int, s kernels.SliceSpec) []int64 {
	if len(shape) == 0 {
		return xs
	}
	inner := 1
	for _, n := range shape[1:] {
		inner *= n
	}
	rest := kernels.SliceSpec{Start: s.Start[1:], Count: s.Count[1:], Step: s.Step[1:], Drop: s.Drop[1:]}
	out := []int64{}
	for i := range s.Count[0] {
		at := s.Start[0] + i*s.Step[0]
		out = append(out, cutOf(xs[at*inner:(at+1)*inner], shape[1:], rest)...)
	}
	return out
}
