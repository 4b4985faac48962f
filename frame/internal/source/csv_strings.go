package source

import (
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// csvStrings reads texts.
type csvStrings struct {
	validity
	offsets *memory.Buffer
	ends    []int32 // ends[i+1] is where row i ends
	text    *memory.Buffer
	used    int // of text
}

func (c *csvStrings) reserve(rows int) (err error) {
	if c.offsets == nil {
		if c.offsets, err = allocate(c.mem, 4, 4*(rows+1)); err != nil {
			return err
		}
		clear(c.offsets.Bytes())
	} else {
		c.offsets.ResizeNoShrink(4 * (c.at + 1))
		if err := enlarge(c.mem, &c.offsets, 4*(rows+1)); err != nil {
			return err
		}
	}
	c.ends = valuesOf[int32](c.offsets)
	return c.validity.reserve(rows)
}

// over is how many bytes behind a text may be overwritten: short ones are
// copied as a whole register.
const over = 16

// parse copies texts one behind the other. There is room for all the text of
// the records, so that nothing is looked at on the way.
func (c *csvStrings) parse(r *csvRecords, number int) (bad int, err error) {
	if r.rows == 0 {
		return -1, nil
	}
	if err := c.grow(r, number); err != nil {
		return -1, err
	}
	ends := c.ends[c.at+1 : c.at+1+r.rows]
	for i := 0; i < r.rows; i++ {
		if i = c.plain(r, number, i, ends); i == r.rows {
			break
		}
		into := c.text.Buf()[c.used:c.used:c.text.Cap()]
		text, null := r.field(i, number, into)
		if null {
			if err := c.null(c.at + i); err != nil {
				return -1, err
			}
			text = nil
		}
		c.used += copy(c.text.Buf()[c.used:], text)
		ends[i] = int32(c.used)
	}
	c.at += r.rows
	return -1, nil
}

// grow makes room for the text of a batch; the first time, and when that was
// too little, for that of all rows there is room for, if they are like these.
func (c *csvStrings) grow(r *csvRecords, number int) (err error) {
	ends := r.marks[len(r.marks)-2:] // the last place of text is one of these
	most := int(max(ends[0], ends[1])) - int(r.marks[0]) + over
	if c.text != nil && c.used+most <= c.text.Cap() {
		return nil
	}
	lengths := 0
	for i := range r.rows {
		at := i*r.stride + number
		lengths += max(int(r.marks[at+1])-int(r.marks[at])-1, 0)
	}
	want := c.used + most + min((c.room-c.at)*lengths/r.rows*51/50, max(r.left, c.used))
	if c.used+most > math.MaxInt32 {
		return errTextSize
	}
	if c.text == nil {
		c.text, err = allocate(c.mem, 0, want)
		return err
	}
	c.text.ResizeNoShrink(c.used)
	return enlarge(c.mem, &c.text, want)
}

// plain copies texts from a record on, until one may be null or is missing, and
// returns the number of that one.
func (c *csvStrings) plain(r *csvRecords, number, from int, ends []int32) int {
	if r.quoted {
		return from
	}
	nulls := r.csv.nullLengths
	used := c.used
	text, buf := unsafe.Pointer(unsafe.SliceData(c.text.Buf())), unsafe.Pointer(unsafe.SliceData(r.buf))
	i := from
	for at := from*r.stride + number; i < r.rows; at += r.stride {
		start := int(r.marks[at]) + 1
		n := int(r.marks[at+1]) - start
		if n < 0 || nulls>>min(uint(n), 63)&1 != 0 {
			break
		}
		// The pads of buf, and grow, make both places large enough.
		if n <= over {
			*(*[over]byte)(unsafe.Add(text, used)) = *(*[over]byte)(unsafe.Add(buf, start))
		} else {
			copy(c.text.Buf()[used:], r.buf[start:start+n])
		}
		used += n
		ends[i] = int32(used)
		i++
	}
	c.used = used
	return i
}

func (c *csvStrings) finish() arrow.Array {
	if c.text == nil { // no row
		c.text = memory.NewBufferBytes(nil)
	}
	c.offsets.ResizeNoShrink(4 * (c.at + 1))
	c.text.ResizeNoShrink(c.used)
	return c.array(c.offsets, c.text)
}

func (c *csvStrings) release() {
	c.validity.release()
	releaseBuffers(c.offsets, c.text)
}
