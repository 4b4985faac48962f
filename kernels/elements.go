package kernels

import (
	"fmt"
	"unsafe"
)

// Data returns the elements of a contiguous block in row-major order, as a
// window on its memory. It panics if b is not contiguous (see [Contiguous]) or
// its elements are not of type T.
func Data[T Element](b *Block) []T {
	if !b.IsContiguous() {
		panic(fmt.Sprintf("kernels: Data of %v with strides %v, which is not contiguous", b, b.strides))
	}
	all, offset := Strided[T](b)
	if b.size == 0 {
		return all[:0]
	}
	return all[offset : offset+b.size]
}

// Strided returns the buffer of b as elements and the number of the first: the
// element at i, j, … is data[offset + i·Strides()[0] + j·Strides()[1] + …]. It
// panics if the elements are not of type T.
func Strided[T Element](b *Block) (data []T, offset int) {
	if want := DTypeOf[T](); want != b.dtype {
		panic(fmt.Sprintf("kernels: elements of %v read as %v", b, want))
	}
	return reinterpret[T](b.buf.Bytes()), b.offset
}

// At returns the element at the given position of b. It panics if T is not the
// type of the elements or the position is not inside.
func At[T Element](b *Block, at ...int) T {
	data, k := Strided[T](b)
	if len(at) != len(b.shape) {
		panic(fmt.Sprintf("kernels: position %v in %v", at, b))
	}
	for i, x := range at {
		if x < 0 || x >= b.shape[i] {
			panic(fmt.Sprintf("kernels: position %v in %v", at, b))
		}
		k += x * b.strides[i]
	}
	return data[k]
}

// Payload returns the memory of the elements of a contiguous block. It panics
// if b is not contiguous.
func Payload(b *Block) []byte {
	if !b.IsContiguous() {
		panic(fmt.Sprintf("kernels: Payload of %v with strides %v, which is not contiguous", b, b.strides))
	}
	if b.size == 0 {
		return nil
	}
	n := b.dtype.Size()
	return b.buf.Bytes()[b.offset*n : (b.offset+b.size)*n]
}

// reinterpret returns raw as elements of type E; what is left over at the end
// is not seen.
func reinterpret[E any](raw []byte) []E {
	var e E
	return unsafe.Slice((*E)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/int(unsafe.Sizeof(e)))
}
