package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Columns of lists, maps, structs and bytes are moved: taken, filtered, joined
// along, split and put together. Nothing computes on them.

// takeList copies lists, elements and all; T is the width of their offsets. A map
// is a list of pairs.
func takeList[T int32 | int64](mem memory.Allocator, col arrow.Array, rows []uint32) (arrow.Array, error) {
	if r, ok := runsOf(col); ok {
		return r.take(mem, rows)
	}
	list := col.(array.ListLike)
	var elements []uint32
	ends := make([]T, 1, len(rows)+1)
	for _, r := range rows {
		if r != noRow && list.IsValid(int(r)) {
			from, to := list.ValueOffsets(int(r))
			if to > int64(maxRows) {
				return nil, fmt.Errorf("%w: over %d list elements", ErrOverflow, maxRows)
			}
			for e := from; e < to; e++ {
				elements = append(elements, uint32(e))
			}
		}
		if len(elements) > math.MaxInt32 && offsetSize[T]() == 4 {
			return nil, fmt.Errorf("%w: over %d list elements", ErrOverflow, math.MaxInt32)
		}
		ends = append(ends, T(len(elements)))
	}
	child, err := takeColumn(mem, list.ListValues(), elements)
	if err != nil {
		return nil, err
	}
	defer child.Release()
	valid, nulls := takeValidity(mem, col, rows)
	return newList(mem, col.DataType(), ends, child, valid, nulls), nil
}

// newList makes a list array that retains child, and takes over valid.
func newList[T int32 | int64](mem memory.Allocator, t arrow.DataType, ends []T, child arrow.Array, valid *memory.Buffer, nulls int) arrow.Array {
	offsets := sized(mem, offsetSize[T]()*len(ends))
	copy(viewed[T](offsets), ends)
	return newNested(t, len(ends)-1, nulls, []*memory.Buffer{valid, offsets}, child)
}

// newNested makes an array over children, which it retains, taking over the
// buffers.
func newNested(t arrow.DataType, n, nulls int, buffers []*memory.Buffer, children ...arrow.Array) arrow.Array {
	below := make([]arrow.ArrayData, len(children))
	for i, c := range children {
		below[i] = c.Data()
	}
	data := array.NewData(t, n, buffers, below, nulls, 0)
	defer data.Release()
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	return array.MakeFromData(data)
}

// takeFixedList copies lists of one length; what a null has is null.
func takeFixedList(mem memory.Allocator, col arrow.Array, rows []uint32) (arrow.Array, error) {
	list := col.(*array.FixedSizeList)
	each := int(list.DataType().(*arrow.FixedSizeListType).Len())
	elements := make([]uint32, 0, len(rows)*each)
	for _, r := range rows {
		from, step := int64(noRow), int64(0)
		if r != noRow && list.IsValid(int(r)) {
			from, _ = list.ValueOffsets(int(r))
			step = 1
		}
		if step == 1 && from+int64(each) > int64(maxRows) {
			return nil, fmt.Errorf("%w: over %d list elements", ErrOverflow, maxRows)
		}
		for e := range int64(each) {
			elements = append(elements, uint32(from+e*step))
		}
	}
	child, err := takeColumn(mem, list.ListValues(), elements)
	if err != nil {
		return nil, err
	}
	defer child.Release()
	valid, nulls := takeValidity(mem, col, rows)
	return newNested(col.DataType(), len(rows), nulls, []*memory.Buffer{valid}, child), nil
}

// takeStruct takes each field.
func takeStruct(mem memory.Allocator, col *array.Struct, rows []uint32) (arrow.Array, error) {
	fields := make([]arrow.Array, col.NumField())
	for i := range fields {
		fields[i] = col.Field(i)
	}
	taken, err := takeColumns(mem, col.DataType().(*arrow.StructType).Fields(), fields, rows)
	if err != nil {
		return nil, err
	}
	defer releaseAll(taken)
	valid, nulls := takeValidity(mem, col, rows)
	return newNested(col.DataType(), len(rows), nulls, []*memory.Buffer{valid}, taken...), nil
}

// bytesEach is the bytes of a value of a type of so many bytes each.
func bytesEach(t arrow.DataType) int { return t.(*arrow.FixedSizeBinaryType).ByteWidth }

// takeBytes copies values of so many bytes each.
func takeBytes(mem memory.Allocator, col arrow.Array, rows []uint32) (arrow.Array, error) {
	each := bytesEach(col.DataType())
	b := sized(mem, each*len(rows))
	to := b.Bytes()
	var from []byte
	if col.Len() > 0 && each > 0 {
		from = col.Data().Buffers()[1].Bytes()[col.Data().Offset()*each:]
	}
	for i, r := range rows {
		if r == noRow {
			clear(to[i*each : (i+1)*each])
		} else {
			copy(to[i*each:(i+1)*each], from[int(r)*each:])
		}
	}
	valid, nulls := takeValidity(mem, col, rows)
	return newArray(col.DataType(), len(rows), nulls, valid, b), nil
}

// concatLists joins lists; T is the width of their offsets.
func concatLists[T int32 | int64](mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	ends := make([]T, 1, rows+1)
	children := make([]arrow.Array, 0, len(parts))
	defer func() { releaseAll(children) }()
	total := int64(0)
	for _, p := range parts {
		list := p.(array.ListLike)
		first, last := int64(0), int64(0)
		if list.Len() > 0 {
			first, _ = list.ValueOffsets(0)
			_, last = list.ValueOffsets(list.Len() - 1)
		}
		for i := range list.Len() {
			_, end := list.ValueOffsets(i)
			ends = append(ends, T(total+end-first))
		}
		if total += last - first; total > math.MaxInt32 && offsetSize[T]() == 4 {
			return nil, fmt.Errorf("%w: over %d list elements", ErrOverflow, math.MaxInt32)
		}
		children = append(children, array.NewSlice(list.ListValues(), first, last))
	}
	child, err := concatColumn(mem, children, int(total))
	if err != nil {
		return nil, err
	}
	defer child.Release()
	valid, nulls := concatValidity(mem, parts, rows)
	return newList(mem, parts[0].DataType(), ends, child, valid, nulls), nil
}

func concatFixedLists(mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	each := int64(parts[0].DataType().(*arrow.FixedSizeListType).Len())
	children := make([]arrow.Array, 0, len(parts))
	defer func() { releaseAll(children) }()
	for _, p := range parts {
		from := int64(p.Data().Offset()) * each
		children = append(children, array.NewSlice(p.(*array.FixedSizeList).ListValues(), from, from+int64(p.Len())*each))
	}
	child, err := concatColumn(mem, children, rows*int(each))
	if err != nil {
		return nil, err
	}
	defer child.Release()
	valid, nulls := concatValidity(mem, parts, rows)
	return newNested(parts[0].DataType(), rows, nulls, []*memory.Buffer{valid}, child), nil
}

func concatStructs(mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	t := parts[0].DataType().(*arrow.StructType)
	var fields []arrow.Array
	defer func() { releaseAll(fields) }()
	for i := range t.NumFields() {
		cols := make([]arrow.Array, len(parts))
		for k, p := range parts {
			cols[k] = p.(*array.Struct).Field(i)
		}
		col, err := concatColumn(mem, cols, rows)
		if err != nil {
			return nil, fmt.Errorf("%w (field %q)", err, t.Field(i).Name)
		}
		fields = append(fields, col)
	}
	valid, nulls := concatValidity(mem, parts, rows)
	return newNested(t, rows, nulls, []*memory.Buffer{valid}, fields...), nil
}
