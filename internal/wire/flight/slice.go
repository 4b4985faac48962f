package flight

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Arrow's writer of v17 goes wrong over two kinds of slices: it panics at an empty
// slice of strings, such as the elements of rows that are all empty lists, and it
// cuts the contents of strings and lists that begin at 0 while their offsets do
// not, but leaves the offsets. So what is written is sliced here.

// sliced returns rows first … first+n-1 as a record of the given schema. It shares
// the memory of rec, but for bitmaps and offsets.
func sliced(rec arrow.Record, s *arrow.Schema, first, n int) arrow.Record {
	cols := make([]arrow.Array, rec.NumCols())
	for i, col := range rec.Columns() {
		d := slice(col.Data(), first, n)
		cols[i] = array.MakeFromData(d)
		d.Release()
		defer cols[i].Release()
	}
	return array.NewRecord(s, cols, int64(n))
}

// slice returns n elements of d, which the caller releases.
func slice(d arrow.ArrayData, first, n int) arrow.ArrayData {
	off := d.Offset() + first
	switch d.DataType().(type) {
	case *arrow.DictionaryType:
		return sliceDictionary(d, first, n)
	case *arrow.StructType:
		children := make([]arrow.ArrayData, len(d.Children()))
		for i, c := range d.Children() {
			children[i] = slice(c, off, n)
			defer children[i].Release()
		}
		return assembled(d, off, n, children)
	case arrow.OffsetsDataType:
		if len(d.Children()) > 0 {
			lo, hi := offsetsAt(d, off, n)
			child := slice(d.Children()[0], lo, hi-lo)
			defer child.Release()
			return assembled(d, off, n, []arrow.ArrayData{child}, rebased(d, off, n))
		}
		return sliceText(d, off, n)
	}
	return array.NewSliceData(d, int64(first), int64(first+n))
}

func sliceDictionary(d arrow.ArrayData, first, n int) arrow.ArrayData {
	part := array.NewSliceData(d, int64(first), int64(first+n))
	defer part.Release()
	dict := slice(d.Dictionary(), 0, d.Dictionary().Len())
	defer dict.Release()
	return array.NewDataWithDictionary(d.DataType(), n, part.Buffers(), part.NullN(), part.Offset(), dict.(*array.Data))
}

func sliceText(d arrow.ArrayData, off, n int) arrow.ArrayData {
	lo, hi := offsetsAt(d, off, n)
	text := memory.NewBufferBytes(nil)
	if hi > lo {
		text = memory.NewBufferBytes(d.Buffers()[2].Bytes()[lo:hi])
	}
	return assembled(d, off, n, nil, rebased(d, off, n), text)
}

// assembled returns elements off … off+n-1 of d in the given children and buffers.
func assembled(d arrow.ArrayData, off, n int, children []arrow.ArrayData, buffers ...*memory.Buffer) arrow.ArrayData {
	valid, nulls := sliceBits(d, off, n), 0
	if valid != nil {
		nulls = array.UnknownNullCount
	}
	return array.NewData(d.DataType(), n, append([]*memory.Buffer{valid}, buffers...), children, nulls, 0)
}

// sliceBits returns the validity of elements off … off+n-1, nil if none is null.
func sliceBits(d arrow.ArrayData, off, n int) *memory.Buffer {
	b := d.Buffers()[0]
	if b == nil || d.NullN() == 0 || n == 0 {
		return nil
	}
	raw := make([]byte, (n+7)/8)
	bitutil.CopyBitmap(b.Bytes(), off, n, raw, 0)
	return memory.NewBufferBytes(raw)
}

// rebased returns the offsets of elements off … off+n-1, counted from the first.
func rebased(d arrow.ArrayData, off, n int) *memory.Buffer {
	width := offsetWidth(d)
	raw := make([]byte, width*(n+1))
	if n == 0 || d.Buffers()[1] == nil {
		return memory.NewBufferBytes(raw)
	}
	copy(raw, d.Buffers()[1].Bytes()[width*off:])
	if width == 8 {
		fromZero(numbers[int64](raw))
	} else {
		fromZero(numbers[int32](raw))
	}
	return memory.NewBufferBytes(raw)
}

func fromZero[T int32 | int64](xs []T) {
	first := xs[0]
	for i := range xs {
		xs[i] -= first
	}
}
