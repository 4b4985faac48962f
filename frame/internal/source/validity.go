package source

import (
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

func (v *validity) widen() error {
	before, size := v.valid.Len(), (v.room+7)/8
	if err := enlarge(v.mem, &v.valid, size); err != nil {
		return err
	}
	v.valid.ResizeNoShrink(size)
	for i := range v.valid.Bytes()[before:] {
		v.valid.Bytes()[before+i] = 0xff
	}
	return nil
}

// null notes that a row has no value.
func (v *validity) null(row int) (err error) {
	if v.valid == nil {
		if v.valid, err = allocate(v.mem, 0, 0); err != nil {
			return err
		}
		if err := v.widen(); err != nil {
			return err
		}
	}
	v.nulls++
	v.valid.Bytes()[row>>3] &^= 1 << (row & 7)
	return nil
}

// mark appends n rows, of which those have a value where levels has 1, or all if
// it is nil. It returns how many.
func (v *validity) mark(levels []byte, n int) (present int, err error) {
	start := v.at
	v.at += n
	if levels == nil {
		return n, nil
	}
	for i, level := range levels {
		if present += int(level); level == 0 {
			if err := v.null(start + i); err != nil {
				return 0, err
			}
		}
	}
	return present, nil
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
