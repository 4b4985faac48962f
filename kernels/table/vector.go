package table

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// sized returns a buffer of n bytes, which may hold anything.
func sized(mem memory.Allocator, n int) *memory.Buffer {
	if dirty, ok := mem.(kernels.DirtyAllocator); ok && n > 0 {
		if data := dirty.AllocateDirty(n); len(data) >= n {
			return memory.NewBufferWithAllocator(data[:n], mem)
		}
	}
	b := memory.NewResizableBuffer(mem)
	b.Resize(n)
	return b
}

// cleared returns a buffer of n zeros.
func cleared(mem memory.Allocator, n int) *memory.Buffer {
	b := sized(mem, n)
	clear(b.Bytes())
	return b
}

// sizeOf is the bytes of a value.
func sizeOf[T any](v T) int { return int(unsafe.Sizeof(v)) }

// at returns the place of element i of an array, without a check: the numbers of
// groups are below their number, which everything that they index has grown to.
func at[T any](base *T, i uint32) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(base), uintptr(i)*unsafe.Sizeof(*base)))
}

// viewed returns the bytes of b as values of T.
func viewed[T any](b *memory.Buffer) []T {
	if b.Len() == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b.Bytes()))), b.Len()/int(unsafe.Sizeof(zero)))
}

// newArray makes an array of buffers, taking over the caller's reference to
// each of them.
func newArray(t arrow.DataType, n, nulls int, buffers ...*memory.Buffer) arrow.Array {
	data := array.NewData(t, n, buffers, nil, nulls, 0)
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	defer data.Release()
	return array.MakeFromData(data)
}

// vector is growing memory for one value of T a group.
type vector[T any] struct {
	data []T
	buf  *memory.Buffer
}

func newVector[T any](mem memory.Allocator) vector[T] {
	return vector[T]{buf: memory.NewResizableBuffer(mem)}
}

// grow makes the vector n long; what is new is zero. Capacity doubles.
func (v *vector[T]) grow(n int) {
	old := len(v.data)
	if n <= old {
		return
	}
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	if size > v.buf.Cap() {
		v.buf.Reserve(max(size, 2*v.buf.Cap()))
	}
	v.buf.ResizeNoShrink(size)
	v.data = viewed[T](v.buf)
	clear(v.data[old:])
}

// extend is grow, but what is new may be anything.
func (v *vector[T]) extend(n int) {
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	if size > v.buf.Cap() {
		v.buf.Reserve(max(size, 2*v.buf.Cap()))
	}
	v.buf.ResizeNoShrink(size)
	v.data = viewed[T](v.buf)
}

// finish returns the vector's memory, which leaves it.
func (v *vector[T]) finish() *memory.Buffer {
	b := v.buf
	if b.Len() < b.Cap()*3/4 {
		b.Resize(b.Len())
	}
	v.buf, v.data = nil, nil
	return b
}

func (v *vector[T]) release() {
	if v.buf != nil {
		v.buf.Release()
		v.buf, v.data = nil, nil
	}
}

// validBits packs one byte of 0 or 1 a value to a validity bitmap, which is
// nil when all are 1.
func validBits(mem memory.Allocator, seen []byte) (bitmap *memory.Buffer, nulls int) {
	b := sized(mem, bitBytes(len(seen)))
	nulls = len(seen) - packBytes(b.Bytes(), seen)
	if nulls == 0 {
		b.Release()
		return nil, 0
	}
	return b, nulls
}
