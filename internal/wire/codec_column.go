package wire

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// A layout is how a column lies in memory.
type layout uint8

const (
	layoutNone layout = iota // has no encoding
	layoutNull
	layoutFixed      // elements of so many bits
	layoutBinary     // 32-bit offsets, bytes
	layoutLong       // 64-bit offsets, bytes
	layoutList       // 32-bit offsets, a column; of pairs: a map
	layoutLongList   // 64-bit offsets, a column
	layoutFixedList  // a column, of so many elements a row
	layoutStruct     // columns
	layoutDictionary // indices, a column
)

func layoutOf(t arrow.DataType) layout {
	switch t.ID() {
	case arrow.NULL:
		return layoutNull
	case arrow.STRING, arrow.BINARY:
		return layoutBinary
	case arrow.LARGE_STRING, arrow.LARGE_BINARY:
		return layoutLong
	case arrow.LIST, arrow.MAP:
		return layoutList
	case arrow.LARGE_LIST:
		return layoutLongList
	case arrow.FIXED_SIZE_LIST:
		return layoutFixedList
	case arrow.STRUCT:
		return layoutStruct
	case arrow.DICTIONARY:
		return layoutDictionary
	case arrow.TIME32, arrow.TIME64, arrow.DURATION, arrow.TIMESTAMP, arrow.DECIMAL128, arrow.DECIMAL256, arrow.FIXED_SIZE_BINARY:
		return layoutFixed
	}
	if plainTypes[t.ID()] != nil {
		return layoutFixed
	}
	return layoutNone
}

// hasChildren reports whether columns lie below one, also below one of no rows.
func (l layout) hasChildren() bool {
	switch l {
	case layoutList, layoutLongList, layoutFixedList, layoutStruct, layoutDictionary:
		return true
	}
	return false
}

// offsetSize is the bytes of an offset.
func (l layout) offsetSize() int {
	if l == layoutLong || l == layoutLongList {
		return 8
	}
	return 4
}

// tableTravels returns an error that names the first column without encoding.
func tableTravels(t *kernels.Table) error {
	for _, f := range t.Schema().Fields() {
		if err := columnTravels(f.Type, 0); err != nil {
			return fmt.Errorf("wire: %w: column %q: %w; cast it first", ErrTravel, f.Name, err)
		}
	}
	return nil
}

func columnTravels(t arrow.DataType, depth int) error {
	if depth == maxDepth {
		return fmt.Errorf("columns in columns, more than %d deep", maxDepth)
	}
	if layoutOf(t) == layoutNone {
		return fmt.Errorf("type %v has no encoding", t)
	}
	switch t := t.(type) {
	case arrow.ListLikeType:
		return columnTravels(t.Elem(), depth+1)
	case *arrow.DictionaryType:
		return columnTravels(t.ValueType, depth+1)
	case *arrow.StructType:
		for _, f := range t.Fields() {
			if err := columnTravels(f.Type, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *encoder) table(t *kernels.Table) error {
	if err := tableTravels(t); err != nil {
		return err
	}
	e.meta = append(e.meta, kindTable)
	e.schema(t.Schema())
	e.number(t.NumRows())
	for i := range t.NumColumns() {
		d := t.Column(i).Data()
		e.column(d, d.Offset(), d.Len())
	}
	return nil
}

// column writes n elements of d, of which off is the first, counted in d's
// buffers. Only what they need travels. Bits can only be cut at bytes, so up to
// 7 elements before the first may travel with them.
func (e *encoder) column(d arrow.ArrayData, off, n int) {
	kind := layoutOf(d.DataType())
	e.number(n)
	if kind == layoutNull || n == 0 && !kind.hasChildren() {
		return
	}
	valid := d.NullN() != 0 && d.Buffers()[0] != nil && n > 0
	width := 0
	if kind == layoutFixed || kind == layoutDictionary {
		width = d.DataType().(arrow.FixedWidthDataType).BitWidth()
	}
	lead := 0
	if valid || width%8 != 0 {
		lead = off % 8
	}
	e.number(lead)
	e.flag(valid)
	first, end := off-lead, off+n
	if valid {
		e.piece(d.Buffers()[0], first/8, (end+7)/8)
	}
	switch kind {
	case layoutFixed, layoutDictionary:
		e.piece(d.Buffers()[1], first*width/8, (end*width+7)/8)
		if kind == layoutDictionary {
			dict := d.Dictionary()
			e.column(dict, dict.Offset(), dict.Len())
		}
	case layoutBinary, layoutLong, layoutList, layoutLongList:
		e.variable(d, kind, first, end)
	case layoutFixedList:
		child, each := d.Children()[0], int(d.DataType().(*arrow.FixedSizeListType).Len())
		e.column(child, child.Offset()+first*each, (end-first)*each)
	case layoutStruct:
		for _, child := range d.Children() {
			e.column(child, child.Offset()+first, end-first)
		}
	}
}

// variable writes the offsets and the contents of elements first … end-1. The
// offsets travel as they are, with the first: the reader subtracts it.
func (e *encoder) variable(d arrow.ArrayData, kind layout, first, end int) {
	lo, hi, width := 0, 0, kind.offsetSize()
	if end > first {
		raw := d.Buffers()[1].Bytes()
		if width == 8 {
			o := words[int64](raw)
			lo, hi = int(o[first]), int(o[end])
		} else {
			o := words[int32](raw)
			lo, hi = int(o[first]), int(o[end])
		}
		e.piece(d.Buffers()[1], first*width, (end+1)*width)
	}
	e.number(lo)
	if kind.hasChildren() {
		child := d.Children()[0]
		e.column(child, child.Offset()+lo, hi-lo)
		return
	}
	e.number(hi - lo)
	e.piece(d.Buffers()[2], lo, hi)
}

// piece adds bytes lo … hi-1 of a buffer to the payload.
func (e *encoder) piece(b *memory.Buffer, lo, hi int) {
	if hi > lo {
		e.align()
		e.seg(b.Bytes()[lo:hi])
	}
}

// words returns raw as numbers; what is left over at the end is not seen.
func words[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](raw []byte) []T {
	var w T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/int(unsafe.Sizeof(w)))
}
