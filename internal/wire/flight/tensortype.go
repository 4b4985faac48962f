package flight

import (
	"encoding/json"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels"
)

// A tensorType is what the rows of a column of tensors become.
type tensorType struct {
	dtype kernels.DType
	row   []int // shape of a row
	perm  []int // of the axes of a row where they lie in another order; nil if not
}

// isTensor reports whether a field is of the canonical extension type.
func isTensor(f arrow.Field) bool {
	name, ok := f.Metadata.GetValue(extensionName)
	return ok && name == tensorName
}

// tensorOf reads the type of a field. An array that was sent and comes back has
// the type of its elements in the metadata of the schema.
func tensorOf(f arrow.Field, meta arrow.Metadata) (tensorType, error) {
	var t tensorType
	list, ok := f.Type.(*arrow.FixedSizeListType)
	if !ok {
		return t, fmt.Errorf("%w: column %q is a tensor stored as %v, not as lists of fixed size", kernels.ErrDType, f.Name, f.Type)
	}
	raw, _ := f.Metadata.GetValue(extensionMetadata)
	var form tensorForm
	if err := json.Unmarshal([]byte(raw), &form); err != nil {
		return t, fmt.Errorf("%w: column %q: the metadata of its type, %s, is no shape: %w", kernels.ErrShape, f.Name, quoted([]byte(raw)), err)
	}
	for _, n := range form.Shape {
		if n < 0 {
			return t, fmt.Errorf("%w: column %q: tensors of shape %v", kernels.ErrShape, f.Name, form.Shape)
		}
	}
	if size, err := elements(form.Shape); err != nil || size != int(list.Len()) {
		return t, fmt.Errorf("%w: column %q: tensors of shape %v in lists of %d", kernels.ErrShape, f.Name, form.Shape, list.Len())
	}
	switch list.Elem().ID() {
	case arrow.FLOAT64:
		t.dtype = kernels.Float64
	case arrow.FLOAT32:
		t.dtype = kernels.Float32
	case arrow.INT64:
		t.dtype = kernels.Int64
	case arrow.INT32:
		t.dtype = kernels.Int32
	case arrow.UINT8:
		t.dtype = kernels.Uint8
		if was, _ := meta.GetValue(dtypeKey); was == kernels.Bool.String() {
			t.dtype = kernels.Bool
		}
	default:
		return t, fmt.Errorf("%w: column %q: tensors of %v; arrays have float64, float32, int64, int32 and uint8: cast it first", kernels.ErrDType, f.Name, list.Elem())
	}
	return t, t.permute(f.Name, form)
}

// permute sets the shape of a row, whose axis i is axis perm[i] of what is stored.
func (t *tensorType) permute(column string, form tensorForm) error {
	t.row = append([]int{}, form.Shape...)
	if form.Permutation == nil {
		return nil
	}
	seen := make([]bool, len(form.Shape))
	for i, p := range form.Permutation {
		if len(form.Permutation) != len(form.Shape) || p < 0 || p >= len(seen) || seen[p] {
			return fmt.Errorf("%w: column %q: axes of shape %v permuted by %v", kernels.ErrShape, column, form.Shape, form.Permutation)
		}
		seen[p] = true
		t.row[i] = form.Shape[p]
	}
	t.perm = form.Permutation
	return nil
}

// stored is the shape of a row as it lies.
func (t *tensorType) stored() []int {
	if t.perm == nil {
		return t.row
	}
	s := make([]int, len(t.row))
	for i, p := range t.perm {
		s[p] = t.row[i]
	}
	return s
}

// block returns a column of tensors, checked, as a block, a view of its memory
// where it can be.
func (t *tensorType) block(mem kernels.Allocator, col arrow.Array) (*kernels.Block, error) {
	list := col.(*array.FixedSizeList)
	n := list.Len()
	if list.NullN() > 0 {
		return nil, fmt.Errorf("%w: %d of %d tensors are null: an array has no nulls; fill or drop them first", kernels.ErrDType, list.NullN(), n)
	}
	values := array.NewSlice(list.ListValues(), 0, int64(n*product(t.row)))
	defer values.Release()
	flat, err := kernels.FromArrow(values)
	if err != nil {
		return nil, err
	}
	defer flat.Release()
	if t.dtype == kernels.Bool {
		if flat, err = asBools(flat); err != nil {
			return nil, err
		}
		defer flat.Release()
	}
	b, err := kernels.Reshape(mem, flat, append([]int{n}, t.stored()...)...)
	if err != nil || t.perm == nil {
		return b, err
	}
	defer b.Release()
	axes := []int{0}
	for _, p := range t.perm {
		axes = append(axes, p+1)
	}
	return b.Transpose(axes...)
}

// asBools is the reverse of asBytes.
func asBools(b *kernels.Block) (*kernels.Block, error) {
	raw := make([]bool, b.Size())
	for i, x := range kernels.Data[uint8](b) {
		if x > 1 {
			return nil, fmt.Errorf("%w: element %d of an array of bools is %d", kernels.ErrDType, i, x)
		}
		raw[i] = x == 1
	}
	return kernels.FromSlice(raw, b.Shape()...)
}
