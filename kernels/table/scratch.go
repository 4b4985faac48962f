package table

import "github.com/apache/arrow/go/v17/arrow/memory"

// scratch is numbers of rows that an operation needs on its way, in memory of
// the allocator, which is counted and used again. The zero scratch is none.
type scratch struct {
	buffer *memory.Buffer
	rows   []uint32
}

func newScratch(mem memory.Allocator, n int) scratch {
	b := sized(mem, 4*n)
	return scratch{b, viewed[uint32](b)}
}

func (s scratch) release() {
	if s.buffer != nil {
		s.buffer.Release()
	}
}
