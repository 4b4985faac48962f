package source

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// csvColumn reads one column of a range, batch of records by batch. There is
// room for the records of a batch when parse is called.
type csvColumn interface {
	// reserve makes room for so many rows in all; never for fewer than before.
	reserve(rows int) error
	// parse appends a field a record; it returns the number of the first
	// record whose field is no value of the column's type, or -1.
	parse(r *csvRecords, number int) (bad int, err error)
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

func newCSVColumn(mem memory.Allocator, c *CSV, t arrow.DataType) csvColumn {
	base := validity{mem: mem, dt: t}
	switch t := t.(type) {
	case *arrow.BooleanType:
		return &csvBools{validity: base}
	case *arrow.Int32Type:
		return newCSVFixed(base, ifPlain(c, plainInts32), func(b []byte) (int32, bool) {
			v, ok := parseInt(b)
			return int32(v), ok && int64(int32(v)) == v
		})
	case *arrow.Int64Type:
		return newCSVFixed(base, ifPlain(c, plainInts64), parseInt)
	case *arrow.Float32Type:
		return newCSVFixed(base, nil, func(b []byte) (float32, bool) {
			v, ok := parseFloat(b, 32, c.opts.DecimalComma)
			return float32(v), ok
		})
	case *arrow.Float64Type:
		point := byte('.')
		if c.opts.DecimalComma {
			point = ','
		}
		return newCSVFixed(base, ifPlain(c, plainFloats(point)), func(b []byte) (float64, bool) {
			return parseFloat(b, 64, c.opts.DecimalComma)
		})
	case *arrow.Date32Type:
		return newCSVFixed(base, nil, func(b []byte) (int32, bool) {
			v, ok := parseDate(b)
			return int32(v), ok
		})
	case *arrow.TimestampType:
		return newCSVFixed(base, nil, timestampReader(t.Unit))
	}
	return &csvStrings{validity: base}
}

// ifPlain returns f, or nil if what looks like a number may stand for null.
func ifPlain[T number](c *CSV, f plain[T]) plain[T] {
	for _, null := range c.nulls {
		if _, ok := parseFloat([]byte(null), 64, c.opts.DecimalComma); ok {
			return nil
		}
	}
	return f
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
