package table

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// noRow as a row number stands for no row: its values are null.
const noRow = ^uint32(0)

// maxRows is what 32-bit row numbers can tell apart.
const maxRows = int(noRow)

// values returns the fixed-width values of col; T has their width.
func values[T any](col arrow.Array) []T {
	return bufferOf[T](col.Data(), 1, col.Len())
}

// bufferOf returns n values of one buffer from the data's offset on. An absent
// buffer, which Arrow allows where there is nothing to store, is empty.
func bufferOf[T any](data arrow.ArrayData, buffer, n int) []T {
	b := data.Buffers()[buffer]
	if b == nil || b.Len() == 0 {
		return nil
	}
	var zero T
	first := (*T)(unsafe.Pointer(unsafe.SliceData(b.Bytes())))
	return unsafe.Slice(first, b.Len()/int(unsafe.Sizeof(zero)))[data.Offset() : data.Offset()+n]
}

// validity says which rows of a column hold a value.
type validity struct {
	bitmap []byte // nil: all do
	offset int
}

// validityOf returns which rows are not null. A row of a dictionary column is
// null also where the dictionary's own entry is.
func validityOf(col arrow.Array) validity {
	if dict, ok := col.(*array.Dictionary); ok && dict.Len() > 0 && dict.Dictionary().NullN() > 0 {
		return dictionaryValidity(dict)
	}
	if col.DataType().ID() == arrow.NULL {
		return validity{bitmap: make([]byte, bitBytes(col.Len()))}
	}
	if col.NullN() == 0 {
		return validity{}
	}
	return validity{bitmap: col.NullBitmapBytes(), offset: col.Data().Offset()}
}

func dictionaryValidity(dict *array.Dictionary) validity {
	bitmap := make([]byte, bitBytes(dict.Len()))
	words := dict.Dictionary()
	for i := range dict.Len() {
		if dict.IsValid(i) && words.IsValid(dict.GetValueIndex(i)) {
			setBit(bitmap, i)
		}
	}
	return validity{bitmap: bitmap}
}

func (v validity) all() bool { return v.bitmap == nil }

// same says whether v and w are the same bits in memory.
func (v validity) same(w validity) bool {
	return v.offset == w.offset && len(v.bitmap) == len(w.bitmap) && unsafe.SliceData(v.bitmap) == unsafe.SliceData(w.bitmap)
}

func (v validity) at(i int) bool {
	return v.bitmap == nil || v.bitmap[(v.offset+i)>>3]>>((v.offset+i)&7)&1 != 0
}

// texts reads strings of either offset width.
type texts struct {
	bytes []byte
	short []int32 // rows+1 of them, or
	long  []int64
}

// textsOf reads a string or large string column, or one of bytes.
func textsOf(col arrow.Array) texts {
	data := col.Data()
	var t texts
	if col.Len() == 0 {
		return t
	}
	if b := data.Buffers()[2]; b != nil {
		t.bytes = b.Bytes()
	}
	if id := col.DataType().ID(); id == arrow.LARGE_STRING || id == arrow.LARGE_BINARY {
		t.long = bufferOf[int64](data, 1, col.Len()+1)
	} else {
		t.short = bufferOf[int32](data, 1, col.Len()+1)
	}
	return t
}

func (t texts) span(i int) (from, to int) {
	if t.short != nil {
		return int(t.short[i]), int(t.short[i+1])
	}
	return int(t.long[i]), int(t.long[i+1])
}

func (t texts) at(i int) []byte {
	from, to := t.span(i)
	return t.bytes[from:to]
}

// textColumn reads strings in any representation; null rows must not be asked
// for.
type textColumn struct {
	words texts
	dict  *array.Dictionary // nil for plain strings
}

func textColumnOf(col arrow.Array) textColumn {
	if dict, ok := col.(*array.Dictionary); ok {
		return textColumn{words: textsOf(dict.Dictionary()), dict: dict}
	}
	return textColumn{words: textsOf(col)}
}

func (t textColumn) at(i int) []byte {
	if t.dict != nil {
		i = t.dict.GetValueIndex(i)
	}
	return t.words.at(i)
}

// isText says whether t is a string type in any representation.
func isText(t arrow.DataType) bool {
	if dict, ok := t.(*arrow.DictionaryType); ok {
		t = dict.ValueType
	}
	return t.ID() == arrow.STRING || t.ID() == arrow.LARGE_STRING
}

// boolBytes returns the values of a boolean column as bytes of 0 or 1.
func boolBytes(col arrow.Array) []uint8 {
	out := make([]uint8, col.Len())
	if len(out) == 0 {
		return out
	}
	bitmap, offset := col.Data().Buffers()[1].Bytes(), col.Data().Offset()
	for i := range out {
		out[i] = bitmap[(offset+i)>>3] >> ((offset + i) & 7) & 1
	}
	return out
}
