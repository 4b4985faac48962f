package kernels

import (
	"fmt"
	"math/bits"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Block is an n-dimensional array of elements of one type: one chunk of an
// array. It is a view of an Arrow buffer: element (i, j, …) is number
// offset + i·strides[0] + j·strides[1] + … of the buffer. Strides may be
// negative or 0, so slices, transposes and broadcasts share the buffer.
//
// A Block is immutable once it has been handed to somebody else; until then
// its maker may write through [Data]. It starts with one reference and gives
// its buffer up when the last is released.
type Block struct {
	refs    atomic.Int64
	buf     *memory.Buffer // one reference
	dtype   DType
	shape   []int
	strides []int
	offset  int
	size    int
}

// NewBlock returns a row-major block of arbitrary contents.
// Errors: ErrShape for a negative length or a size beyond the address space,
// ErrDType, ErrMemory.
func NewBlock(mem Allocator, t DType, shape ...int) (*Block, error) {
	size, err := checkShape(t, shape)
	if err != nil {
		return nil, err
	}
	buf, err := newBuffer(mem, size*t.Size())
	if err != nil {
		return nil, fmt.Errorf("%w: block of %v %v", err, t, shape)
	}
	return newView(buf, t, slices.Clone(shape), rowMajor(shape), 0), nil
}

// Zeros returns a row-major block of zeros. Errors are those of [NewBlock].
func Zeros(mem Allocator, t DType, shape ...int) (*Block, error) {
	b, err := NewBlock(mem, t, shape...)
	if err != nil {
		return nil, err
	}
	clear(b.buf.Bytes())
	return b, nil
}

// FromSlice returns a block of the elements of data in row-major order, with
// no copy: data must not change from now on. Without a shape it has one axis.
// Errors wrap ErrShape.
func FromSlice[T Element](data []T, shape ...int) (*Block, error) {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	t := DTypeOf[T]()
	size, err := checkShape(t, shape)
	if err != nil {
		return nil, err
	}
	if size != len(data) {
		return nil, fmt.Errorf("%w: %d elements for shape %v", ErrShape, len(data), shape)
	}
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), size*t.Size())
	return newView(memory.NewBufferBytes(raw), t, slices.Clone(shape), rowMajor(shape), 0), nil
}

// Scalar returns a block of no axes that holds v.
func Scalar[T Element](v T) *Block {
	raw := unsafe.Slice((*byte)(unsafe.Pointer(&[]T{v}[0])), unsafe.Sizeof(v))
	return newView(memory.NewBufferBytes(raw), DTypeOf[T](), nil, nil, 0)
}

// FromBuffer returns a row-major block over the start of buf, with no copy. It
// retains buf. What the buffer holds may come from anywhere: a short or
// misaligned buffer and a Bool that is neither 0 nor 1 are errors.
// Errors: ErrShape, ErrDType.
func FromBuffer(buf *memory.Buffer, t DType, shape ...int) (*Block, error) {
	size, err := checkShape(t, shape)
	if err != nil {
		return nil, err
	}
	raw := buf.Bytes()
	if len(raw) < size*t.Size() {
		return nil, fmt.Errorf("%w: %d bytes for %v %v, which takes %d", ErrShape, len(raw), t, shape, size*t.Size())
	}
	if size > 0 && uintptr(unsafe.Pointer(&raw[0]))%uintptr(min(t.Size(), 8)) != 0 {
		return nil, fmt.Errorf("%w: a buffer at %p is not aligned for %v", ErrDType, &raw[0], t)
	}
	if t == Bool {
		if i := slices.IndexFunc(raw[:size], func(x byte) bool { return x > 1 }); i >= 0 {
			return nil, fmt.Errorf("%w: byte %d of a bool block is %d", ErrDType, i, raw[i])
		}
	}
	buf.Retain()
	return newView(buf, t, slices.Clone(shape), rowMajor(shape), 0), nil
}

// newView takes over one reference to buf, and the slices.
func newView(buf *memory.Buffer, t DType, shape, strides []int, offset int) *Block {
	b := &Block{buf: buf, dtype: t, shape: shape, strides: strides, offset: offset, size: product(shape)}
	b.refs.Store(1)
	return b
}

// view returns another view of b's buffer.
func (b *Block) view(shape, strides []int, offset int) *Block {
	b.buf.Retain()
	return newView(b.buf, b.dtype, shape, strides, offset)
}

// checkShape returns the number of elements of a shape that memory can hold.
func checkShape(t DType, shape []int) (int, error) {
	if !t.Valid() {
		return 0, fmt.Errorf("%w: %v", ErrDType, t)
	}
	bytes := uint64(t.Size())
	empty := false
	for i, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("%w: axis %d of shape %v is negative", ErrShape, i, shape)
		}
		empty = empty || n == 0
		hi, lo := bits.Mul64(bytes, uint64(max(n, 1)))
		if hi != 0 || lo > 1<<62 {
			return 0, fmt.Errorf("%w: %v %v is beyond the address space", ErrShape, t, shape)
		}
		bytes = lo
	}
	if empty {
		return 0, nil
	}
	return int(bytes) / t.Size(), nil
}

// rowMajor returns the strides of a contiguous block.
func rowMajor(shape []int) []int {
	strides := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = n
		n *= max(shape[i], 1)
	}
	return strides
}

func product(xs []int) int {
	p := 1
	for _, x := range xs {
		p *= x
	}
	return p
}

// DType returns the type of the elements.
func (b *Block) DType() DType { return b.dtype }

// Shape returns the length of each axis. The caller must not change it.
func (b *Block) Shape() []int { return b.shape }

// Strides returns, for each axis, how many elements of the buffer lie between
// neighbours. The caller must not change it.
func (b *Block) Strides() []int { return b.strides }

// NDim returns the number of axes.
func (b *Block) NDim() int { return len(b.shape) }

// Size returns the number of elements.
func (b *Block) Size() int { return b.size }

// Bytes is the memory that the block keeps alive: all of the buffer, also when
// the block is a view of a part.
func (b *Block) Bytes() int64 {
	root := b.buf
	for root.Parent() != nil {
		root = root.Parent()
	}
	return int64(root.Cap())
}

// Retain adds a reference.
func (b *Block) Retain() {
	if n := b.refs.Add(1); n <= 1 {
		b.refs.Add(-1) // whoever recovers finds it as released as before
		panic(fmt.Sprintf("kernels: Retain of %v, which was released", b))
	}
}

// Release drops a reference; the last one gives the buffer up.
func (b *Block) Release() {
	switch n := b.refs.Add(-1); {
	case n == 0:
		b.buf.Release()
	case n < 0:
		panic(fmt.Sprintf("kernels: Release of %v, which was released", b))
	}
}

// String shows the type and the shape, in a few words that fit an error;
// [Block.Preview] shows elements.
func (b *Block) String() string { return fmt.Sprintf("%v%v", b.dtype, b.shape) }

// IsContiguous reports whether the elements lie in row-major order without
// gaps.
func (b *Block) IsContiguous() bool {
	n := 1
	for i := len(b.shape) - 1; i >= 0 && b.size > 0; i-- {
		if b.shape[i] != 1 && b.strides[i] != n {
			return false
		}
		n *= b.shape[i]
	}
	return true
}
