package flight

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

// rowsThatFit returns how many of the rows from first on take about limit bytes,
// at least one if there are any.
func rowsThatFit(rec arrow.Record, first int, limit int64) int {
	left := int(rec.NumRows()) - first
	if bytesOfRows(rec, first, left) <= limit {
		return left
	}
	fits, more := 1, left // the answer is in [fits, more)
	for more-fits > 1 {
		if n := (fits + more) / 2; bytesOfRows(rec, first, n) <= limit {
			fits = n
		} else {
			more = n
		}
	}
	if fits >= 64 {
		fits &^= 7 // bitmaps are cut at bytes
	}
	return fits
}

// bytesOfRows returns the bytes that n rows take, without dictionaries.
func bytesOfRows(rec arrow.Record, first, n int) int64 {
	var total int64
	for _, col := range rec.Columns() {
		d := col.Data()
		total += spanBytes(d, d.Offset()+first, n)
	}
	return total
}

// spanBytes returns the bytes of elements off … off+n-1, counted in d's buffers.
func spanBytes(d arrow.ArrayData, off, n int) int64 {
	var total int64
	if d.NullN() != 0 {
		total += int64(n+7) / 8
	}
	switch t := d.DataType().(type) {
	case *arrow.NullType:
		return 0
	case *arrow.DictionaryType:
		return total + bitsToBytes(n, t.IndexType.(arrow.FixedWidthDataType).BitWidth())
	case *arrow.StructType:
		for _, child := range d.Children() {
			total += spanBytes(child, child.Offset()+off, n)
		}
		return total
	case *arrow.FixedSizeListType:
		child, size := d.Children()[0], int(t.Len())
		return total + spanBytes(child, child.Offset()+off*size, n*size)
	case arrow.FixedWidthDataType:
		return total + bitsToBytes(n, t.BitWidth())
	case arrow.OffsetsDataType:
		lo, hi := offsetsAt(d, off, n)
		total += bitsToBytes(n, 8*offsetWidth(d))
		if len(d.Children()) == 0 {
			return total + int64(hi-lo)
		}
		child := d.Children()[0]
		return total + spanBytes(child, child.Offset()+lo, hi-lo)
	}
	return total
}

func bitsToBytes(n, width int) int64 { return (int64(n)*int64(width) + 7) / 8 }

// offsetWidth returns the bytes of an offset of d.
func offsetWidth(d arrow.ArrayData) int {
	switch d.DataType().ID() {
	case arrow.LARGE_STRING, arrow.LARGE_BINARY, arrow.LARGE_LIST:
		return 8
	}
	return 4
}

// offsetsAt returns where elements off … off+n-1 begin and end.
func offsetsAt(d arrow.ArrayData, off, n int) (lo, hi int) {
	if n == 0 || d.Buffers()[1] == nil {
		return 0, 0
	}
	raw := d.Buffers()[1].Bytes()
	if offsetWidth(d) == 8 {
		o := numbers[int64](raw)
		return int(o[off]), int(o[off+n])
	}
	o := numbers[int32](raw)
	return int(o[off]), int(o[off+n])
}

// numbers returns raw as numbers; what is left over at the end is not seen.
func numbers[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](raw []byte) []T {
	var w T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/int(unsafe.Sizeof(w)))
}

// conform reports the first column of a table that is not that of the stream.
func conform(t *kernels.Table, s *arrow.Schema) error {
	have := t.Schema()
	if have.NumFields() != s.NumFields() {
		return fmt.Errorf("%w: it has %d columns, the dataset has %d", kernels.ErrTable, have.NumFields(), s.NumFields())
	}
	for i, f := range s.Fields() {
		if h := have.Field(i); h.Name != f.Name || !arrow.TypeEqual(h.Type, f.Type) {
			return fmt.Errorf("%w: column %d is %q of %v, in the dataset it is %q of %v", kernels.ErrTable, i, h.Name, h.Type, f.Name, f.Type)
		}
	}
	return nil
}
