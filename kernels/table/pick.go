package table

import (
	"fmt"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A picking takes the same rows out of several columns. The rows are known to
// exist, or are noRow, which yields null.
type picking struct {
	mem   memory.Allocator
	rows  []uint32
	gaps  *memory.Buffer // bitmap of the rows that are not noRow; nil if all are
	empty int            // how many are noRow
	full  scratch        // the rows with 0 for noRow, where some are
}

func newPicking(mem memory.Allocator, rows []uint32, mayGap bool) *picking {
	p := &picking{mem: mem, rows: rows}
	if mayGap {
		p.findGaps()
	}
	return p
}

// findGaps marks the rows that are not noRow, and puts 0 for those that are.
func (p *picking) findGaps() {
	p.gaps, p.full = sized(p.mem, (len(p.rows)+63)/64*8), newScratch(p.mem, len(p.rows))
	words, ones := viewed[uint64](p.gaps), 0
	markFound(words, p.rows)
	for _, w := range words {
		ones += bits.OnesCount64(w)
	}
	p.gaps.ResizeNoShrink(bitBytes(len(p.rows)))
	if p.empty = len(p.rows) - ones; p.empty == 0 {
		p.release()
		p.gaps, p.full = nil, scratch{}
		return
	}
	full := p.full.rows[:len(p.rows)]
	for i, r := range p.rows {
		full[i] = r & uint32((int64(r)-int64(noRow))>>32) // all ones if it is less
	}
}

func (p *picking) release() {
	if p.gaps != nil {
		p.gaps.Release()
	}
	p.full.release()
}

// bitsOf makes a bitmap of what bit says of each row, 0 or 1, and counts the
// zeros. It is nil if there are none.
func bitsOf(mem memory.Allocator, rows []uint32, bit func(uint32) uint64) (*memory.Buffer, int) {
	b := sized(mem, bitBytes(len(rows)))
	out, ones := b.Bytes(), 0
	for at := 0; at < len(rows); at += 8 {
		var w uint64
		for k, r := range rows[at:min(at+8, len(rows))] {
			w |= bit(r) << k
		}
		out[at>>3] = byte(w)
		ones += bits.OnesCount64(w)
	}
	if ones == len(rows) {
		b.Release()
		return nil, 0
	}
	return b, len(rows) - ones
}

// columns picks from each column.
func (p *picking) columns(fields []arrow.Field, cols []arrow.Array) ([]arrow.Array, error) {
	out := make([]arrow.Array, 0, len(cols))
	for i, col := range cols {
		picked, err := p.column(col)
		if err != nil {
			releaseAll(out)
			return nil, fmt.Errorf("%w (column %q)", err, fields[i].Name)
		}
		out = append(out, picked)
	}
	return out, nil
}

func (p *picking) column(col arrow.Array) (arrow.Array, error) {
	if id := col.DataType().ID(); col.Len() > 0 && (id == arrow.STRING || id == arrow.BINARY) {
		return pickText[int32](p, col)
	} else if col.Len() > 0 && (id == arrow.LARGE_STRING || id == arrow.LARGE_BINARY) {
		return pickText[int64](p, col)
	}
	width, ok := fixedWidth(col.DataType())
	if !ok || width == 0 || width > 16 || col.Len() == 0 {
		return takeColumn(p.mem, col, p.rows)
	}
	b, rows := sized(p.mem, width*len(p.rows)), p.rows
	if p.empty > 0 {
		rows = p.full.rows
	}
	switch width {
	case 1:
		pickValues(viewed[uint8](b), values[uint8](col), rows)
	case 2:
		pickValues(viewed[uint16](b), values[uint16](col), rows)
	case 4:
		pickValues(viewed[uint32](b), values[uint32](col), rows)
	case 8:
		pickValues(viewed[uint64](b), values[uint64](col), rows)
	default:
		pickValues(viewed[[2]uint64](b), values[[2]uint64](col), rows)
	}
	valid, nulls := p.validity(col)
	if dict, ok := col.(*array.Dictionary); ok {
		return withDictionary(dict.DataType(), len(p.rows), nulls, valid, b, dict.Dictionary()), nil
	}
	return newArray(col.DataType(), len(p.rows), nulls, valid, b), nil
}

// validity returns the bitmap of the rows picked; it is shared by the columns
// that have no nulls of their own.
func (p *picking) validity(col arrow.Array) (*memory.Buffer, int) {
	if col.NullN() == 0 {
		if p.gaps != nil {
			p.gaps.Retain()
		}
		return p.gaps, p.empty
	}
	from, offset := col.NullBitmapBytes(), uint32(col.Data().Offset())
	if p.empty == 0 {
		return bitsOf(p.mem, p.rows, func(r uint32) uint64 {
			at := offset + r
			return uint64(from[at>>3] >> (at & 7) & 1)
		})
	}
	return bitsOf(p.mem, p.rows, func(r uint32) uint64 {
		if r == noRow {
			return 0
		}
		at := offset + r
		return uint64(from[at>>3] >> (at & 7) & 1)
	})
}

// pickValues reads src, which is not empty, at rows that it has. There are no checks
// of bounds: whoever made the rows knows them to be there.
func pickValues[T any](dst, src []T, rows []uint32) {
	dst = dst[:len(rows)]
	from := unsafe.Pointer(unsafe.SliceData(src))
	var zero T
	size := unsafe.Sizeof(zero)
	for len(rows) >= 4 && len(dst) >= 4 {
		a, b, c, d := uintptr(rows[0]), uintptr(rows[1]), uintptr(rows[2]), uintptr(rows[3])
		dst[0] = *(*T)(unsafe.Add(from, a*size))
		dst[1] = *(*T)(unsafe.Add(from, b*size))
		dst[2] = *(*T)(unsafe.Add(from, c*size))
		dst[3] = *(*T)(unsafe.Add(from, d*size))
		rows, dst = rows[4:], dst[4:]
	}
	for i, r := range rows {
		dst[i] = *(*T)(unsafe.Add(from, uintptr(r)*size))
	}
}
