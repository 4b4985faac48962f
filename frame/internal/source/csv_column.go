package source

import (
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// csvColumn reads one column of a range, batch of records by batch.
type csvColumn interface {
	// parse appends a field a record; it returns the number of the first
	// field that is no value of the column's type, or -1.
	parse(data []byte, fields []field, levels []byte) (bad int)
	finish() arrow.Array
	release()
}

func csvReadable(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.BooleanType, *arrow.Int32Type, *arrow.Int64Type, *arrow.Float32Type, *arrow.Float64Type, *arrow.StringType, *arrow.Date32Type:
		return true
	case *arrow.TimestampType:
		return t.TimeZone == ""
	}
	return false
}

// newCSVColumn makes room for at most rows records.
func newCSVColumn(mem memory.Allocator, t arrow.DataType, rows int) csvColumn {
	base := rowSink{mem: mem, dt: t, rows: rows}
	switch t := t.(type) {
	case *arrow.BooleanType:
		return &csvBool{boolSink: newBoolSink(base)}
	case *arrow.Int32Type:
		return newCSVFixed(base, func(b []byte) (int32, bool) {
			v, ok := parseInt(b)
			return int32(v), ok && int64(int32(v)) == v
		})
	case *arrow.Int64Type:
		return newCSVFixed(base, parseInt)
	case *arrow.Float32Type:
		return newCSVFixed(base, func(b []byte) (float32, bool) {
			v, ok := parseFloat(b)
			return float32(v), ok
		})
	case *arrow.Float64Type:
		return newCSVFixed(base, parseFloat)
	case *arrow.Date32Type:
		return newCSVFixed(base, func(b []byte) (int32, bool) {
			v, ok := parseDate(b)
			return int32(v), ok
		})
	case *arrow.TimestampType:
		return newCSVFixed(base, timestampReader(t.Unit))
	}
	return &csvText{textSink: newTextSink(base)}
}

// timestampReader reads times that the unit can hold exactly.
func timestampReader(unit arrow.TimeUnit) func([]byte) (int64, bool) {
	per := int64(math.Pow10(3 * int(unit)))
	return func(b []byte) (int64, bool) {
		seconds, nanos, ok := parseTime(b)
		v := seconds*per + nanos/(1e9/per)
		return v, ok && nanos%(1e9/per) == 0 && (v-nanos/(1e9/per))/per == seconds
	}
}

// csvFixed reads values of a fixed width.
type csvFixed[T number] struct {
	rowSink
	values *memory.Buffer
	out    []T
	read   func([]byte) (T, bool)
}

func newCSVFixed[T number](base rowSink, read func([]byte) (T, bool)) *csvFixed[T] {
	c := &csvFixed[T]{rowSink: base, values: memory.NewResizableBuffer(base.mem), read: read}
	var zero T
	c.values.Resize(base.rows * int(unsafe.Sizeof(zero)))
	c.out = unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(c.values.Bytes()))), base.rows)
	return c
}

func (c *csvFixed[T]) parse(data []byte, fields []field, levels []byte) (bad int) {
	out := c.out[c.at : c.at+len(fields)]
	for i, f := range fields {
		if levels != nil && levels[i] == 0 {
			out[i] = 0
			continue
		}
		v, ok := c.read(data[f.start:f.end])
		if !ok {
			return i
		}
		out[i] = v
	}
	c.mark(levels, len(fields))
	return -1
}

func (c *csvFixed[T]) finish() arrow.Array {
	c.rows = c.at
	return c.array([]*memory.Buffer{c.values}, nil)
}

func (c *csvFixed[T]) release() {
	c.rowSink.release()
	c.values.Release()
}

// csvBool reads bools into bits.
type csvBool struct{ *boolSink }

func (c *csvBool) parse(data []byte, fields []field, levels []byte) (bad int) {
	bits := c.values.Bytes()
	for i, f := range fields {
		if levels != nil && levels[i] == 0 {
			continue
		}
		v, ok := parseBool(data[f.start:f.end])
		if !ok {
			return i
		}
		at := c.at + i
		bits[at>>3] |= v << (at & 7)
	}
	c.mark(levels, len(fields))
	return -1
}

func (c *csvBool) finish() arrow.Array {
	c.rows = c.at
	return c.boolSink.finish()
}

// csvText reads strings.
type csvText struct{ *textSink }

func (c *csvText) parse(data []byte, fields []field, levels []byte) (bad int) {
	start := c.at
	c.mark(levels, len(fields))
	end := int64(c.ends[start])
	most := end
	for _, f := range fields {
		most += int64(f.end - f.start)
	}
	if c.grow(most) != nil {
		return 0 // cannot be: a range is at most 1 GiB
	}
	text := c.text.Bytes()
	for i, f := range fields {
		if levels == nil || levels[i] != 0 {
			if f.escaped {
				end += int64(len(f.text(data, text[end:end:most])))
			} else {
				end += int64(copy(text[end:], data[f.start:f.end]))
			}
		}
		c.ends[start+i+1] = int32(end)
	}
	return -1
}

func (c *csvText) finish() arrow.Array {
	c.rows = c.at
	c.text.ResizeNoShrink(int(c.ends[c.at]))
	return c.textSink.finish()
}
