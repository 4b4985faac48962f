package kernels

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Alignment is the alignment in bytes of all memory that an [Allocator] gives:
// a cache line, and the widest vector register.
const Alignment = 64

// Allocator gives the memory of results. What it gives starts on a multiple of
// [Alignment] and is zero. To refuse, it returns nil, which every function of
// this package turns into [ErrMemory].
type Allocator = memory.Allocator

// DirtyAllocator is an Allocator that can also give memory with arbitrary
// contents, which is cheaper where all of it is going to be written.
type DirtyAllocator interface {
	Allocator
	AllocateDirty(size int) []byte
}

type allocatorKey struct{}

// WithAllocator returns a context under which kernels allocate from mem.
func WithAllocator(ctx context.Context, mem Allocator) context.Context {
	return context.WithValue(ctx, allocatorKey{}, mem)
}

// AllocatorFrom returns the allocator to use under ctx: the innermost that was
// given to [WithAllocator], else [DefaultAllocator].
func AllocatorFrom(ctx context.Context) Allocator {
	if mem, ok := ctx.Value(allocatorKey{}).(Allocator); ok {
		return mem
	}
	return DefaultAllocator()
}

// newBuffer allocates a buffer of exactly size bytes of arbitrary contents.
// Size 0 needs no memory.
func newBuffer(mem Allocator, size int) (*memory.Buffer, error) {
	if size == 0 {
		return memory.NewBufferBytes(nil), nil
	}
	var data []byte
	if d, ok := mem.(DirtyAllocator); ok {
		data = d.AllocateDirty(size)
	} else {
		data = mem.Allocate(size)
	}
	if len(data) < size {
		return nil, fmt.Errorf("%w: the allocator gave %d of %d bytes", ErrMemory, len(data), size)
	}
	return memory.NewBufferWithAllocator(data[:size], mem), nil
}
