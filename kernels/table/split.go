package table

import (
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// A split sends each row of a table to one of several parts. Values of fixed
// width and strings are read once, block by block; what is rarer is taken part by
// part.
type split struct {
	mem    memory.Allocator
	blocks *blocks // nil where parts are very many
	counts []int   // rows of each part
	lists  func() (starts, rows []uint32)
}

// newSplit splits by the part of each row. The rows of a split are those of one
// call of tables.
func newSplit(mem memory.Allocator, part []uint32, parts int) *split {
	s := &split{mem: mem, counts: make([]int, parts)}
	if parts <= mostBlockParts {
		s.blocks = newBlocks(mem, part, s.counts)
	} else {
		for _, p := range part {
			s.counts[p]++
		}
	}
	s.lists = sync.OnceValues(func() ([]uint32, []uint32) { return groupRows(part, parts) })
	return s
}

// rows lists the rows of part p.
func (s *split) rows(p int) []uint32 {
	starts, rows := s.lists()
	return rows[starts[p]:starts[p+1]]
}

// tables splits every column of t, and ends the split.
func (s *split) tables(t *kernels.Table) ([]*kernels.Table, error) {
	cols := make([][]arrow.Array, len(s.counts))
	defer func() {
		if s.blocks != nil {
			s.blocks.release()
		}
		for _, made := range cols {
			releaseAll(made)
		}
	}()
	for i, f := range t.Schema().Fields() {
		parts, err := s.column(t.Column(i))
		if err != nil {
			return nil, fmt.Errorf("%w (column %q)", err, f.Name)
		}
		for p, col := range parts {
			cols[p] = append(cols[p], col)
		}
	}
	out := make([]*kernels.Table, len(s.counts))
	for p := range out {
		made, err := kernels.NewTable(t.Schema(), cols[p], s.counts[p])
		if err != nil {
			panic(fmt.Sprintf("table: part %d of a table is none: %v", p, err))
		}
		out[p] = made
	}
	return out, nil
}

// unstored says whether a column has no values, be it that all are null.
func unstored(col arrow.Array) bool {
	b := col.Data().Buffers()
	return col.Len() == 0 || len(b) < 2 || b[1] == nil || b[1].Len() == 0
}

// isBytes says whether values are so many bytes each, at offsets.
func isBytes(id arrow.Type) bool {
	return id == arrow.STRING || id == arrow.BINARY || id == arrow.LARGE_STRING || id == arrow.LARGE_BINARY
}

// column returns the column of each part.
func (s *split) column(col arrow.Array) ([]arrow.Array, error) {
	width, ok := fixedWidth(col.DataType())
	switch id := col.DataType().ID(); {
	case s.blocks == nil || !ok && !isBytes(id) || width == 0 && ok || unstored(col):
		return s.takeParts(col)
	case id == arrow.STRING || id == arrow.BINARY:
		return splitText[int32](s, col)
	case id == arrow.LARGE_STRING || id == arrow.LARGE_BINARY:
		return splitText[int64](s, col)
	}
	buffers := side(s.mem, len(s.counts), 0, func(p int) int { return s.counts[p] * width })
	switch width {
	case 1:
		splitValues(s.blocks, buffers, values[uint8](col))
	case 2:
		splitValues(s.blocks, buffers, values[uint16](col))
	case 4:
		splitValues(s.blocks, buffers, values[uint32](col))
	case 8:
		splitValues(s.blocks, buffers, values[uint64](col))
	case 16:
		splitValues(s.blocks, buffers, values[[16]byte](col))
	default:
		splitValues(s.blocks, buffers, values[[32]byte](col))
	}
	bitmaps, nulls := s.splitValidity(col)
	out := make([]arrow.Array, len(buffers))
	for p, b := range buffers {
		if dict, ok := col.(*array.Dictionary); ok {
			out[p] = withDictionary(dict.DataType(), s.counts[p], nulls[p], bitmaps[p], b, dict.Dictionary())
		} else {
			out[p] = newArray(col.DataType(), s.counts[p], nulls[p], bitmaps[p], b)
		}
	}
	return out, nil
}

func (s *split) takeParts(col arrow.Array) ([]arrow.Array, error) {
	out := make([]arrow.Array, 0, len(s.counts))
	for p := range s.counts {
		taken, err := takeColumn(s.mem, col, s.rows(p))
		if err != nil {
			releaseAll(out)
			return nil, err
		}
		out = append(out, taken)
	}
	return out, nil
}
