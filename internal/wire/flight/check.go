package flight

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// maxRows bounds the rows of a batch, and the bits of an element, so that their
// product fits an int64.
const maxRows = 1<<31 - 1

// checkRecord checks what came from outside: kernels rely on offsets that ascend
// and indices that are inside. Arrow's reader checks none of it.
func checkRecord(rec arrow.Record) error {
	for i, col := range rec.Columns() {
		if err := checkData(col.Data()); err != nil {
			return fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
		}
	}
	return nil
}

// checkData checks one column, of a type that travels or a list of fixed size,
// and what is below it.
func checkData(d arrow.ArrayData) error {
	if d.Offset() != 0 || d.Len() < 0 || d.Len() > maxRows {
		return fmt.Errorf("%d rows from %d on", d.Len(), d.Offset())
	}
	t := d.DataType()
	if t.ID() == arrow.NULL {
		return nil
	}
	if err := checkValidity(d); err != nil {
		return err
	}
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return checkDictionary(d, t)
	case *arrow.StructType:
		for i, child := range d.Children() {
			if child.Len() < d.Len() {
				return fmt.Errorf("field %q has %d rows of %d", t.Field(i).Name, child.Len(), d.Len())
			}
			if err := checkData(child); err != nil {
				return fmt.Errorf("field %q: %w", t.Field(i).Name, err)
			}
		}
		return nil
	case *arrow.FixedSizeListType:
		child := d.Children()[0]
		if t.Len() < 0 || int64(child.Len()) < int64(t.Len())*int64(d.Len()) {
			return fmt.Errorf("%d lists of %d have %d elements", d.Len(), t.Len(), child.Len())
		}
		return checkData(child)
	case arrow.FixedWidthDataType:
		if w := t.BitWidth(); w < 0 || w > maxRows {
			return fmt.Errorf("elements of %d bits", w)
		}
		return checkLength(d, 1, bitsToBytes(d.Len(), t.BitWidth()))
	case arrow.OffsetsDataType:
		return checkOffsets(d)
	}
	return fmt.Errorf("type %v", t)
}

// checkLength checks that buffer i has so many bytes.
func checkLength(d arrow.ArrayData, i int, want int64) error {
	have := 0
	if b := d.Buffers()[i]; b != nil {
		have = b.Len()
	}
	if int64(have) < want {
		return fmt.Errorf("%d rows of %v in %d bytes", d.Len(), d.DataType(), have)
	}
	return nil
}

// checkValidity checks that there are as many nulls as is said.
func checkValidity(d arrow.ArrayData) error {
	b := d.Buffers()[0]
	said := d.NullN()
	if said == 0 {
		return nil
	}
	if b == nil || int64(b.Len()) < bitsToBytes(d.Len(), 1) {
		return fmt.Errorf("%d nulls among %d rows, and too few bits to say which", said, d.Len())
	}
	if n := d.Len() - setBits(b.Bytes(), d.Len()); n != said && said != array.UnknownNullCount {
		return fmt.Errorf("%d rows are null, not %d as is said", n, said)
	}
	return nil
}

func setBits(raw []byte, n int) int {
	set := 0
	for _, b := range raw[:n/8] {
		set += bits.OnesCount8(b)
	}
	for i := n &^ 7; i < n; i++ {
		if bitutil.BitIsSet(raw, i) {
			set++
		}
	}
	return set
}

func checkOffsets(d arrow.ArrayData) error {
	n := d.Len()
	if n == 0 {
		return checkChildren(d)
	}
	width := offsetWidth(d)
	if err := checkLength(d, 1, int64(width)*int64(n+1)); err != nil {
		return err
	}
	end := 0
	if len(d.Children()) > 0 {
		end = d.Children()[0].Len()
	} else if b := d.Buffers()[2]; b != nil {
		end = b.Len()
	}
	raw := d.Buffers()[1].Bytes()[:width*(n+1)]
	err := error(nil)
	if width == 8 {
		err = ascend(numbers[int64](raw), int64(end))
	} else {
		err = ascend(numbers[int32](raw), int64(end))
	}
	if err != nil {
		return err
	}
	return checkChildren(d)
}

func checkChildren(d arrow.ArrayData) error {
	for _, child := range d.Children() {
		if err := checkData(child); err != nil {
			return fmt.Errorf("elements: %w", err)
		}
	}
	return nil
}

func ascend[T int32 | int64](offsets []T, end int64) error {
	last := T(0)
	for i, o := range offsets {
		if o < last || int64(o) > end {
			return fmt.Errorf("offset %d is %d, after %d and of %d", i, o, last, end)
		}
		last = o
	}
	return nil
}

// checkDictionary checks that what is not null points into the dictionary.
func checkDictionary(d arrow.ArrayData, t *arrow.DictionaryType) error {
	dict, _ := d.Dictionary().(*array.Data)
	if dict == nil {
		return errors.New("its dictionary did not come")
	}
	if err := checkData(dict); err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	if err := checkLength(d, 1, bitsToBytes(d.Len(), t.BitWidth())); err != nil || d.Len() == 0 {
		return err
	}
	raw, n, valid := d.Buffers()[1].Bytes(), d.Len(), d.Buffers()[0]
	if d.NullN() == 0 {
		valid = nil
	}
	size := uint64(dict.Len())
	switch t.IndexType.ID() {
	case arrow.INT8:
		return inside(numbers[int8](raw)[:n], size, valid)
	case arrow.UINT8:
		return inside(numbers[uint8](raw)[:n], size, valid)
	case arrow.INT16:
		return inside(numbers[int16](raw)[:n], size, valid)
	case arrow.UINT16:
		return inside(numbers[uint16](raw)[:n], size, valid)
	case arrow.INT32:
		return inside(numbers[int32](raw)[:n], size, valid)
	case arrow.UINT32:
		return inside(numbers[uint32](raw)[:n], size, valid)
	case arrow.INT64:
		return inside(numbers[int64](raw)[:n], size, valid)
	case arrow.UINT64:
		return inside(numbers[uint64](raw)[:n], size, valid)
	}
	return fmt.Errorf("indices of type %v", t.IndexType)
}

func inside[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](xs []T, size uint64, valid *memory.Buffer) error {
	for i, x := range xs {
		if uint64(x) >= size && (valid == nil || bitutil.BitIsSet(valid.Bytes(), i)) { // a negative index is a huge one
			return fmt.Errorf("index %d is %d, the dictionary has %d values", i, x, size)
		}
	}
	return nil
}
