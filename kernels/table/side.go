package table

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// side returns n buffers of so many bytes each, side by side in one piece of
// memory, each with spare bytes behind it that may be written while it is filled.
// One piece can be large enough to be shared with other processes where that of a
// buffer would not be. It lives as long as the last of the buffers.
func side(mem memory.Allocator, n, spare int, bytes func(i int) int) []*memory.Buffer {
	total := 0
	for i := range n {
		total += aligned(bytes(i) + spare)
	}
	whole := sized(mem, total)
	s := &sided{whole: whole}
	s.left.Store(int64(n))
	out, at := make([]*memory.Buffer, n), 0
	for i := range out {
		size := bytes(i)
		out[i] = memory.NewBufferWithAllocator(whole.Bytes()[at:at+size:at+size+spare], s)
		at += aligned(size + spare)
	}
	if n == 0 {
		whole.Release()
	}
	return out
}

// aligned returns n, rounded up to where the next piece of memory may begin.
func aligned(n int) int { return (n + kernels.Alignment - 1) &^ (kernels.Alignment - 1) }

// sided is the allocator of buffers side by side: it only frees.
type sided struct {
	whole *memory.Buffer
	left  atomic.Int64 // buffers
}

func (s *sided) Allocate(int) []byte           { panic("table: a part of a buffer allocates") }
func (s *sided) Reallocate(int, []byte) []byte { panic("table: a part of a buffer is resized") }

func (s *sided) Free([]byte) {
	if s.left.Add(-1) == 0 {
		s.whole.Release()
	}
}
