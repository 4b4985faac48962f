package kernels_test

import (
	"math"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func TestTransposeBroadcastIndex(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b := counting(t, mem, 2, 3)
	defer b.Release()
	flipped := ok(b.Transpose())(t)
	defer flipped.Release()
	holds[int64](t, flipped, []int{3, 2}, 0, 3, 1, 4, 2, 5)
	wide := ok(b.Broadcast(2, 2, 3))(t)
	defer wide.Release()
	holds[int64](t, wide, []int{2, 2, 3}, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5)
	column := ok(b.Index(1, 1))(t)
	defer column.Release()
	holds[int64](t, column, []int{2}, 1, 4)
	copied := ok(kernels.Contiguous(mem, wide))(t)
	defer copied.Release()
	holds[int64](t, copied, []int{2, 2, 3}, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5)
	if mem.Bytes() != (6+12)*8 {
		t.Errorf("views took memory: %d bytes in all", mem.Bytes())
	}
}

func TestReshapeCopiesOnlyIfNeeded(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b := counting(t, mem, 4, 6)
	defer b.Release()
	flipped := ok(b.Transpose())(t)
	defer flipped.Release()
	for _, c := range []struct {
		from   *kernels.Block
		shape  []int
		copies bool
	}{
		{b, []int{2, 2, 3, 2}, false},
		{b, []int{24}, false},
		{b, []int{1, 4, 1, 6, 1}, false},
		{flipped, []int{3, 2, 2, 2}, false},
		{flipped, []int{6, 1, 4}, false},
		{flipped, []int{24}, true},
		{flipped, []int{2, 12}, true},
	} {
		before := mem.Bytes()
		got := ok(kernels.Reshape(mem, c.from, c.shape...))(t)
		holds(t, got, c.shape, elements[int64](c.from)...)
		if copied := mem.Bytes() > before; copied != c.copies {
			t.Errorf("%v with strides %v to %v: copied %t", c.from, c.from.Strides(), c.shape, copied)
		}
		got.Release()
	}
}

func TestViewsRefuse(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b := counting(t, mem, 2, 3)
	defer b.Release()
	cut := func(start, count, step int, drop bool) kernels.SliceSpec {
		return kernels.SliceSpec{Start: []int{0, start}, Count: []int{2, count}, Step: []int{1, step}, Drop: []bool{false, drop}}
	}
	for _, s := range []kernels.SliceSpec{
		cut(1, 3, 1, false), cut(0, 2, -1, false), cut(3, 1, 1, false), cut(-1, 1, 1, false), cut(0, -1, 1, false),
		cut(0, 2, 0, false), cut(0, 2, 1, true), cut(0, 2, math.MaxInt, false), cut(2, 3, math.MinInt, false),
	} {
		_, err := b.Slice(s)
		refused(t, err, kernels.ErrShape, "axis 1", "int64[2 3]")
	}
	_, err := b.Slice(kernels.SliceSpec{})
	refused(t, err, kernels.ErrShape)
	_, err = b.Transpose(0, 0)
	refused(t, err, kernels.ErrShape, "[0 0]")
	_, err = b.Transpose(0)
	refused(t, err, kernels.ErrShape)
	_, err = b.Broadcast(2, 4)
	refused(t, err, kernels.ErrShape, "[2 4]", "axis 1")
	_, err = b.Broadcast(3)
	refused(t, err, kernels.ErrShape)
	_, err = b.Index(2, 0)
	refused(t, err, kernels.ErrShape, "axis 2")
	_, err = kernels.Reshape(mem, b, 5)
	refused(t, err, kernels.ErrShape, "[5]")
}

func TestConcatStackTakePad(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b := counting(t, mem, 2, 2)
	defer b.Release()
	flipped := ok(b.Transpose())(t)
	defer flipped.Release()
	for _, c := range []struct {
		got   *kernels.Block
		shape []int
		want  []int64
	}{
		{ok(kernels.Concat(mem, 0, b, flipped))(t), []int{4, 2}, []int64{0, 1, 2, 3, 0, 2, 1, 3}},
		{ok(kernels.Concat(mem, 1, b, flipped))(t), []int{2, 4}, []int64{0, 1, 0, 2, 2, 3, 1, 3}},
		{ok(kernels.Stack(mem, 0, b, flipped))(t), []int{2, 2, 2}, []int64{0, 1, 2, 3, 0, 2, 1, 3}},
		{ok(kernels.Stack(mem, 2, b, flipped))(t), []int{2, 2, 2}, []int64{0, 0, 1, 2, 2, 1, 3, 3}},
		{ok(kernels.Take(mem, flipped, 0, []int{1, 1, 0}))(t), []int{3, 2}, []int64{1, 3, 1, 3, 0, 2}},
		{ok(kernels.Take(mem, b, 1, []int{1}))(t), []int{2, 1}, []int64{1, 3}},
		{ok(kernels.Take(mem, b, 1, nil))(t), []int{2, 0}, nil},
		{ok(kernels.Pad(mem, flipped, []int{1, 0}, []int{0, 1}, int64(9)))(t), []int{3, 3}, []int64{9, 9, 9, 0, 2, 9, 1, 3, 9}},
	} {
		holds(t, c.got, c.shape, c.want...)
		c.got.Release()
	}
	_, err := kernels.Concat(mem, 0)
	refused(t, err, kernels.ErrShape)
	_, err = kernels.Concat(mem, 2, b)
	refused(t, err, kernels.ErrShape, "axis 2")
	row := counting(t, mem, 1, 3)
	defer row.Release()
	_, err = kernels.Concat(mem, 0, b, row)
	refused(t, err, kernels.ErrShape, "block 1", "[1 3]", "[2 2]")
	_, err = kernels.Take(mem, b, 1, []int{0, 2})
	refused(t, err, kernels.ErrShape, "position 2", "axis 1")
	_, err = kernels.Pad(mem, b, []int{0, 0}, []int{0, 0}, 1.0)
	refused(t, err, kernels.ErrDType)
	refused(t, kernels.AssignAt(b, []int{1, 0}, row), kernels.ErrShape, "axis 1")
}

// TestCopyEveryWidthAndLayout copies blocks of every width and layout, big
// enough for the tiles of a transposed copy.
func TestCopyEveryWidthAndLayout(t *testing.T) {
	mem := kerneltest.Alloc(t)
	numbers := counting(t, mem, 70, 3, 45)
	defer numbers.Release()
	for _, dt := range []kernels.DType{kernels.Float64, kernels.Float32, kernels.Uint8, kernels.Complex128} {
		b := ok(kernels.AsType(mem, numbers, dt))(t)
		for l := range kerneltest.Layouts {
			view := kerneltest.Arrange(t, mem, b, l)
			if dt == kernels.Float64 && !slices.Equal(elements[float64](view), kernels.Data[float64](b)) {
				t.Errorf("%v %v: not what was assigned", b, l)
			}
			got := ok(kernels.Clone(mem, view))(t)
			if !slices.Equal(kernels.Payload(got), kernels.Payload(b)) {
				t.Errorf("%v %v: a copy is not the same", b, l)
			}
			got.Release()
			view.Release()
		}
		b.Release()
	}
}

func TestAsType(t *testing.T) {
	mem := kerneltest.Alloc(t)
	f, _ := kernels.FromSlice([]float64{-1.9, 0, 2.5, 255})
	for dt, want := range map[kernels.DType][]float64{
		kernels.Float32: {-1.899999976158142, 0, 2.5, 255}, kernels.Int64: {-1, 0, 2, 255}, kernels.Int32: {-1, 0, 2, 255}, kernels.Bool: {1, 0, 1, 1},
	} {
		got := ok(kernels.AsType(mem, f, dt))(t)
		if x := kerneltest.Floats(t, got); !slices.Equal(x, want) {
			t.Errorf("as %v: %v, want %v", dt, x, want)
		}
		got.Release()
	}
	c := ok(kernels.AsType(mem, f, kernels.Complex128))(t)
	defer c.Release()
	holds(t, c, []int{4}, -1.9+0i, 0, 2.5, 255)
	_, err := kernels.AsType(mem, c, kernels.Float64)
	refused(t, err, kernels.ErrDType, "complex128[4] as float64")
	truth := ok(kernels.AsType(mem, c, kernels.Bool))(t)
	defer truth.Release()
	holds(t, truth, []int{4}, true, false, true, true)

	for _, bad := range []struct {
		x  float64
		to kernels.DType
	}{{-1.9, kernels.Uint8}, {256, kernels.Uint8}, {math.NaN(), kernels.Int64}, {0x1p63, kernels.Int64}, {-0x1p31 - 1, kernels.Int32}, {math.Inf(1), kernels.Int32}} {
		b, _ := kernels.FromSlice([]float64{0, bad.x})
		_, err := kernels.AsType(mem, b, bad.to)
		refused(t, err, kernels.ErrRange, "element 1", bad.to.String())
	}
	edge, _ := kernels.FromSlice([]float64{-0.9, 255.9})
	u := ok(kernels.AsType(mem, edge, kernels.Uint8))(t)
	defer u.Release()
	holds[uint8](t, u, []int{2}, 0, 255)
	big, _ := kernels.FromSlice([]int64{1<<32 + 7, -1})
	wrapped := ok(kernels.AsType(mem, big, kernels.Int32))(t)
	defer wrapped.Release()
	holds[int32](t, wrapped, []int{2}, 7, -1)
}
