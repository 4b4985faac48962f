package frame

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// This file is where frames and arrays meet, each way without a copy.

const (
	opCounts  = "frame.counts"
	opColumn  = "frame.column"
	opColumns = "frame.columns"
)

// columnTypes are the types that a column and an array can both be of.
var columnTypes = map[kernels.DType]arrow.DataType{
	kernels.Float64: arrow.PrimitiveTypes.Float64, kernels.Float32: arrow.PrimitiveTypes.Float32,
	kernels.Int64: arrow.PrimitiveTypes.Int64, kernels.Int32: arrow.PrimitiveTypes.Int32, kernels.Uint8: arrow.PrimitiveTypes.Uint8,
}

// FromArrays makes a frame whose columns are arrays of one axis and one length,
// under the given names. Each chunk is the memory of its column in one
// partition; arrays that are cut otherwise than the first are cut like it.
// What the arrays are made of is computed with the frame, in one graph.
func FromArrays(names []string, arrays ...*array.Array) *Frame {
	if len(names) != len(arrays) || len(names) == 0 {
		return fail("from arrays", fmt.Errorf("%d names for %d arrays", len(names), len(arrays)))
	}
	if name := repeated(names); name != "" {
		return fail("from arrays", fmt.Errorf("two columns are named %q", name))
	}
	n := &arraysNode{}
	var fields []arrow.Field
	for i, a := range arrays {
		if a.Err() != nil {
			return fail("from arrays", fmt.Errorf("column %q: %w", names[i], a.Err()))
		}
		t, ok := columnTypes[a.DType()]
		if !ok {
			return fail("from arrays", fmt.Errorf("column %q: no column is of type %v; cast the array", names[i], a.DType()))
		}
		if a.NDim() != 1 || a.Size() != arrays[0].Size() {
			return fail("from arrays", fmt.Errorf("column %q has shape %v, column %q %v: one axis of one length is wanted",
				names[i], a.Shape(), names[0], arrays[0].Shape()))
		}
		fields = append(fields, arrow.Field{Name: names[i], Type: t, Nullable: true})
		n.arrays = append(n.arrays, a.Rechunk(arrays[0].Chunks()))
	}
	return &Frame{node: n.over(fields)}
}

// arraysNode is arrays side by side, a chunk a partition.
type arraysNode struct {
	base
	arrays []*array.Array
}

// over completes the node, whose arrays have the given fields.
func (n *arraysNode) over(fields []arrow.Field) *arraysNode {
	var params []byte
	for _, a := range n.arrays {
		k := a.Key()
		params = append(params, k.Hash[:]...)
	}
	n.base = newBase("from-arrays", arrow.NewSchema(fields, nil), n.arrays[0].Chunks().Blocks(), params)
	return n
}

func (n *arraysNode) lower(l *lowering, i int) graph.Dep {
	blocks, ok := l.arrays[n.key]
	if !ok {
		g, err := array.Graph(n.arrays...)
		if err != nil {
			panic(fmt.Sprintf("frame: %v: %v", n.key, err)) // their errors were looked at
		}
		blocks = l.include(g)
		l.arrays[n.key] = blocks
	}
	var deps []graph.Dep
	var size int64
	for k, a := range n.arrays {
		deps = append(deps, blocks[k*n.partitions+i].Whole())
		size += int64(a.Chunks()[0][i]) * int64(a.DType().Size())
	}
	class := graph.Class{Op: opColumns, Spec: l.spec, Cost: graph.Cost{Output: size, Sure: true}}
	return l.b.Add(class, appendStrings(nil, names(n.schema)), deps...).Whole()
}

func (n *arraysNode) narrow(need columns) node {
	m := &arraysNode{}
	var fields []arrow.Field
	for i, f := range n.schema.Fields() {
		if need.has(f.Name) {
			fields, m.arrays = append(fields, f), append(m.arrays, n.arrays[i])
		}
	}
	if len(fields) == 0 { // rows are counted by one column
		fields, m.arrays = n.schema.Fields()[:1], n.arrays[:1]
	}
	return m.over(fields)
}

func (n *arraysNode) describe() string { return "arrays " + quoted(names(n.schema)) }

// ToArrays turns columns into arrays of one axis, with no copy of the elements:
// each chunk is the memory of that column in one partition. The columns are
// numbers or times. An array has no nulls, and a column that has some is an
// error: give them a value before with With(Col("v").FillNull(x).As("v")), or
// drop their rows with Filter(Col("v").IsNull().Not()). The frame is computed on
// r and stays there until release is called; r is asked for the number of rows
// and nulls of each partition, since an array must know its shape.
func (f *Frame) ToArrays(ctx context.Context, r graph.Runner, cols ...string) (arrays []*array.Array, release func(), err error) {
	sel := make([]any, len(cols))
	for i, c := range cols {
		sel[i] = c
	}
	f, release, err = f.Select(sel...).Persist(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	if arrays, err = f.toArrays(ctx, r, cols); err != nil {
		release()
		return nil, nil, err
	}
	return arrays, release, nil
}

// toArrays is ToArrays of a persisted frame of the named columns alone.
func (f *Frame) toArrays(ctx context.Context, r graph.Runner, cols []string) ([]*array.Array, error) {
	counts, err := f.counts(ctx, r)
	if err != nil {
		return nil, err
	}
	rows, nulls := make([]int, len(counts)), make([]int, len(cols))
	total := 0
	for i, c := range counts {
		rows[i] = c[0]
		total += c[0]
		for k := range cols {
			nulls[k] += c[1+k]
		}
	}
	var arrays []*array.Array
	for i, name := range cols {
		a, err := f.toArray(i, name, rows)
		if err != nil {
			return nil, err
		}
		if nulls[i] > 0 {
			return nil, fmt.Errorf("%w: to array: column %q has %s in %s, and an array has none: "+
				"give nulls a value before, as in With(Col(%[2]q).FillNull(x).As(%[2]q)), or drop their rows with Filter(Col(%[2]q).IsNull().Not())",
				ErrFrame, name, counted(nulls[i], "null"), counted(total, "row"))
		}
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// counts asks for the number of rows of each partition and of the nulls in each
// of its columns.
func (f *Frame) counts(ctx context.Context, r graph.Runner) ([][]int, error) {
	b := &graph.Builder{}
	for i := range f.Partitions() {
		in := b.Input(partitionKey(f.node.info().key, i))
		b.Output(b.Add(graph.Class{Op: opCounts}, nil, in.Whole()), graph.RandomKey("counts"))
	}
	vs, err := r.Run(ctx, b.Graph())
	if err != nil {
		return nil, err
	}
	defer graph.List(vs).Release()
	counts := make([][]int, len(vs))
	for i, v := range vs {
		if err := graph.Decode(v, &counts[i]); err != nil {
			return nil, err
		}
		if want := 1 + f.Schema().NumFields(); len(counts[i]) != want {
			return nil, fmt.Errorf("%w: to array: partition %d counts %d things, want %d", ErrFrame, i, len(counts[i]), want)
		}
	}
	return counts, nil
}

func (f *Frame) toArray(i int, name string, rows []int) (*array.Array, error) {
	t, err := expr.TypeOf(f.Schema().Field(i).Type)
	if err != nil {
		return nil, fmt.Errorf("%w: to array: column %q: %w", ErrFrame, name, err)
	}
	dt, ok := map[expr.Type]kernels.DType{
		expr.Float64: kernels.Float64, expr.Float32: kernels.Float32, expr.Int64: kernels.Int64,
		expr.Int32: kernels.Int32, expr.Uint8: kernels.Uint8, expr.Date32: kernels.Int32,
		expr.TimestampS: kernels.Int64, expr.TimestampMs: kernels.Int64,
		expr.TimestampUs: kernels.Int64, expr.TimestampNs: kernels.Int64,
	}[t]
	if !ok {
		return nil, fmt.Errorf("%w: to array: column %q is of type %v; only numbers and times can be an array", ErrFrame, name, t)
	}
	attr := binary.AppendUvarint(nil, uint64(i))
	key := f.Key().With("/" + name)
	key.Name = name
	return array.FromTasks(key, array.Chunks{rows}, dt, func(b *graph.Builder, at []int) graph.Dep {
		in := b.Input(partitionKey(f.node.info().key, at[0]))
		return b.Add(graph.Class{Op: opColumn}, attr, in.Whole()).Whole()
	}), nil
}

func runColumns(ctx context.Context, c *graph.Call) (graph.Value, error) {
	r := &reader{b: c.Attr}
	names := r.strings()
	if err := r.err(); err != nil {
		return nil, err
	}
	if len(names) != len(c.In) || len(names) == 0 {
		return nil, errMalformed
	}
	var cols []arrow.Array
	defer func() {
		for _, col := range cols {
			col.Release()
		}
	}()
	var fields []arrow.Field
	for i, v := range c.In {
		col, err := columnOf(kernels.AllocatorFrom(ctx), v)
		if err != nil {
			return nil, fmt.Errorf("frame: column %q: %w", names[i], err)
		}
		cols = append(cols, col)
		fields = append(fields, arrow.Field{Name: names[i], Type: col.DataType(), Nullable: true})
	}
	return value(kernels.NewTable(arrow.NewSchema(fields, nil), cols, cols[0].Len()))
}

// columnOf returns a block as a column, which shares its memory if that is in
// one piece.
func columnOf(mem kernels.Allocator, v graph.Value) (arrow.Array, error) {
	b, ok := v.(*kernels.Block)
	if !ok {
		return nil, fmt.Errorf("a %T is no block", v)
	}
	b, err := kernels.Contiguous(mem, b)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return kernels.ToArrow(b)
}

func init() {
	graph.Register(opColumns, runColumns)
	graph.Register(opCounts, func(_ context.Context, c *graph.Call) (graph.Value, error) {
		t, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		if len(t) != 1 {
			return nil, errMalformed
		}
		counts := []int{t[0].NumRows()}
		for i := range t[0].NumColumns() {
			counts = append(counts, t[0].Column(i).NullN())
		}
		return graph.Encode(counts)
	})
	graph.Register(opColumn, func(_ context.Context, c *graph.Call) (graph.Value, error) {
		t, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		i, n := binary.Uvarint(c.Attr)
		if n <= 0 || len(t) != 1 || i >= uint64(t[0].NumColumns()) {
			return nil, errMalformed
		}
		b, err := kernels.FromArrow(t[0].Column(int(i)))
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", t[0].Schema().Field(int(i)).Name, err)
		}
		return b, nil
	})
}

// int64s returns the values of an int64 column that has no nulls.
func int64s(t *kernels.Table, col string) []int64 {
	i, err := t.ColumnIndex(col)
	if err != nil {
		panic(fmt.Sprintf("frame: %v", err))
	}
	return t.Column(i).(*arrowarray.Int64).Int64Values()
}
