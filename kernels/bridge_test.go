package kernels_test

import (
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"gonum.org/v1/gonum/mat"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func TestArrowSharesMemory(t *testing.T) {
	mem := kerneltest.Alloc(t)
	builder := array.NewFloat64Builder(mem)
	defer builder.Release()
	builder.AppendValues([]float64{1, 2, 3, 4}, nil)
	col := builder.NewFloat64Array()
	slice := array.NewSlice(col, 1, 4)
	col.Release()
	b := ok(kernels.FromArrow(slice))(t)
	if &kernels.Data[float64](b)[0] != &slice.(*array.Float64).Float64Values()[0] {
		t.Error("the block does not share the column's memory")
	}
	slice.Release()
	holds(t, b, []int{3}, 2.0, 3, 4)

	back := ok(kernels.ToArrow(b))(t)
	b.Release()
	defer back.Release()
	if got := back.(*array.Float64).Float64Values(); !slices.Equal(got, []float64{2, 3, 4}) {
		t.Errorf("back as Arrow: %v", got)
	}
}

func TestArrowTypes(t *testing.T) {
	mem := kerneltest.Alloc(t)
	for _, c := range []struct {
		t    arrow.DataType
		want kernels.DType
	}{
		{arrow.PrimitiveTypes.Float64, kernels.Float64}, {arrow.PrimitiveTypes.Float32, kernels.Float32},
		{arrow.PrimitiveTypes.Int64, kernels.Int64}, {arrow.PrimitiveTypes.Int32, kernels.Int32},
		{arrow.PrimitiveTypes.Uint8, kernels.Uint8}, {arrow.FixedWidthTypes.Timestamp_us, kernels.Int64},
		{arrow.FixedWidthTypes.Date32, kernels.Int32},
	} {
		for _, rows := range []int{0, 2} {
			builder := array.NewBuilder(mem, c.t)
			builder.Reserve(rows)
			for range rows {
				builder.AppendEmptyValue()
			}
			col := builder.NewArray()
			b := ok(kernels.FromArrow(col))(t)
			if b.DType() != c.want || b.Size() != rows {
				t.Errorf("a column of %d %v became %v", rows, c.t, b)
			}
			b.Release()
			col.Release()
			builder.Release()
		}
	}
	builder := array.NewInt32Builder(mem)
	defer builder.Release()
	builder.Append(1)
	builder.AppendNull()
	col := builder.NewArray()
	defer col.Release()
	_, err := kernels.FromArrow(col)
	refused(t, err, kernels.ErrDType, "int32", "1 nulls among 2 rows")
	bits := array.NewBooleanBuilder(mem)
	defer bits.Release()
	flags := bits.NewArray()
	defer flags.Release()
	_, err = kernels.FromArrow(flags)
	refused(t, err, kernels.ErrDType, "bool")
	_, err = kernels.ToArrow(kernels.Scalar(1.0))
	refused(t, err, kernels.ErrShape)
	_, err = kernels.ToArrow(kernels.Scalar(true))
	refused(t, err, kernels.ErrDType)
}

func TestDense(t *testing.T) {
	mem := kerneltest.Alloc(t)
	m := mat.NewDense(3, 4, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	b := kernels.FromDense(m.Slice(1, 3, 1, 3).(*mat.Dense))
	defer b.Release()
	holds(t, b, []int{2, 2}, 5.0, 6, 9, 10)
	same := ok(kernels.ToDense(b))(t)
	if &same.RawMatrix().Data[0] != &m.RawMatrix().Data[5] {
		t.Error("a matrix with contiguous rows was copied")
	}
	flipped := ok(b.Transpose())(t)
	defer flipped.Release()
	if d := ok(kernels.ToDense(flipped))(t); !mat.Equal(d, same.T()) {
		t.Errorf("transposed: %v", mat.Formatted(d))
	}
	_, err := kernels.ToDense(counting(t, kernels.DefaultAllocator(), 2, 2))
	refused(t, err, kernels.ErrDType, "int64[2 2]")
	empty := ok(kernels.NewBlock(mem, kernels.Float64, 0, 2))(t)
	defer empty.Release()
	_, err = kernels.ToDense(empty)
	refused(t, err, kernels.ErrShape, "[0 2]")
	if none := kernels.FromDense(&mat.Dense{}); none.Size() != 0 || none.NDim() != 2 {
		t.Errorf("an empty matrix became %v", none)
	}
}
