package source

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels"
)

// allocate returns a buffer of size bytes of arbitrary contents, of which the
// first length are in use.
func allocate(mem memory.Allocator, length, size int) (*memory.Buffer, error) {
	size = max(size, 1) // a buffer of no bytes would be null where Arrow wants one
	var data []byte
	if d, ok := mem.(kernels.DirtyAllocator); ok {
		data = d.AllocateDirty(size)
	} else {
		data = mem.Allocate(size)
	}
	if len(data) < size {
		return nil, fmt.Errorf("%w: the allocator gave %d of %d bytes", kernels.ErrMemory, len(data), size)
	}
	b := memory.NewBufferWithAllocator(data[:size], mem)
	b.ResizeNoShrink(length)
	return b, nil
}

// enlarge moves the bytes in use of *b to a buffer of size bytes.
func enlarge(mem memory.Allocator, b **memory.Buffer, size int) error {
	old := *b
	larger, err := allocate(mem, old.Len(), size)
	if err != nil {
		return err
	}
	copy(larger.Bytes(), old.Bytes())
	old.Release()
	*b = larger
	return nil
}

// valuesOf is all of a buffer as values of T.
func valuesOf[T any](b *memory.Buffer) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b.Buf()))), b.Cap()/int(unsafe.Sizeof(zero)))
}

// finished wraps buffers as a column.
func finished(dt arrow.DataType, rows, nulls int, buffers []*memory.Buffer, dictionary arrow.ArrayData, children ...arrow.ArrayData) arrow.Array {
	var data *array.Data
	if dictionary != nil {
		data = array.NewDataWithDictionary(dt, rows, buffers, nulls, 0, dictionary.(*array.Data))
	} else {
		data = array.NewData(dt, rows, buffers, children, nulls, 0)
	}
	defer data.Release()
	return array.MakeFromData(data)
}
