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

// wordScratch is memory of the allocator, too, for 64-bit numbers, all of it released
// at once.
type wordScratch struct {
	mem  memory.Allocator
	held []*memory.Buffer
}

// of returns n numbers, which may be anything.
func (w *wordScratch) of(n int) []uint64 {
	b := sized(w.mem, 8*n)
	w.held = append(w.held, b)
	return viewed[uint64](b)
}

func (w *wordScratch) release() {
	for _, b := range w.held {
		b.Release()
	}
}
