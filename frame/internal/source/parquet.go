package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go"
)

// ParquetOptions says how a Parquet file is read.
type ParquetOptions struct {
	// Dictionary reads string columns as dictionary(int32, string) in place of
	// string: codes are kept as they lie in the file, which is faster to read
	// and to group by.
	Dictionary bool
}

// Parquet is an open Parquet file. Its methods are safe for concurrent use.
type Parquet struct {
	file *File
	opts ParquetOptions
	parquetFooter
}

// parquetFooter is what the footer of a file says. It is never changed.
type parquetFooter struct {
	pq      *parquet.File // for its metadata: it must not read
	columns []parquetColumn
	schema  *arrow.Schema
}

// footers keeps what was read of files, by path, version and options: the tasks
// that read their row groups open them again and again.
var footers = struct {
	sync.Mutex
	known map[string]parquetFooter
}{known: map[string]parquetFooter{}}

// maxFooters bounds what is kept; then all is forgotten.
const maxFooters = 64

// RowGroup describes what can be read at once.
type RowGroup struct {
	Rows  int64
	Bytes int64 // of all columns, uncompressed
}

// OpenParquet reads the footer of a file. Errors wrap ErrFormat when the file
// is no Parquet file, is cut short or damaged.
func OpenParquet(path string, opts ParquetOptions) (_ *Parquet, err error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	p := &Parquet{file: file, opts: opts}
	key := fmt.Sprintf("%t %s %s", opts.Dictionary, file.Version(), path)
	footers.Lock()
	known, ok := footers.known[key]
	footers.Unlock()
	if ok {
		p.parquetFooter = known
		return p, nil
	}
	if err := p.readFooter(); err != nil {
		file.Close()
		return nil, err
	}
	footers.Lock()
	defer footers.Unlock()
	if len(footers.known) >= maxFooters {
		clear(footers.known)
	}
	footers.known[key] = p.parquetFooter
	return p, nil
}

func (p *Parquet) readFooter() (err error) {
	defer guard(p.file.Path, &err)
	if err := checkMagic(p.file); err != nil {
		return err
	}
	p.pq, err = parquet.OpenFile(p.file, p.file.Size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("%w: %s: no valid Parquet footer: %w", ErrFormat, p.file.Path, err)
	}
	if err := p.checkGroups(); err != nil {
		return err
	}
	fields := make([]arrow.Field, 0, len(p.pq.Root().Columns()))
	for _, c := range p.pq.Root().Columns() {
		column := newParquetColumn(c, p.opts)
		p.columns = append(p.columns, column)
		fields = append(fields, arrow.Field{Name: column.name, Type: column.arrow, Nullable: column.optional})
	}
	p.schema = arrow.NewSchema(fields, nil)
	return nil
}

// checkMagic tells a file of another format from a damaged one, and one whose
// footer claims to be longer than the file, for which memory would be taken.
func checkMagic(f *File) error {
	const magic = "PAR1"
	var head [len(magic)]byte
	var end [4 + len(magic)]byte // the length of the footer before it
	if f.Size < 12 {
		return fmt.Errorf("%w: %s: %d bytes are no Parquet file", ErrFormat, f.Path, f.Size)
	}
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return fmt.Errorf("source: cannot read %s: %w", f.Path, err)
	}
	if _, err := f.ReadAt(end[:], f.Size-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("source: cannot read %s: %w", f.Path, err)
	}
	switch {
	case string(head[:]) != magic:
		return fmt.Errorf("%w: %s: not a Parquet file (it does not start with %s)", ErrFormat, f.Path, magic)
	case string(end[4:]) != magic:
		return fmt.Errorf("%w: %s: Parquet file is cut short (it does not end with %s)", ErrFormat, f.Path, magic)
	case int64(binary.LittleEndian.Uint32(end[:])) > f.Size-12:
		return fmt.Errorf("%w: %s: no valid Parquet footer: it would begin before the file", ErrFormat, f.Path)
	}
	return checkFooter(f, int64(binary.LittleEndian.Uint32(end[:])))
}

// checkFooter refuses lists of more elements than the footer has bytes, before
// memory is taken for them.
func checkFooter(f *File, size int64) error {
	footer := make([]byte, size)
	if _, err := f.ReadAt(footer, f.Size-8-size); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("source: cannot read %s: %w", f.Path, err)
	}
	if !wellFormed(footer) {
		return fmt.Errorf("%w: %s: no valid Parquet footer: it is damaged", ErrFormat, f.Path)
	}
	return nil
}

// checkGroups refuses sizes that the file cannot have, before anything is
// allocated by them.
func (p *Parquet) checkGroups() error {
	for i, g := range p.pq.Metadata().RowGroups {
		if g.NumRows < 0 || g.NumRows > maxRows {
			return fmt.Errorf("%w: %s: row group %d claims %d rows", ErrFormat, p.file.Path, i, g.NumRows)
		}
		for k := range g.Columns {
			m := &g.Columns[k].MetaData
			if m.TotalCompressedSize < 0 || m.TotalCompressedSize > p.file.Size || m.DataPageOffset < 0 || m.DataPageOffset > p.file.Size {
				return fmt.Errorf("%w: %s: row group %d, column %s lies outside the file",
					ErrFormat, p.file.Path, i, strings.Join(m.PathInSchema, "."))
			}
		}
	}
	return nil
}

// maxRows bounds the rows of a row group: string offsets are 32-bit.
const maxRows = 1<<31 - 1

// Path returns the path the file was opened by.
func (p *Parquet) Path() string { return p.file.Path }

// Version changes when the file does; see File.Version.
func (p *Parquet) Version() string { return p.file.Version() }

// Schema returns the columns. One whose type cannot be read (a list, say) has
// the type null, and is an error only when it is read.
func (p *Parquet) Schema() *arrow.Schema { return p.schema }

// NumRows returns the rows of all row groups.
func (p *Parquet) NumRows() int64 { return p.pq.NumRows() }

// RowGroups describes the row groups, in file order.
func (p *Parquet) RowGroups() []RowGroup {
	meta := p.pq.Metadata().RowGroups
	groups := make([]RowGroup, len(meta))
	for i := range meta {
		groups[i] = RowGroup{Rows: meta[i].NumRows, Bytes: meta[i].TotalByteSize}
	}
	return groups
}

// Close closes the file.
func (p *Parquet) Close() error { return p.file.Close() }

// column finds a column by name.
func (p *Parquet) column(name string) (parquetColumn, error) {
	for _, c := range p.columns {
		if c.name == name {
			if c.refused != "" {
				return c, fmt.Errorf("%w: %s: column %q: %s cannot be read", ErrColumn, p.file.Path, name, c.refused)
			}
			return c, nil
		}
	}
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.name
	}
	return parquetColumn{}, fmt.Errorf("%w: %s: %q is none of %s", ErrColumn, p.file.Path, name, strings.Join(names, ", "))
}
