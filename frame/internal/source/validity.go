package source

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// validity is what all columns share: which of their rows are null. There is
// a bitmap from the first null on.
type validity struct {
	mem   memory.Allocator
	dt    arrow.DataType
	at    int // rows so far
	room  int
	valid *memory.Buffer
	nulls int
}

// reserve sets the bits of rows that are to come.
func (v *validity) reserve(rows int) error {
	v.room = rows
	if v.valid == nil {
		return nil
	}
	return v.widen()
}

// unsetSpare is how many bytes behind the bitmap unset touches.
const unsetSpare = 9

func (v *validity) widen() error {
	before, size := v.valid.Len(), (v.room+7)/8
	if err := enlarge(v.mem, &v.valid, size+unsetSpare); err != nil {
		return err
	}
	v.valid.ResizeNoShrink(size)
	for i := range v.valid.Bytes()[before:] {
		v.valid.Bytes()[before+i] = 0xff
	}
	return nil
}

// begin makes the bitmap, unless there is one.
func (v *validity) begin() (err error) {
	if v.valid != nil {
		return nil
	}
	if v.valid, err = allocate(v.mem, 0, 0); err != nil {
		return err
	}
	return v.widen()
}

// null notes that a row has no value.
func (v *validity) null(row int) (err error) {
	if err := v.begin(); err != nil {
		return err
	}
	v.nulls++
	v.valid.Bytes()[row>>3] &^= 1 << (row & 7)
	return nil
}

// mark appends n rows, and returns how many of them have a value.
func (v *validity) mark(there presence, n int) (present int, err error) {
	start := v.at
	v.at += n
	if present = there.count(n); present == n {
		return n, nil
	}
	if err := v.begin(); err != nil {
		return 0, err
	}
	v.nulls += n - present
	for i, w := range there {
		if left := n - 64*i; left < 64 {
			w |= ^uint64(0) << left
		}
		if w != ^uint64(0) {
			v.unset(start+64*i, ^w)
		}
	}
	return present, nil
}

// unset clears the bits of w, from a row on.
func (v *validity) unset(row int, w uint64) {
	b := v.valid.Buf()[row/8:]
	binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)&^(w<<(row%8)))
	b[8] &^= byte(w >> (64 - row%8)) // shifting by 64 is 0
}

// array wraps buffers and the validity as the finished column.
func (v *validity) array(buffers ...*memory.Buffer) arrow.Array {
	return finished(v.dt, v.at, v.nulls, append([]*memory.Buffer{v.valid}, buffers...), nil)
}

func (v *validity) release() { releaseBuffers(v.valid) }

func releaseBuffers(buffers ...*memory.Buffer) {
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
}
