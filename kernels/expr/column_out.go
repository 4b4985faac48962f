package expr

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// column collects one output as an Arrow column.
type column struct {
	t       Type
	rows    int
	values  *memory.Buffer // fixed width, bits of a Bool, or offsets of a String
	text    *memory.Buffer
	valid   *memory.Buffer // made at the first null
	nulls   int
	mem     memory.Allocator
	written int // bytes of text
}

func newColumn(mem memory.Allocator, t Type, rows int) *column {
	c := &column{t: t, rows: rows, mem: mem}
	switch t {
	case String:
		c.values = sized(mem, 4*(rows+1))
		clear(c.values.Bytes()[:4])
		c.text = memory.NewResizableBuffer(mem)
	case Bool:
		c.values = sized(mem, (rows+7)/8)
	default:
		c.values = sized(mem, rows*t.Size())
	}
	return c
}

func sized(mem memory.Allocator, n int) *memory.Buffer {
	b := memory.NewResizableBuffer(mem)
	b.Resize(n)
	return b
}

// target returns the memory for rows start … start+n, when a kernel may write
// it directly.
func (c *column) target(start, n int) ([]byte, bool) {
	if c.t == String || c.t == Bool {
		return nil, false
	}
	w := c.t.Size()
	return c.values.Bytes()[start*w : (start+n)*w], true
}

// bits returns the memory of a Bool for rows start … start+n; start is a multiple
// of 8.
func (c *column) bits(start, n int) []byte { return c.values.Bytes()[start/8 : (start+n+7)/8] }

// store keeps v as rows start … start+n. Batches come in order, and all but
// the last have batchSize rows, a multiple of 8.
func (c *column) store(v *vec, start, n int) error {
	switch c.t {
	case String:
		if err := c.storeText(v, start, n); err != nil {
			return err
		}
	case Bool:
		if into := c.bits(start, n); v.bits == nil {
			bitmaps.Pack(into, view[byte](v, n))
		} else if len(into) > 0 && &into[0] != &v.bits[0] {
			copy(into, v.bits)
		}
	default:
		if into, _ := c.target(start, n); len(into) > 0 && &into[0] != &v.data[0] {
			copy(into, v.data)
		}
	}
	c.storeValid(v, start, n)
	return nil
}

func (c *column) storeText(v *vec, start, n int) error {
	offsets := arrow.Int32Traits.CastFromBytes(c.values.Bytes())
	total := c.written
	for i, s := range v.text[:n] {
		if v.present(i) {
			total += len(s)
		}
		if total > math.MaxInt32 {
			return fmt.Errorf("%w: a string column over 2 GiB, at element %d: use smaller partitions", ErrRange, start+i)
		}
		offsets[start+i+1] = int32(total)
	}
	if total > c.text.Cap() {
		c.text.Reserve(max(total, 2*c.text.Cap()))
	}
	c.text.Resize(total)
	into := c.text.Bytes()
	for i, s := range v.text[:n] {
		if v.present(i) {
			copy(into[offsets[start+i]:], s)
		}
	}
	c.written = total
	return nil
}

func (c *column) storeValid(v *vec, start, n int) {
	if v.valid == nil && c.valid == nil {
		return
	}
	if c.valid == nil {
		c.valid = sized(c.mem, (c.rows+7)/8)
		fill(c.valid.Bytes()[:start/8], 0xff)
	}
	into := c.valid.Bytes()[start/8:]
	if v.valid == nil {
		fill(into[:(n+7)/8], 0xff)
		return
	}
	c.nulls += n - bitmaps.Pack(into, v.valid[:n])
}

// finish returns the column, which the caller releases.
func (c *column) finish() arrow.Array {
	buffers := []*memory.Buffer{c.valid, c.values}
	if c.t == String {
		buffers = append(buffers, c.text)
	}
	data := array.NewData(ArrowType(c.t), c.rows, buffers, nil, c.nulls, 0)
	defer data.Release()
	c.release()
	return array.MakeFromData(data)
}

func (c *column) release() {
	for _, b := range []*memory.Buffer{c.valid, c.values, c.text} {
		if b != nil {
			b.Release()
		}
	}
	c.valid, c.values, c.text = nil, nil, nil
}
