package wire

import (
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A lease is the right to read memory that somebody else owns. It ends when the
// last buffer over that memory is freed.
type lease struct {
	end  func()
	uses atomic.Int64
}

// newLease returns a lease with one use, which the caller gives up with done.
func newLease(end func()) *lease {
	l := &lease{end: end}
	l.uses.Store(1)
	return l
}

// done takes back one use.
func (l *lease) done() {
	if l.uses.Add(-1) == 0 {
		l.end()
	}
}

// buffer returns a buffer over b, which is to be read only.
func (l *lease) buffer(b []byte) *memory.Buffer {
	l.uses.Add(1)
	return memory.NewBufferWithAllocator(b, l)
}

// A lease is the allocator of the buffers over it, which are never asked for
// more.
var _ memory.Allocator = (*lease)(nil)

func (l *lease) Allocate(int) []byte           { panic("wire: a lease is not for allocating") }
func (l *lease) Reallocate(int, []byte) []byte { panic("wire: a lease is not for allocating") }
func (l *lease) Free([]byte)                   { l.done() }
