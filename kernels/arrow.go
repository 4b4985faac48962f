package kernels

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// FromArrow returns a column as a block of one axis that shares its memory.
// Only fixed-width columns without nulls have such memory: floats, int64,
// int32 and uint8, and dates, times, timestamps and durations, which become
// their int32 or int64. An Arrow bool is a bit and has to be converted before.
// Errors wrap ErrDType.
func FromArrow(col arrow.Array) (*Block, error) {
	t := arrowDType(col.DataType())
	if t == 0 {
		return nil, fmt.Errorf("%w: a column of %v has no fixed-width numbers; cast it first", ErrDType, col.DataType())
	}
	if n := col.NullN(); n > 0 {
		return nil, fmt.Errorf("%w: a column of %v with %d nulls among %d rows; fill or drop them first", ErrDType, col.DataType(), n, col.Len())
	}
	if col.Len() == 0 {
		return newView(memory.NewBufferBytes(nil), t, []int{0}, []int{1}, 0), nil
	}
	data := col.Data()
	whole, err := FromBuffer(data.Buffers()[1], t, data.Offset()+col.Len())
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	return whole.view([]int{col.Len()}, []int{1}, data.Offset()), nil
}

// arrowDType returns the type of the numbers that a column of type t is stored
// as, or 0.
func arrowDType(t arrow.DataType) DType {
	switch t.ID() {
	case arrow.FLOAT64:
		return Float64
	case arrow.FLOAT32:
		return Float32
	case arrow.INT64, arrow.TIMESTAMP, arrow.DURATION, arrow.TIME64, arrow.DATE64:
		return Int64
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return Int32
	case arrow.UINT8:
		return Uint8
	}
	return 0
}

// ToArrow returns a contiguous block of one axis as an Arrow array that shares
// its memory. The caller releases it. Bool and Complex128 have no such array.
// Errors: ErrShape, ErrDType.
func ToArrow(b *Block) (arrow.Array, error) {
	var t arrow.DataType
	switch b.dtype {
	case Float64:
		t = arrow.PrimitiveTypes.Float64
	case Float32:
		t = arrow.PrimitiveTypes.Float32
	case Int64:
		t = arrow.PrimitiveTypes.Int64
	case Int32:
		t = arrow.PrimitiveTypes.Int32
	case Uint8:
		t = arrow.PrimitiveTypes.Uint8
	default:
		return nil, fmt.Errorf("%w: %v as an Arrow array", ErrDType, b)
	}
	if len(b.shape) != 1 || !b.IsContiguous() {
		return nil, fmt.Errorf("%w: %v with strides %v as an Arrow array", ErrShape, b, b.strides)
	}
	data := array.NewData(t, b.size, []*memory.Buffer{nil, b.buf}, nil, 0, b.offset)
	defer data.Release()
	return array.MakeFromData(data), nil
}
