package source

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
)

// Compression of the pages of a Parquet file.
type Compression uint8

// The compressions. Zstd is the default: files are about a third smaller than
// with Snappy, and reading is as fast where storage is the limit.
const (
	Zstd Compression = iota
	Snappy
	Uncompressed
)

// DefaultRowGroupRows is how many rows a row group gets if nobody says.
const DefaultRowGroupRows = 1 << 18

// ParquetWriteOptions says how a file is written; the zero value is good.
type ParquetWriteOptions struct {
	Compression  Compression
	RowGroupRows int // DefaultRowGroupRows if 0
}

// ParquetWriter writes records as a Parquet file with statistics. Not for
// concurrent use.
type ParquetWriter struct {
	name   string
	mem    memory.Allocator
	schema *arrow.Schema // of the file
	w      *pqarrow.FileWriter
	rows   int
}

// NewParquetWriter starts a file of the given schema on w; name is what errors
// call it. Columns of uint8 get no statistics, because they would be wrong
// where there are nulls.
func NewParquetWriter(mem memory.Allocator, w io.Writer, name string, schema *arrow.Schema, opts ParquetWriteOptions) (*ParquetWriter, error) {
	rows := opts.RowGroupRows
	if rows <= 0 {
		rows = DefaultRowGroupRows
	}
	codecs := map[Compression]compress.Compression{Zstd: compress.Codecs.Zstd, Snappy: compress.Codecs.Snappy, Uncompressed: compress.Codecs.Uncompressed}
	codec, ok := codecs[opts.Compression]
	if !ok {
		return nil, fmt.Errorf("source: cannot write %s: no compression %d", name, opts.Compression)
	}
	props := []parquet.WriterProperty{
		parquet.WithAllocator(mem), parquet.WithCompression(codec), parquet.WithStats(true),
		parquet.WithMaxRowGroupLength(int64(rows)), parquet.WithCreatedBy("ashlar"),
	}
	for _, f := range schema.Fields() {
		if !writable(f.Type) {
			return nil, fmt.Errorf("%w: cannot write %s: column %q: no Parquet type for %v", ErrColumn, name, f.Name, f.Type)
		}
		if f.Type.ID() == arrow.UINT8 {
			props = append(props, parquet.WithStatsFor(f.Name, false))
		}
	}
	schema = plainSchema(schema)
	// Only the stream is ours to close, not the file below it.
	fw, err := pqarrow.NewFileWriter(schema, struct{ io.Writer }{w}, parquet.NewWriterProperties(props...),
		pqarrow.NewArrowWriterProperties(pqarrow.WithAllocator(mem)))
	if err != nil {
		return nil, fmt.Errorf("source: cannot write %s: %w", name, err)
	}
	return &ParquetWriter{name: name, mem: mem, schema: schema, w: fw, rows: rows}, nil
}

// writable lists what this package also reads.
func writable(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.BOOL, arrow.UINT8, arrow.INT32, arrow.INT64, arrow.FLOAT32, arrow.FLOAT64, arrow.STRING, arrow.LARGE_STRING, arrow.DATE32, arrow.TIMESTAMP:
		return true
	case arrow.DICTIONARY:
		value := t.(*arrow.DictionaryType).ValueType.ID()
		return value == arrow.STRING || value == arrow.LARGE_STRING
	}
	return false
}

// Write appends a record, in row groups of at most the set rows.
func (p *ParquetWriter) Write(rec arrow.Record) (err error) {
	for start := int64(0); start < rec.NumRows(); start += int64(p.rows) {
		part := rec.NewSlice(start, min(start+int64(p.rows), rec.NumRows()))
		plain := plainRecord(p.mem, p.schema, part)
		part.Release()
		err := p.w.Write(plain)
		plain.Release()
		if err != nil {
			return fmt.Errorf("source: cannot write %s: %w", p.name, err)
		}
	}
	return nil
}

// Close writes the footer. The underlying writer stays open.
func (p *ParquetWriter) Close() error {
	if err := p.w.Close(); err != nil {
		return fmt.Errorf("source: cannot write %s: %w", p.name, err)
	}
	return nil
}
