package source

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

// DefaultSampleBytes is how much of a file's head types are inferred from.
const DefaultSampleBytes = 1 << 20

// CSVOptions says how a CSV file is read; the zero value reads RFC 4180 files
// with a header.
type CSVOptions struct {
	Delimiter byte     // ',' if 0
	Quote     byte     // '"' if 0
	Comment   byte     // lines that start with it are no records; none if 0
	NoHeader  bool     // the first record is data; columns are column_0, column_1, …
	Nulls     []string // unquoted texts that are null; just the empty one if nil
	// Ragged fills records that are too short with nulls, where they are an
	// error otherwise. Records that are too long always are.
	Ragged bool
	// DecimalComma reads 1,5 as one and a half, and 1.5 as no number.
	DecimalComma bool
	// ExactCuts reads the whole file before it is cut into ranges, so as to know
	// which newlines are quoted. Without it that is done only where quotes are in
	// the head of the file or near the cuts, and a quoted field that happens to
	// hold a place to cut at, far from its quotes, is an error.
	ExactCuts bool
	// Types gives the types of columns by name; the others are inferred. Bool,
	// int32, int64, float32, float64, string, date32 and timestamps without a
	// zone can be asked for.
	Types map[string]arrow.DataType
	// SampleBytes is how much of the head types are inferred from. If 0,
	// DefaultSampleBytes are, and some lines of places all over the file. A value
	// elsewhere that is not of the inferred type is an error.
	SampleBytes int
	// InferAll infers from the whole file, so that no later value can
	// disagree: a column that holds several types becomes strings. The file is
	// then read twice.
	InferAll bool
}

// CSV is an open CSV file, compressed with gzip or zstd or not. Its methods are
// safe for concurrent use.
type CSV struct {
	file   *File
	opts   CSVOptions
	delim  byte
	quote  byte
	nulls  []string
	codec  codec
	body   int64 // offset in the text of the first record after byte-order mark and header
	schema *arrow.Schema

	nullLengths uint64   // a bit for the length of each of nulls, the last for 63 and more
	quotes      bool     // there are quotes in the sample
	inferred    []string // see Inferred
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
	c := &CSV{file: file, opts: opts, delim: cmp.Or(opts.Delimiter, ','), quote: cmp.Or(opts.Quote, '"'), nulls: opts.Nulls}
	for i, b := range []byte{c.delim, c.quote, opts.Comment} {
		name := [...]string{"delimiter", "quote", "start of a comment"}[i]
		if b == '\n' || b == '\r' || i > 0 && b == c.delim || i > 1 && b == c.quote {
			return nil, fmt.Errorf("source: %s: %q cannot be the %s", c.file.Path, b, name)
		}
	}
	if c.nulls == nil {
		c.nulls = []string{""}
	}
	for _, null := range c.nulls {
		c.nullLengths |= 1 << min(len(null), 63)
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
			names[i] = string(f.text(head, nil, c.quote))
		}
	}
	if at := repeated(names); at >= 0 {
		return nil, fmt.Errorf("%w: %s: two columns are named %q (set NoHeader if the first line is data)", ErrFormat, c.file.Path, names[at])
	}
	if !c.opts.NoHeader {
		c.body = int64(end)
	}
	return names, nil
}

// repeated returns the first name that was there before, or -1.
func repeated(names []string) int {
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		if seen[name] {
			return i
		}
		seen[name] = true
	}
	return -1
}

func (c *CSV) tokenizer(data []byte, one bool) *tokenizer {
	return &tokenizer{data: data, delim: c.delim, quote: c.quote, skip: c.opts.Comment, one: one}
}

// firstRecord learns the compression, sets body after a byte-order mark, and
// returns the head of the file with the fields of its first record and where
// that ends. It reads on until the record is whole.
func (c *CSV) firstRecord() (head []byte, fields []field, end int, err error) {
	var magic [4]byte
	if n, err := c.file.ReadAt(magic[:], 0); err == nil || err == io.EOF {
		c.codec = codecOf(magic[:n])
	}
	for size := int64(64 << 10); ; size *= 4 {
		head, whole, err := c.head(0, size)
		if err != nil {
			return nil, nil, 0, err
		}
		tokens := c.tokenizer(head, false)
		if bytes.HasPrefix(head, byteOrderMark) {
			tokens.pos = len(byteOrderMark)
		}
		c.body = int64(tokens.pos)
		fields, err = tokens.record(nil)
		if !whole && (err != nil || tokens.pos >= len(head)) {
			continue
		}
		if err != nil {
			return nil, nil, 0, c.at(err, int64(tokens.failed))
		}
		return head, fields, tokens.pos, nil
	}
}

// read returns the bytes from start to end of a file that is not compressed.
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

// at adds file and line to an error at an offset of the text.
func (c *CSV) at(err error, offset int64) error {
	return fmt.Errorf("%w: %s:%d: %w", ErrFormat, c.file.Path, c.lineAt(offset), err)
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
