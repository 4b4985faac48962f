package source

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// plain reads values of fields that are plain to see, from one record on, until
// one is not, and returns the number of that record. What is not plain (null,
// quoted, long, wrong) is left to others.
type plain[T number] func(r *csvRecords, number, from int, out []T) (to int)

// csvFixed reads values of a fixed width.
type csvFixed[T number] struct {
	validity
	values  *memory.Buffer
	out     []T
	plain   plain[T] // may be nil
	read    func([]byte) (T, bool)
	scratch []byte
}

func newCSVFixed[T number](base validity, plain plain[T], read func([]byte) (T, bool)) *csvFixed[T] {
	return &csvFixed[T]{validity: base, plain: plain, read: read}
}

func (c *csvFixed[T]) reserve(rows int) (err error) {
	var zero T
	if c.values == nil {
		c.values, err = allocate(c.mem, 0, rows*int(unsafe.Sizeof(zero)))
	} else {
		c.values.ResizeNoShrink(c.at * int(unsafe.Sizeof(zero)))
		err = enlarge(c.mem, &c.values, rows*int(unsafe.Sizeof(zero)))
	}
	if err != nil {
		return err
	}
	c.out = valuesOf[T](c.values)
	return c.validity.reserve(rows)
}

func (c *csvFixed[T]) parse(r *csvRecords, number int) (bad int, err error) {
	out := c.out[c.at : c.at+r.rows]
	for i := 0; i < r.rows; i++ {
		if c.plain != nil {
			if i = c.plain(r, number, i, out); i == r.rows {
				break
			}
		}
		text, null := r.field(i, number, c.scratch)
		if null {
			out[i] = 0
			if err := c.null(c.at + i); err != nil {
				return -1, err
			}
			continue
		}
		v, ok := c.read(text)
		if !ok {
			return i, nil
		}
		out[i] = v
	}
	c.at += r.rows
	return -1, nil
}

func (c *csvFixed[T]) finish() arrow.Array {
	var zero T
	c.values.ResizeNoShrink(c.at * int(unsafe.Sizeof(zero)))
	return c.array(c.values)
}

func (c *csvFixed[T]) release() {
	c.validity.release()
	releaseBuffers(c.values)
}

// csvBools reads bools into bits.
type csvBools struct {
	validity
	values  *memory.Buffer
	scratch []byte
}

func (c *csvBools) reserve(rows int) (err error) {
	if c.values == nil {
		c.values, err = allocate(c.mem, 0, (rows+7)/8)
	} else {
		err = enlarge(c.mem, &c.values, (rows+7)/8)
	}
	if err != nil {
		return err
	}
	before := c.values.Len()
	c.values.ResizeNoShrink((rows + 7) / 8)
	clear(c.values.Bytes()[before:])
	return c.validity.reserve(rows)
}

func (c *csvBools) parse(r *csvRecords, number int) (bad int, err error) {
	bits := c.values.Bytes()
	for i := range r.rows {
		text, null := r.field(i, number, c.scratch)
		if null {
			if err := c.null(c.at + i); err != nil {
				return -1, err
			}
			continue
		}
		v, ok := parseBool(text)
		if !ok {
			return i, nil
		}
		at := c.at + i
		bits[at>>3] |= v << (at & 7)
	}
	c.at += r.rows
	return -1, nil
}

func (c *csvBools) finish() arrow.Array { return c.array(c.values) }

func (c *csvBools) release() {
	c.validity.release()
	releaseBuffers(c.values)
}
