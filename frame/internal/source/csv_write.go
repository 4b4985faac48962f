package source

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// CSVWriteOptions says how a CSV file is written; the zero value writes RFC
// 4180 with LF, a header, and nulls as empty fields.
type CSVWriteOptions struct {
	Delimiter byte // ',' if 0
	NoHeader  bool
	Null      string // how a null is written
}

// CSVWriter writes records as CSV that reads back the same: a string that
// looks like a null is quoted. Not for concurrent use.
type CSVWriter struct {
	name   string
	w      *bufio.Writer
	schema *arrow.Schema
	opts   CSVWriteOptions
	buf    []byte
}

// NewCSVWriter starts a file of the given schema on w; name is what errors
// call it.
func NewCSVWriter(w io.Writer, name string, schema *arrow.Schema, opts CSVWriteOptions) (*CSVWriter, error) {
	if opts.Delimiter == 0 {
		opts.Delimiter = ','
	}
	c := &CSVWriter{name: name, w: bufio.NewWriterSize(w, 1<<16), schema: schema, opts: opts}
	for _, f := range schema.Fields() {
		if !writable(f.Type) {
			return nil, fmt.Errorf("%w: cannot write %s: column %q: no text for %v", ErrColumn, name, f.Name, f.Type)
		}
	}
	if opts.NoHeader {
		return c, nil
	}
	for i, name := range fieldNames(schema) {
		c.separate(i)
		c.appendText(name)
	}
	return c, c.endRecord()
}

// Write appends the rows of a record.
func (c *CSVWriter) Write(rec arrow.Record) error {
	if !rec.Schema().Equal(c.schema) {
		return fmt.Errorf("source: cannot write %s: record of %v in a file of %v", c.name, rec.Schema(), c.schema)
	}
	for row := range int(rec.NumRows()) {
		for i, col := range rec.Columns() {
			c.separate(i)
			if col.IsNull(row) {
				c.buf = append(c.buf, c.opts.Null...)
				continue
			}
			c.appendValue(col, row)
		}
		if err := c.endRecord(); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is buffered. The underlying writer stays open.
func (c *CSVWriter) Close() error { return c.wrap(c.w.Flush()) }

func (c *CSVWriter) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("source: cannot write %s: %w", c.name, err)
	}
	return nil
}

func (c *CSVWriter) separate(i int) {
	if i > 0 {
		c.buf = append(c.buf, c.opts.Delimiter)
	}
}

func (c *CSVWriter) endRecord() error {
	_, err := c.w.Write(append(c.buf, '\n'))
	c.buf = c.buf[:0]
	return c.wrap(err)
}

func (c *CSVWriter) appendValue(col arrow.Array, row int) {
	switch col := col.(type) {
	case *array.Boolean:
		c.buf = strconv.AppendBool(c.buf, col.Value(row))
	case *array.Uint8:
		c.buf = strconv.AppendUint(c.buf, uint64(col.Value(row)), 10)
	case *array.Int32:
		c.buf = strconv.AppendInt(c.buf, int64(col.Value(row)), 10)
	case *array.Int64:
		c.buf = strconv.AppendInt(c.buf, col.Value(row), 10)
	case *array.Float32:
		c.buf = strconv.AppendFloat(c.buf, float64(col.Value(row)), 'g', -1, 32)
	case *array.Float64:
		c.buf = strconv.AppendFloat(c.buf, col.Value(row), 'g', -1, 64)
	case *array.Date32:
		c.buf = col.Value(row).ToTime().AppendFormat(c.buf, time.DateOnly)
	case *array.Timestamp:
		at := col.Value(row).ToTime(col.DataType().(*arrow.TimestampType).Unit)
		c.buf = at.AppendFormat(c.buf, "2006-01-02 15:04:05.999999999")
	case *array.String:
		c.appendText(col.Value(row))
	case *array.LargeString:
		c.appendText(col.Value(row))
	case *array.Dictionary:
		c.appendValue(col.Dictionary(), col.GetValueIndex(row))
	default:
		panic(fmt.Sprintf("source: %T passed writable", col))
	}
}

// appendText quotes a text that would read as something else.
func (c *CSVWriter) appendText(s string) {
	special := s == c.opts.Null || s == ""
	for i := 0; i < len(s) && !special; i++ {
		special = s[i] == c.opts.Delimiter || s[i] == '"' || s[i] == '\n' || s[i] == '\r'
	}
	if !special {
		c.buf = append(c.buf, s...)
		return
	}
	c.buf = append(c.buf, '"')
	c.buf = append(c.buf, bytes.ReplaceAll([]byte(s), []byte{'"'}, []byte(`""`))...)
	c.buf = append(c.buf, '"')
}
