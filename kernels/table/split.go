package table

import (
	"fmt"
	"math"
	"sync"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// A split sends each row of a table to one of several parts. Values of fixed
// width and strings are read once, in order, and written to all parts as they
// come; what is rarer is taken part by part.
type split struct {
	mem    memory.Allocator
	part   []uint32 // of each row
	counts []int    // rows of each part
	lists  func() (starts, rows []uint32)
}

func newSplit(mem memory.Allocator, part []uint32, parts int) *split {
	s := &split{mem: mem, part: part, counts: make([]int, parts)}
	for _, p := range part {
		s.counts[p]++
	}
	s.lists = sync.OnceValues(func() ([]uint32, []uint32) { return groupRows(part, parts) })
	return s
}

// rows lists the rows of part p.
func (s *split) rows(p int) []uint32 {
	starts, rows := s.lists()
	return rows[starts[p]:starts[p+1]]
}

// tables splits every column of t.
func (s *split) tables(t *kernels.Table) ([]*kernels.Table, error) {
	cols := make([][]arrow.Array, len(s.counts))
	defer func() {
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

// column returns the column of each part.
func (s *split) column(col arrow.Array) ([]arrow.Array, error) {
	switch col.DataType().ID() {
	case arrow.STRING:
		return splitText[int32](s, col)
	case arrow.LARGE_STRING:
		return splitText[int64](s, col)
	}
	width, ok := fixedWidth(col.DataType())
	if !ok || width == 0 {
		return s.takeParts(col)
	}
	buffers := make([]*memory.Buffer, len(s.counts))
	for p, n := range s.counts {
		buffers[p] = sized(s.mem, n*width)
	}
	holes := s.newHoles(col)
	switch width {
	case 1:
		scatter(buffers, values[uint8](col), s.part, holes)
	case 2:
		scatter(buffers, values[uint16](col), s.part, holes)
	case 4:
		scatter(buffers, values[uint32](col), s.part, holes)
	case 8:
		scatter(buffers, values[uint64](col), s.part, holes)
	case 16:
		scatter(buffers, values[[16]byte](col), s.part, holes)
	default:
		scatter(buffers, values[[32]byte](col), s.part, holes)
	}
	out := make([]arrow.Array, len(buffers))
	for p, b := range buffers {
		valid, nulls := holes.of(p)
		if dict, ok := col.(*array.Dictionary); ok && dict.Len() > 0 {
			out[p] = withDictionary(dict.DataType(), s.counts[p], nulls, valid, b, dict.Dictionary())
		} else {
			out[p] = newArray(col.DataType(), s.counts[p], nulls, valid, b)
		}
	}
	return out, nil
}

// holes are the nulls of a column, by parts.
type holes struct {
	from    validity
	bitmaps []*memory.Buffer // of each part
	nulls   []int
}

// newHoles returns nil for a column without nulls.
func (s *split) newHoles(col arrow.Array) *holes {
	if col.NullN() == 0 {
		return nil
	}
	h := &holes{from: validity{bitmap: col.NullBitmapBytes(), offset: col.Data().Offset()}, nulls: make([]int, len(s.counts))}
	for _, n := range s.counts {
		b := sized(s.mem, bitBytes(n))
		for i := range b.Bytes() {
			b.Bytes()[i] = 0xff
		}
		h.bitmaps = append(h.bitmaps, b)
	}
	return h
}

// mark makes row i of part p null.
func (h *holes) mark(p uint32, i int) {
	h.bitmaps[p].Bytes()[i>>3] &^= 1 << (i & 7)
	h.nulls[p]++
}

// of returns the validity of a part, nil where nothing is null.
func (h *holes) of(p int) (*memory.Buffer, int) {
	switch {
	case h == nil:
		return nil, 0
	case h.nulls[p] == 0:
		h.bitmaps[p].Release()
		return nil, 0
	}
	return h.bitmaps[p], h.nulls[p]
}

// A cursor is where the next value of a part goes.
type cursor struct {
	base unsafe.Pointer
	at   uintptr
}

// scatter writes each value of src behind those its part already has. The parts
// of all rows were counted, so that no place is beyond its buffer.
func scatter[T any](buffers []*memory.Buffer, src []T, part []uint32, h *holes) {
	cursors := make([]cursor, len(buffers))
	for p, b := range buffers {
		cursors[p].base = unsafe.Pointer(unsafe.SliceData(b.Bytes()))
	}
	part = part[:len(src)]
	if h == nil {
		scatterAll(cursors, src, part)
		return
	}
	var v T
	for lo := 0; lo < len(src); lo += 64 {
		hi := min(lo+64, len(src))
		h.from.eachNull(lo, hi-lo, func(i int) {
			p, before := part[lo+i], 0 // values of the part on the way to row lo+i
			for _, q := range part[lo : lo+i] {
				if q == p {
					before++
				}
			}
			h.mark(p, int(cursors[p].at/unsafe.Sizeof(v))+before)
		})
		scatterAll(cursors, src[lo:hi], part[lo:hi])
	}
}

func scatterAll[T any](cursors []cursor, src []T, part []uint32) {
	part = part[:len(src)]
	for i, v := range src {
		c := &cursors[part[i]]
		*(*T)(unsafe.Add(c.base, c.at)) = v
		c.at += unsafe.Sizeof(v)
	}
}

func (s *split) validity(col arrow.Array, p int) (*memory.Buffer, int) {
	if col.NullN() == 0 {
		return nil, 0
	}
	return takeValidity(s.mem, col, s.rows(p))
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

// splitText splits strings; T is the width of their offsets.
func splitText[T int32 | int64](s *split, col arrow.Array) ([]arrow.Array, error) {
	from, valid := textsOf(col), validityOf(col)
	totals := make([]int, len(s.counts))
	for i, p := range s.part {
		if valid.at(i) {
			a, b := from.span(i)
			totals[p] += b - a
		}
	}
	for p, total := range totals {
		if int64(total) > math.MaxInt32 && offsetSize[T]() == 4 {
			return nil, fmt.Errorf("%w: %d bytes of strings in part %d, of %d at most: use more partitions", ErrOverflow, total, p, math.MaxInt32)
		}
	}
	ends, bodies := make([]*memory.Buffer, len(totals)), make([]*memory.Buffer, len(totals))
	offsets, bytes := make([][]T, len(totals)), make([][]byte, len(totals))
	for p, total := range totals {
		ends[p], bodies[p] = sized(s.mem, (s.counts[p]+1)*offsetSize[T]()), sized(s.mem, total)
		offsets[p], bytes[p] = viewed[T](ends[p]), bodies[p].Bytes()
		offsets[p][0] = 0
	}
	at := make([]uint32, len(totals))
	for i, p := range s.part {
		to, k := offsets[p], at[p]
		end := to[k]
		if valid.at(i) {
			end += T(copy(bytes[p][end:], from.at(i)))
		}
		to[k+1] = end
		at[p] = k + 1
	}
	out := make([]arrow.Array, len(totals))
	for p := range out {
		bitmap, nulls := s.validity(col, p)
		out[p] = newArray(col.DataType(), s.counts[p], nulls, bitmap, ends[p], bodies[p])
	}
	return out, nil
}
