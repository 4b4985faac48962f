package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Concat returns the rows of all tables, one after the other. They must have
// the same column names and types in the same order; dictionaries may differ
// and are united. One table comes back as itself.
//
// Errors wrap ErrSchema and name the column, ErrType as in Take, or
// ErrOverflow for strings over 2 GiB and dictionaries beyond their index type.
func Concat(mem memory.Allocator, tables ...*kernels.Table) (*kernels.Table, error) {
	if len(tables) == 0 {
		return nil, fmt.Errorf("%w: concat of no tables has no columns", ErrSchema)
	}
	first := tables[0]
	rows := 0
	for i, t := range tables {
		if err := sameColumns(first.Schema(), t.Schema()); err != nil {
			return nil, fmt.Errorf("%w (tables 0 and %d of a concat)", err, i)
		}
		rows += t.NumRows()
	}
	if len(tables) == 1 {
		first.Retain()
		return first, nil
	}
	cols := make([]arrow.Array, 0, first.NumColumns())
	defer func() { releaseAll(cols) }()
	for i := range first.NumColumns() {
		parts := make([]arrow.Array, len(tables))
		for k, t := range tables {
			parts[k] = t.Column(i)
		}
		col, err := concatColumn(mem, parts, rows)
		if err != nil {
			return nil, fmt.Errorf("%w (concat of column %q)", err, first.Schema().Field(i).Name)
		}
		cols = append(cols, col)
	}
	return kernels.NewTable(first.Schema(), cols, rows)
}

func sameColumns(a, b *arrow.Schema) error {
	for i := range max(a.NumFields(), b.NumFields()) {
		if i >= min(a.NumFields(), b.NumFields()) {
			more := a
			if b.NumFields() > i {
				more = b
			}
			return fmt.Errorf("%w: %d columns and %d: column %q is in one alone", ErrSchema, a.NumFields(), b.NumFields(), more.Field(i).Name)
		}
		f, g := a.Field(i), b.Field(i)
		if f.Name != g.Name {
			return fmt.Errorf("%w: column %d is %q and %q", ErrSchema, i, f.Name, g.Name)
		}
		if !arrow.TypeEqual(f.Type, g.Type) {
			return fmt.Errorf("%w: column %q is %v and %v", ErrSchema, f.Name, f.Type, g.Type)
		}
	}
	return nil
}

func concatColumn(mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	t := parts[0].DataType()
	switch t.ID() {
	case arrow.NULL:
		return array.NewNull(rows), nil
	case arrow.STRING, arrow.BINARY:
		return concatText[int32](mem, parts, rows)
	case arrow.LARGE_STRING, arrow.LARGE_BINARY:
		return concatText[int64](mem, parts, rows)
	case arrow.LIST, arrow.MAP:
		return concatLists[int32](mem, parts, rows)
	case arrow.LARGE_LIST:
		return concatLists[int64](mem, parts, rows)
	case arrow.FIXED_SIZE_LIST:
		return concatFixedLists(mem, parts, rows)
	case arrow.STRUCT:
		return concatStructs(mem, parts, rows)
	case arrow.DICTIONARY:
		return concatDictionaries(mem, parts, rows)
	case arrow.FIXED_SIZE_BINARY:
		into := concatFixed(mem, parts, rows, bytesEach(t))
		valid, nulls := concatValidity(mem, parts, rows)
		return newArray(t, rows, nulls, valid, into), nil
	}
	width, ok := fixedWidth(t)
	if !ok {
		return nil, fmt.Errorf("%w: concat: %v", ErrType, t)
	}
	into := concatFixed(mem, parts, rows, width)
	valid, nulls := concatValidity(mem, parts, rows)
	return newArray(t, rows, nulls, valid, into), nil
}

func concatFixed(mem memory.Allocator, parts []arrow.Array, rows, width int) *memory.Buffer {
	if width == 0 && parts[0].DataType().ID() == arrow.BOOL {
		b := cleared(mem, bitBytes(rows))
		at := 0
		for _, p := range parts {
			if p.Len() > 0 {
				copyBits(b.Bytes(), at, p.Data().Buffers()[1].Bytes(), p.Data().Offset(), p.Len())
			}
			at += p.Len()
		}
		return b
	}
	b := sized(mem, rows*width)
	at := b.Bytes()
	for _, p := range parts {
		if p.Len() > 0 && width > 0 {
			from := p.Data().Offset() * width
			at = at[copy(at, p.Data().Buffers()[1].Bytes()[from:from+p.Len()*width]):]
		}
	}
	return b
}

func concatValidity(mem memory.Allocator, parts []arrow.Array, rows int) (*memory.Buffer, int) {
	nulls := 0
	for _, p := range parts {
		nulls += p.NullN()
	}
	if nulls == 0 {
		return nil, 0
	}
	b := cleared(mem, bitBytes(rows))
	at := 0
	for _, p := range parts {
		if p.NullN() == 0 {
			fillBits(b.Bytes(), at, p.Len())
		} else {
			copyBits(b.Bytes(), at, p.NullBitmapBytes(), p.Data().Offset(), p.Len())
		}
		at += p.Len()
	}
	return b, nulls
}

func concatText[T int32 | int64](mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	total := 0
	for _, p := range parts {
		total += textBytes(p)
	}
	if int64(total) > math.MaxInt32 && offsetSize[T]() == 4 {
		return nil, fmt.Errorf("%w: %d bytes of strings, of %d at most", ErrOverflow, total, math.MaxInt32)
	}
	ends, body := sized(mem, (rows+1)*offsetSize[T]()), sized(mem, total)
	to, at, row := viewed[T](ends), 0, 0
	to[0] = 0
	for _, p := range parts {
		if p.Len() == 0 {
			continue
		}
		from := bufferOf[T](p.Data(), 1, p.Len()+1)
		shift := T(at) - from[0]
		for i, end := range from[1:] {
			to[row+i+1] = end + shift
		}
		if n := textBytes(p); n > 0 {
			at += copy(body.Bytes()[at:], p.Data().Buffers()[2].Bytes()[from[0]:int(from[0])+n])
		}
		row += p.Len()
	}
	valid, nulls := concatValidity(mem, parts, rows)
	return newArray(parts[0].DataType(), rows, nulls, valid, ends, body), nil
}

// textBytes is how many bytes the strings of col span.
func textBytes(col arrow.Array) int {
	if col.Len() == 0 {
		return 0
	}
	t := textsOf(col)
	from, _ := t.span(0)
	_, to := t.span(col.Len() - 1)
	return to - from
}
