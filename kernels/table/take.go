package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Take returns the given rows of t, in the order given and as often as given.
// Errors wrap ErrRow, ErrType for columns of a type that tables do not hold,
// and ErrOverflow for a string column that would pass 2 GiB.
func Take(mem memory.Allocator, t *kernels.Table, rows []uint32) (*kernels.Table, error) {
	for i, r := range rows {
		if int(r) >= t.NumRows() {
			return nil, fmt.Errorf("%w: take: number %d asks for row %d of %d", ErrRow, i, r, t.NumRows())
		}
	}
	return takeRows(mem, t, rows)
}

// takeRows is Take of rows known to exist, or noRow.
func takeRows(mem memory.Allocator, t *kernels.Table, rows []uint32) (*kernels.Table, error) {
	cols, err := takeColumns(mem, t.Schema().Fields(), t.Record().Columns(), rows)
	if err != nil {
		return nil, err
	}
	defer releaseAll(cols)
	return kernels.NewTable(t.Schema(), cols, len(rows))
}

func takeColumns(mem memory.Allocator, fields []arrow.Field, cols []arrow.Array, rows []uint32) ([]arrow.Array, error) {
	out := make([]arrow.Array, 0, len(cols))
	for i, col := range cols {
		taken, err := takeColumn(mem, col, rows)
		if err != nil {
			releaseAll(out)
			return nil, fmt.Errorf("%w (column %q)", err, fields[i].Name)
		}
		out = append(out, taken)
	}
	return out, nil
}

func releaseAll(cols []arrow.Array) {
	for _, c := range cols {
		c.Release()
	}
}

func takeColumn(mem memory.Allocator, col arrow.Array, rows []uint32) (arrow.Array, error) {
	switch col.DataType().ID() {
	case arrow.NULL:
		return array.NewNull(len(rows)), nil
	case arrow.STRING, arrow.BINARY:
		return takeText[int32](mem, col, rows)
	case arrow.LARGE_STRING, arrow.LARGE_BINARY:
		return takeText[int64](mem, col, rows)
	case arrow.LIST, arrow.MAP:
		return takeList[int32](mem, col, rows)
	case arrow.LARGE_LIST:
		return takeList[int64](mem, col, rows)
	case arrow.FIXED_SIZE_LIST:
		return takeFixedList(mem, col, rows)
	case arrow.STRUCT:
		return takeStruct(mem, col.(*array.Struct), rows)
	case arrow.FIXED_SIZE_BINARY:
		return takeBytes(mem, col, rows)
	}
	width, ok := fixedWidth(col.DataType())
	if !ok {
		return nil, fmt.Errorf("%w: take: %v", ErrType, col.DataType())
	}
	valid, nulls := takeValidity(mem, col, rows)
	into := takeFixed(mem, col, rows, width)
	if dict, ok := col.(*array.Dictionary); ok {
		return withDictionary(dict.DataType(), len(rows), nulls, valid, into, dict.Dictionary()), nil
	}
	return newArray(col.DataType(), len(rows), nulls, valid, into), nil
}

// fixedWidth returns the bytes a value takes, 0 for a boolean; false when the
// values are not of one width.
func fixedWidth(t arrow.DataType) (int, bool) {
	if dict, ok := t.(*arrow.DictionaryType); ok {
		t = dict.IndexType
	}
	fixed, ok := t.(arrow.FixedWidthDataType)
	if !ok {
		return 0, false
	}
	switch bits := fixed.BitWidth(); bits {
	case 1:
		return 0, true
	case 8, 16, 32, 64, 128, 256:
		return bits / 8, true
	}
	return 0, false
}

func takeFixed(mem memory.Allocator, col arrow.Array, rows []uint32, width int) *memory.Buffer {
	if width == 0 {
		return takeBits(mem, col, rows)
	}
	b := sized(mem, width*len(rows))
	switch width {
	case 1:
		gather(viewed[uint8](b), values[uint8](col), rows)
	case 2:
		gather(viewed[uint16](b), values[uint16](col), rows)
	case 4:
		gather(viewed[uint32](b), values[uint32](col), rows)
	case 8:
		gather(viewed[uint64](b), values[uint64](col), rows)
	case 16:
		gather(viewed[[16]byte](b), values[[16]byte](col), rows)
	default:
		gather(viewed[[32]byte](b), values[[32]byte](col), rows)
	}
	return b
}

// gather reads src at rows; noRow, which is beyond any src, reads as zero.
func gather[T any](dst, src []T, rows []uint32) {
	dst = dst[:len(rows)]
	for i, r := range rows {
		if uint(r) < uint(len(src)) {
			dst[i] = src[r]
		} else {
			var zero T
			dst[i] = zero
		}
	}
}

func takeBits(mem memory.Allocator, col arrow.Array, rows []uint32) *memory.Buffer {
	b := cleared(mem, bitBytes(len(rows)))
	if col.Len() == 0 {
		return b
	}
	dst, src, offset := b.Bytes(), col.Data().Buffers()[1].Bytes(), col.Data().Offset()
	for i, r := range rows {
		if r != noRow {
			at := offset + int(r)
			dst[i>>3] |= src[at>>3] >> (at & 7) & 1 << (i & 7)
		}
	}
	return b
}

// takeValidity returns the validity of the rows taken, nil when none is null.
func takeValidity(mem memory.Allocator, col arrow.Array, rows []uint32) (*memory.Buffer, int) {
	from := validity{}
	if col.NullN() > 0 {
		from = validity{bitmap: col.NullBitmapBytes(), offset: col.Data().Offset()}
	}
	if from.all() && !hasGaps(rows) {
		return nil, 0
	}
	b := cleared(mem, bitBytes(len(rows)))
	dst, nulls := b.Bytes(), 0
	for i, r := range rows {
		if r != noRow && from.at(int(r)) {
			setBit(dst, i)
		} else {
			nulls++
		}
	}
	if nulls == 0 {
		b.Release()
		return nil, 0
	}
	return b, nulls
}

func hasGaps(rows []uint32) bool {
	for _, r := range rows {
		if r == noRow {
			return true
		}
	}
	return false
}

// takeText copies strings; T is the width of their offsets. Nulls become empty.
func takeText[T int32 | int64](mem memory.Allocator, col arrow.Array, rows []uint32) (arrow.Array, error) {
	valid, nulls := takeValidity(mem, col, rows)
	ends := sized(mem, (len(rows)+1)*int(offsetSize[T]()))
	to, from := viewed[T](ends), textsOf(col)
	present := validity{}
	if valid != nil {
		present.bitmap = valid.Bytes()
	}
	total := 0
	to[0] = 0
	for i, r := range rows {
		if present.at(i) {
			a, b := from.span(int(r))
			total += b - a
		}
		to[i+1] = T(total)
	}
	if int64(total) > math.MaxInt32 && offsetSize[T]() == 4 {
		ends.Release()
		if valid != nil {
			valid.Release()
		}
		return nil, fmt.Errorf("%w: %d bytes of strings, of %d at most: use smaller partitions or large strings", ErrOverflow, total, math.MaxInt32)
	}
	body := sized(mem, total)
	into := body.Bytes()
	for i, r := range rows {
		if n := int(to[i+1] - to[i]); n > 0 {
			at, _ := from.span(int(r))
			copyText(into[to[i]:], from.bytes[at:], n)
		}
	}
	return newArray(col.DataType(), len(rows), nulls, valid, ends, body), nil
}

// copyText copies n bytes to the start of dst, and may write up to 15 bytes of
// anything behind them: whoever fills a buffer from front to back overwrites
// these. Short strings go as whole words where there is room for that.
func copyText(dst, src []byte, n int) {
	if n > 16 || len(dst) < 16 || len(src) < 16 {
		copy(dst[:n], src)
		return
	}
	*(*[16]byte)(dst) = *(*[16]byte)(src)
}

func offsetSize[T int32 | int64]() int {
	if _, short := any(T(0)).(int32); short {
		return 4
	}
	return 8
}

// withDictionary makes a dictionary array of indices; it retains the dictionary
// and takes over the buffers.
func withDictionary(t arrow.DataType, n, nulls int, valid, indices *memory.Buffer, dict arrow.Array) arrow.Array {
	data := array.NewDataWithDictionary(t, n, []*memory.Buffer{valid, indices}, nulls, 0, dict.Data().(*array.Data))
	defer data.Release()
	indices.Release()
	if valid != nil {
		valid.Release()
	}
	return array.MakeFromData(data)
}
