package source

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
)

// DefaultSampleBytes is how much of a file's head types are inferred from.
const DefaultSampleBytes = 1 << 20

// CSVOptions says how a CSV file is read; the zero value reads RFC 4180 files
// with a header.
type CSVOptions struct {
	Delimiter byte     // ',' if 0
	NoHeader  bool     // the first record is data; columns are column_0, column_1, …
	Nulls     []string // unquoted texts that are null; just the empty one if nil
	// Ragged fills records that are too short with nulls, where they are an
	// error otherwise. Records that are too long always are.
	Ragged bool
	// Types gives the types of columns by name; the others are inferred. Bool,
	// int32, int64, float32, float64, string, date32 and timestamps without a
	// zone can be asked for.
	Types map[string]arrow.DataType
	// SampleBytes is how much of the head types are inferred from,
	// DefaultSampleBytes if 0. A later value that is not of the inferred type
	// is an error.
	SampleBytes int
	// InferAll infers from the whole file, so that no later value can
	// disagree: a column that holds several types becomes strings. The file is
	// then read twice.
	InferAll bool
}

// CSV is an open CSV file. Its methods are safe for concurrent use.
type CSV struct {
	file   *File
	opts   CSVOptions
	delim  byte
	nulls  []string
	body   int64 // offset of the first record after byte-order mark and header
	line   int64 // its line number, from 1
	schema *arrow.Schema

	inferred []string // see Inferred
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// OpenCSV opens a file and infers its schema. All columns are nullable. Errors
// wrap ErrFormat for a file that is not well formed and ErrColumn for Types
// that name no column.
func OpenCSV(path string, opts CSVOptions) (*CSV, error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	c, err := newCSV(file, opts)
	if err != nil {
		file.Close()
		return nil, err
	}
	return c, nil
}

func newCSV(file *File, opts CSVOptions) (*CSV, error) {
	c := &CSV{file: file, opts: opts, delim: opts.Delimiter, nulls: opts.Nulls, line: 1}
	if c.delim == 0 {
		c.delim = ','
	}
	if c.delim == '"' || c.delim == '\n' || c.delim == '\r' {
		return nil, fmt.Errorf("source: %s: %q cannot be the delimiter", file.Path, c.delim)
	}
	if c.nulls == nil {
		c.nulls = []string{""}
	}
	names, err := c.readHeader()
	if err != nil {
		return nil, err
	}
	return c, c.infer(names)
}

// readHeader finds the first record and the names of the columns.
func (c *CSV) readHeader() ([]string, error) {
	head, fields, end, err := c.firstRecord()
	if err != nil {
		return nil, err
	}
	if fields == nil {
		return nil, fmt.Errorf("%w: %s: the file is empty", ErrFormat, c.file.Path)
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		if names[i] = fmt.Sprintf("column_%d", i); !c.opts.NoHeader {
			names[i] = string(f.text(head, nil))
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, fmt.Errorf("%w: %s: two columns are named %q (set NoHeader if the first line is data)", ErrFormat, c.file.Path, names[i])
		}
	}
	if !c.opts.NoHeader {
		c.body = int64(end)
		c.line = 1 + int64(bytes.Count(head[:end], []byte{'\n'}))
	}
	return names, nil
}

// firstRecord sets body after a byte-order mark and returns the head of the
// file with the fields of its first record and where that ends. It reads on
// until the record is whole.
func (c *CSV) firstRecord() (head []byte, fields []field, end int, err error) {
	for size := int64(64 << 10); ; size *= 4 {
		if head, err = c.read(0, min(size, c.file.Size)); err != nil {
			return nil, nil, 0, err
		}
		tokens := &tokenizer{data: head, delim: c.delim}
		if bytes.HasPrefix(head, byteOrderMark) {
			tokens.pos = len(byteOrderMark)
		}
		c.body = int64(tokens.pos)
		fields, err = tokens.record(nil)
		if whole := int64(len(head)) == c.file.Size; !whole && (err != nil || tokens.pos >= len(head)) {
			continue
		}
		if err != nil {
			return nil, nil, 0, c.at(err, head, tokens.failed, 1)
		}
		return head, fields, tokens.pos, nil
	}
}

// read returns the bytes from start to end.
func (c *CSV) read(start, end int64) ([]byte, error) { return c.readInto(nil, start, end) }

// readInto is read into the memory of buf, if that is enough.
func (c *CSV) readInto(buf []byte, start, end int64) ([]byte, error) {
	buf = slices.Grow(buf[:0], int(end-start))[:end-start]
	n, err := c.file.ReadAt(buf, start)
	if n == len(buf) {
		return buf, nil
	}
	return nil, fmt.Errorf("source: cannot read %s: got %d of %d bytes at %d: %w", c.file.Path, n, len(buf), start, err)
}

// buffers are lent to readers of ranges, whose columns keep nothing of them:
// fresh memory would cost more than the parsing of some files.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Path returns the path the file was opened by.
func (c *CSV) Path() string { return c.file.Path }

// Schema returns the columns.
func (c *CSV) Schema() *arrow.Schema { return c.schema }

// Version changes when the file does; see File.Version.
func (c *CSV) Version() string { return c.file.Version() }

// Size returns the bytes of the file.
func (c *CSV) Size() int64 { return c.file.Size }

// Inferred tells c that the types given for the named columns come from an
// earlier look at the file and not from the user, which errors should say. It
// is to be called before c is shared.
func (c *CSV) Inferred(columns ...string) { c.inferred = columns }

// Close closes the file.
func (c *CSV) Close() error { return c.file.Close() }

// at adds file and line to an error in data, whose first line is number line.
func (c *CSV) at(err error, data []byte, offset int, line int64) error {
	line += int64(bytes.Count(data[:min(offset, len(data))], []byte{'\n'}))
	return fmt.Errorf("%w: %s:%d: %w", ErrFormat, c.file.Path, line, err)
}

// columns returns the numbers of the named columns, of all if none is named.
func (c *CSV) columns(names []string) ([]int, error) {
	var numbers []int
	for _, name := range names {
		found := c.schema.FieldIndices(name)
		if len(found) == 0 {
			return nil, fmt.Errorf("%w: %s: %q is none of %s", ErrColumn, c.file.Path, name, strings.Join(fieldNames(c.schema), ", "))
		}
		numbers = append(numbers, found[0])
	}
	if len(names) == 0 {
		for i := range c.schema.NumFields() {
			numbers = append(numbers, i)
		}
	}
	return numbers, nil
}

func fieldNames(s *arrow.Schema) []string {
	names := make([]string, s.NumFields())
	for i, f := range s.Fields() {
		names[i] = f.Name
	}
	return names
}
