package expr

import (
	"sync"
	"unsafe"
)

// batchSize is how many elements are computed before the next ones are looked
// at: a batch of float64 is 8 KiB, so the handful that an expression has alive
// stays in the first-level cache.
const batchSize = 1024

// vec is one value of a program over one batch.
type vec struct {
	data  []byte   // fixed-width elements; Bool is a byte of 0 or 1
	text  []string // elements of a String
	bits  []byte   // a Bool that is written as bits, in place of data; else nil
	valid []byte   // 1 where present, 0 where null; nil when nothing is null
	store *register
}

// register is the memory that a computed vec uses.
type register struct {
	words [batchSize]uint64
	valid [batchSize]byte
}

var registers = sync.Pool{New: func() any { return new(register) }}

// view reads the first n elements of v as T, whose size is that of v's type.
func view[T any](v *vec, n int) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(v.data))), n)
}

// bytesOf returns the bytes of a slice of fixed-width elements.
func bytesOf[T any](s []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(zero)))
}

// setNull marks element i as null; before the first, all n are present.
func (v *vec) setNull(i, n int) {
	if v.valid == nil {
		v.valid = v.store.valid[:n]
		fill(v.valid, 1)
	}
	v.valid[i] = 0
}

// present reports whether element i is not null.
func (v *vec) present(i int) bool { return v.valid == nil || v.valid[i] != 0 }

func fill[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

// intersect makes dst null wherever an operand is.
func intersect(dst *vec, args []*vec, n int) {
	dst.valid = nil
	for _, a := range args {
		if a.valid == nil {
			continue
		}
		if dst.valid == nil {
			dst.valid = dst.store.valid[:n]
			copy(dst.valid, a.valid)
			continue
		}
		for i, ok := range a.valid[:n] {
			dst.valid[i] &= ok
		}
	}
}
