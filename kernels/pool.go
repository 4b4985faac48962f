package kernels

import (
	"math/bits"
	"sync"
	"unsafe"
)

// Pool is an Allocator that keeps freed memory for the next caller: fresh
// memory costs a page fault on first touch of every page. Sizes are rounded up
// to classes, four to a power of two. Memory that stays idle over two garbage
// collections is given back, and memory whose owner forgot to free it is
// collected like any other. The zero Pool is ready; it may be used from many
// goroutines.
type Pool struct {
	classes [poolClasses]sync.Pool
}

const (
	poolSmallest = 10 // log2; anything smaller is left to Go
	poolLargest  = 32
	poolClasses  = (poolLargest-poolSmallest)*4 + 1
)

var _ DirtyAllocator = (*Pool)(nil)

var defaultPool Pool

// DefaultAllocator returns the allocator that all use who name no other: one
// [Pool] for the process.
func DefaultAllocator() Allocator { return &defaultPool }

// poolClass returns the class that holds size bytes and the bytes of that
// class, or -1 if the size is not pooled.
func poolClass(size int) (class, bytes int) {
	if size < 1<<poolSmallest || size > 1<<poolLargest {
		return -1, size
	}
	log := bits.Len(uint(size-1)) - 1 // 2^log < size ≤ 2^(log+1), or size = 2^poolSmallest
	if log < poolSmallest {
		return 0, 1 << poolSmallest
	}
	step := 1 << (log - 2)
	quarter := (size - 1<<log + step - 1) / step // 1 … 4
	return (log-poolSmallest)*4 + quarter, 1<<log + quarter*step
}

// Allocate returns size zero bytes.
func (p *Pool) Allocate(size int) []byte {
	b, fresh := p.take(size)
	if !fresh {
		clear(b)
	}
	return b
}

// AllocateDirty returns size bytes of arbitrary contents.
func (p *Pool) AllocateDirty(size int) []byte {
	b, _ := p.take(size)
	return b
}

func (p *Pool) take(size int) (b []byte, fresh bool) {
	class, bytes := poolClass(size)
	if class >= 0 {
		if first, ok := p.classes[class].Get().(*byte); ok {
			return unsafe.Slice(first, bytes)[:size], false
		}
	}
	return aligned(bytes)[:size], true
}

// aligned returns n zero bytes that start on a multiple of [Alignment].
func aligned(n int) []byte {
	b := make([]byte, n+Alignment)
	shift := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (Alignment - 1)
	return b[shift : shift+n : shift+n]
}

// Reallocate returns size bytes that start as b does; the rest is zero.
func (p *Pool) Reallocate(size int, b []byte) []byte {
	if size <= len(b) {
		return b[:size]
	}
	if size <= cap(b) {
		grown := b[:size]
		clear(grown[len(b):])
		return grown
	}
	grown := p.AllocateDirty(size)
	clear(grown[copy(grown, b):])
	p.Free(b)
	return grown
}

// Free takes back what the pool gave.
func (p *Pool) Free(b []byte) {
	class, bytes := poolClass(cap(b))
	if class < 0 || bytes != cap(b) {
		return
	}
	p.classes[class].Put(unsafe.SliceData(b))
}
