package source

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
)

// ReadRowGroup reads the named columns (all if none is named) of a row group
// into Arrow memory: one buffer a column, filled page by page. The caller
// releases the record.
func (p *Parquet) ReadRowGroup(mem memory.Allocator, group int, columns ...string) (_ arrow.Record, err error) {
	groups := p.pq.RowGroups()
	if group < 0 || group >= len(groups) {
		return nil, fmt.Errorf("source: %s: row group %d of %d", p.file.Path, group, len(groups))
	}
	if len(columns) == 0 {
		for _, c := range p.columns {
			columns = append(columns, c.name)
		}
	}
	rows := groups[group].NumRows()
	var fields []arrow.Field
	var made []arrow.Array
	defer func() {
		for _, a := range made {
			a.Release()
		}
	}()
	for _, name := range columns {
		c, err := p.column(name)
		if err != nil {
			return nil, err
		}
		var a arrow.Array
		if c.kind == parquet.Boolean {
			a, err = p.readBools(mem, c, group, int(rows))
		} else {
			a, err = p.readColumn(mem, c, groups[group].ColumnChunks()[c.leaf], int(rows))
		}
		if err != nil {
			return nil, fmt.Errorf("%w (row group %d, column %q)", err, group, name)
		}
		made = append(made, a)
		fields = append(fields, arrow.Field{Name: c.name, Type: c.arrow, Nullable: c.optional})
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), made, rows), nil
}

// sink collects the pages of one column. levels has an entry a row, 1 where
// there is a value, and is empty when no row is null.
type sink interface {
	append(page parquet.Page, levels []byte) error
	finish() arrow.Array
	release()
}

func (p *Parquet) readColumn(mem memory.Allocator, c parquetColumn, chunk parquet.ColumnChunk, rows int) (_ arrow.Array, err error) {
	s := newSink(mem, c, rows)
	defer s.release()
	defer guard(p.file.Path, &err)
	pages := chunk.Pages()
	defer pages.Close()
	at := 0
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
		}
		n := int(page.NumRows())
		if at+n > rows {
			err = fmt.Errorf("pages hold more than the %d rows of the row group", rows)
		} else {
			err = appendPage(s, page, n)
		}
		parquet.Release(page)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
		}
		at += n
	}
	if at != rows {
		return nil, fmt.Errorf("%w: %s: pages hold %d of %d rows", ErrFormat, p.file.Path, at, rows)
	}
	return s.finish(), nil
}

func appendPage(s sink, page parquet.Page, rows int) error {
	levels := page.DefinitionLevels()
	if len(levels) > 0 && page.NumNulls() == 0 {
		levels = nil
	}
	if len(levels) > 0 && len(levels) != rows {
		return fmt.Errorf("%d definition levels for %d rows", len(levels), rows)
	}
	return s.append(page, levels)
}

// newSink chooses how a column is stored.
func newSink(mem memory.Allocator, c parquetColumn, rows int) sink {
	base := rowSink{mem: mem, dt: c.arrow, rows: rows}
	switch c.arrow.ID() {
	case arrow.STRING:
		return newTextSink(base)
	case arrow.DICTIONARY:
		return newCodeSink(base)
	case arrow.FLOAT32:
		return newFixedSink(base, floatPage, sameValue[float32])
	case arrow.FLOAT64:
		return newFixedSink(base, doublePage, sameValue[float64])
	case arrow.UINT8:
		return newFixedSink(base, int32Page, func(v int32) uint8 { return uint8(v) })
	case arrow.INT32, arrow.DATE32:
		return newFixedSink(base, int32Page, sameValue[int32])
	}
	if c.kind == parquet.Int32 { // uint32
		return newFixedSink(base, int32Page, func(v int32) int64 { return int64(uint32(v)) })
	}
	return newFixedSink(base, int64Page, sameValue[int64])
}

// rowSink is what all sinks share: how far they are, and which rows are null.
type rowSink struct {
	mem   memory.Allocator
	dt    arrow.DataType
	rows  int
	at    int
	valid *memory.Buffer
	nulls int
}

// mark notes the levels of the next n rows and advances over them; it returns
// how many have a value.
func (s *rowSink) mark(levels []byte, n int) (present int) {
	start := s.at
	s.at += n
	if len(levels) == 0 {
		if s.valid != nil {
			setBits(s.valid.Bytes(), start, n)
		}
		return n
	}
	if s.valid == nil {
		s.valid = memory.NewResizableBuffer(s.mem)
		s.valid.Resize((s.rows + 7) / 8)
		clear(s.valid.Bytes())
		setBits(s.valid.Bytes(), 0, start)
	}
	bits := s.valid.Bytes()
	for i, level := range levels {
		set := level & 1
		bits[(start+i)>>3] |= set << ((start + i) & 7)
		present += int(set)
	}
	s.nulls += n - present
	return present
}

// array wraps buffers and the validity as the finished column.
func (s *rowSink) array(buffers []*memory.Buffer, dictionary arrow.ArrayData) arrow.Array {
	all := append([]*memory.Buffer{s.valid}, buffers...)
	var data *array.Data
	if dictionary != nil {
		data = array.NewDataWithDictionary(s.dt, s.rows, all, s.nulls, 0, dictionary.(*array.Data))
	} else {
		data = array.NewData(s.dt, s.rows, all, nil, s.nulls, 0)
	}
	defer data.Release()
	return array.MakeFromData(data)
}

func (s *rowSink) release() {
	if s.valid != nil {
		s.valid.Release()
		s.valid = nil
	}
}

// setBits sets n bits from bit `from`.
func setBits(bits []byte, from, n int) {
	end := from + n
	for ; from < end && from&7 != 0; from++ {
		bits[from>>3] |= 1 << (from & 7)
	}
	for ; from+8 <= end; from += 8 {
		bits[from>>3] = 0xff
	}
	for ; from < end; from++ {
		bits[from>>3] |= 1 << (from & 7)
	}
}
