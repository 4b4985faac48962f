package flight

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// Arrow's canonical extension type of tensors of one shape.
const (
	extensionName     = "ARROW:extension:name"
	extensionMetadata = "ARROW:extension:metadata"
	tensorName        = "arrow.fixed_shape_tensor"

	// arrayColumn is the column in which an array travels, dtypeKey the entry of
	// the schema's metadata that has the type of its elements.
	arrayColumn = "value"
	dtypeKey    = "ashlar.dtype"
)

// tensorForm is the extension's metadata.
type tensorForm struct {
	Shape       []int    `json:"shape"`
	DimNames    []string `json:"dim_names,omitempty"`
	Permutation []int    `json:"permutation,omitempty"`
}

// arrowType returns the type of the elements on the way: a bool is a byte, since
// pyarrow has no tensors of bits.
func arrowType(t kernels.DType) (arrow.DataType, error) {
	switch t {
	case kernels.Float64:
		return arrow.PrimitiveTypes.Float64, nil
	case kernels.Float32:
		return arrow.PrimitiveTypes.Float32, nil
	case kernels.Int64:
		return arrow.PrimitiveTypes.Int64, nil
	case kernels.Int32:
		return arrow.PrimitiveTypes.Int32, nil
	case kernels.Uint8, kernels.Bool:
		return arrow.PrimitiveTypes.Uint8, nil
	}
	return nil, fmt.Errorf("%w: an array of %v has no Arrow type: publish its real and imaginary parts", kernels.ErrDType, t)
}

// schemaOf returns the schema of a dataset's flight. Row i of the one column of
// an array is the array at position i of its first axis.
func schemaOf(n *dataset.Note) (*arrow.Schema, error) {
	if !n.IsArray() {
		return n.Schema, nil
	}
	elem, err := arrowType(n.DType)
	if err != nil {
		return nil, err
	}
	row := rowShape(n.Shape())
	size, err := elements(row)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(tensorForm{Shape: row})
	if err != nil {
		return nil, err
	}
	f := arrow.Field{
		Name: arrayColumn, Type: arrow.FixedSizeListOf(int32(size), elem), Nullable: true,
		Metadata: arrow.NewMetadata([]string{extensionName, extensionMetadata}, []string{tensorName, string(raw)}),
	}
	meta := arrow.NewMetadata([]string{dtypeKey}, []string{n.DType.String()})
	return arrow.NewSchema([]arrow.Field{f}, &meta), nil
}

// rowShape is the shape of an array at one position of its first axis.
func rowShape(shape []int) []int {
	if len(shape) == 0 {
		return []int{}
	}
	return shape[1:]
}

// elements returns the number of elements of one row, which Arrow counts in 31
// bits.
func elements(row []int) (int, error) {
	size := 1
	for _, n := range row {
		if n > 0 && size > math.MaxInt32/n {
			return 0, fmt.Errorf("%w: a row of shape %v has more elements than a tensor of Arrow holds: put another axis first", kernels.ErrShape, row)
		}
		size *= n
	}
	return size, nil
}

// A band is the blocks of an array that share their place along the first axis:
// whole rows, cut along the other axes.
type band struct {
	note   *dataset.Note
	schema *arrow.Schema
	rows   int
	blocks []*kernels.Block // in row-major order of the grid's other axes
}

// check reports a block that is not what the note says.
func (b *band) check(at int) error {
	grid := b.note.Grid()
	place := make([]int, len(grid))
	if len(grid) > 0 {
		place[0] = at
	}
	for i, blk := range b.blocks {
		rest := i
		want := make([]int, len(grid))
		for axis := len(grid) - 1; axis > 0; axis-- {
			place[axis] = rest % grid[axis]
			rest /= grid[axis]
		}
		for axis, p := range place {
			want[axis] = b.note.Chunks[axis][p]
		}
		if blk.DType() != b.note.DType || !slices.Equal(blk.Shape(), want) {
			return fmt.Errorf("%w: block %v is %v, the array says %v%v", kernels.ErrShape, place, blk, b.note.DType, want)
		}
	}
	return nil
}

// record returns rows first … first+n-1 as a record, which the caller releases.
// It shares the memory of a block that is contiguous and alone in its band, and
// has a copy of its own else.
func (b *band) record(mem kernels.Allocator, first, n int) (arrow.Record, error) {
	rows, err := b.contiguous(mem, first, n)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	if rows.DType() == kernels.Bool {
		if rows, err = asBytes(rows); err != nil {
			return nil, err
		}
		defer rows.Release()
	}
	flat, err := kernels.Reshape(mem, rows, rows.Size())
	if err != nil {
		return nil, err
	}
	defer flat.Release()
	values, err := kernels.ToArrow(flat)
	if err != nil {
		return nil, err
	}
	defer values.Release()
	list := array.NewData(b.schema.Field(0).Type, n, nil, []arrow.ArrayData{values.Data()}, 0, 0)
	defer list.Release()
	col := array.MakeFromData(list)
	defer col.Release()
	return array.NewRecord(b.schema, []arrow.Array{col}, int64(n)), nil
}

// asBytes returns a copy of the bools of b as bytes.
func asBytes(b *kernels.Block) (*kernels.Block, error) {
	raw := make([]uint8, b.Size())
	for i, x := range kernels.Data[bool](b) {
		if x {
			raw[i] = 1
		}
	}
	return kernels.FromSlice(raw, b.Shape()...)
}

func (b *band) contiguous(mem kernels.Allocator, first, n int) (*kernels.Block, error) {
	if len(b.blocks) == 1 {
		part, err := rowsOf(b.blocks[0], first, n)
		if err != nil {
			return nil, err
		}
		defer part.Release()
		return kernels.Contiguous(mem, part)
	}
	shape := append([]int{n}, rowShape(b.note.Shape())...)
	out, err := kernels.NewBlock(mem, b.note.DType, shape...)
	if err != nil {
		return nil, err
	}
	if err := b.assemble(out, first, n); err != nil {
		out.Release()
		return nil, err
	}
	return out, nil
}

// assemble copies the rows of every block to where they belong.
func (b *band) assemble(out *kernels.Block, first, n int) error {
	grid := b.note.Grid()
	for i, blk := range b.blocks {
		s := whole(out.Shape())
		rest := i
		for axis := len(grid) - 1; axis > 0; axis-- {
			p := rest % grid[axis]
			rest /= grid[axis]
			for _, c := range b.note.Chunks[axis][:p] {
				s.Start[axis] += c
			}
			s.Count[axis] = b.note.Chunks[axis][p]
		}
		if err := copyRows(out, s, blk, first, n); err != nil {
			return err
		}
	}
	return nil
}

func copyRows(out *kernels.Block, at kernels.SliceSpec, blk *kernels.Block, first, n int) error {
	dst, err := out.Slice(at)
	if err != nil {
		return err
	}
	defer dst.Release()
	src, err := rowsOf(blk, first, n)
	if err != nil {
		return err
	}
	defer src.Release()
	return kernels.Assign(dst, src)
}

// rowsOf returns positions first … first+n-1 of the first axis; a block without
// axes is its own and only row.
func rowsOf(b *kernels.Block, first, n int) (*kernels.Block, error) {
	if b.NDim() == 0 {
		b.Retain()
		return b, nil
	}
	s := whole(b.Shape())
	s.Start[0], s.Count[0] = first, n
	return b.Slice(s)
}

func whole(shape []int) kernels.SliceSpec {
	n := len(shape)
	s := kernels.SliceSpec{Start: make([]int, n), Count: slices.Clone(shape), Step: make([]int, n), Drop: make([]bool, n)}
	for i := range s.Step {
		s.Step[i] = 1
	}
	return s
}
