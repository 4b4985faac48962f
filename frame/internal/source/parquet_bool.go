package source

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
)

// boolSink stores bits.
type boolSink struct {
	rowSink
	values *memory.Buffer
}

func newBoolSink(base rowSink) *boolSink {
	s := &boolSink{rowSink: base, values: memory.NewResizableBuffer(base.mem)}
	s.values.Resize((base.rows + 7) / 8)
	clear(s.values.Bytes())
	return s
}

func (s *boolSink) finish() arrow.Array { return s.array([]*memory.Buffer{s.values}, nil) }

func (s *boolSink) release() {
	s.rowSink.release()
	s.values.Release()
}

// boolBatch is how many bools are decoded at a time.
const boolBatch = 4096

// readBools reads a bool column with arrow's decoder: parquet-go (v0.32) pads
// every run of a run-length encoded bool page to whole bytes, and so shifts the
// values after it. Version 2 pages of arrow's C++ library are encoded like that.
func (p *Parquet) readBools(mem memory.Allocator, c parquetColumn, group, rows int) (_ arrow.Array, err error) {
	s := newBoolSink(rowSink{mem: mem, dt: c.arrow, rows: rows})
	defer s.release()
	defer guard(p.file.Path, &err)
	r, err := file.NewParquetReader(io.NewSectionReader(p.file, 0, p.file.Size))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
	}
	column, err := r.RowGroup(group).Column(c.leaf)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
	}
	bools, ok := column.(*file.BooleanColumnChunkReader)
	if !ok {
		return nil, fmt.Errorf("%w: %s: a bool column of %T", ErrFormat, p.file.Path, column)
	}
	var values [boolBatch]bool
	var defined [boolBatch]int16
	for s.at < rows {
		total, present, err := bools.ReadBatch(int64(min(boolBatch, rows-s.at)), values[:], defined[:], nil)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
		}
		if total == 0 {
			return nil, fmt.Errorf("%w: %s: pages hold %d of %d rows", ErrFormat, p.file.Path, s.at, rows)
		}
		if err := s.store(values[:present], defined[:total], c.optional); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
		}
	}
	return s.finish(), nil
}

// store appends a batch: a level a row, and the values of those that have one.
func (s *boolSink) store(values []bool, defined []int16, optional bool) error {
	var levels [boolBatch]byte
	present := 0
	for i, d := range defined {
		if levels[i] = 1; optional {
			levels[i] = byte(d) & 1
		}
		present += int(levels[i])
	}
	if present != len(values) {
		return fmt.Errorf("%d bools for %d rows that are not null", len(values), present)
	}
	start, next, bits := s.at, 0, s.values.Bytes()
	used := levels[:len(defined)]
	for i, level := range used {
		if level == 0 {
			continue
		}
		if values[next] {
			bits[(start+i)>>3] |= 1 << ((start + i) & 7)
		}
		next++
	}
	if present == len(defined) {
		used = nil
	}
	s.mark(used, len(defined))
	return nil
}
