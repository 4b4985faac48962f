package frame

import (
	"context"
	"encoding/binary"
	"fmt"

	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

const (
	opRows   = "frame.rows"
	opColumn = "frame.column"
)

// ToArrays turns columns into arrays of one axis, with no copy of the elements:
// each chunk is the memory of that column in one partition. The columns are of
// a fixed width and without nulls. The frame is computed on r and stays there
// until release is called; r is asked for the number of rows of each partition,
// since an array must know its shape.
func (f *Frame) ToArrays(ctx context.Context, r graph.Runner, cols ...string) (arrays []*array.Array, release func(), err error) {
	sel := make([]any, len(cols))
	for i, c := range cols {
		sel[i] = c
	}
	f, release, err = f.Select(sel...).Persist(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	chunks, err := f.rows(ctx, r)
	if err != nil {
		release()
		return nil, nil, err
	}
	for i, name := range cols {
		a, err := f.toArray(i, name, chunks)
		if err != nil {
			release()
			return nil, nil, err
		}
		arrays = append(arrays, a)
	}
	return arrays, release, nil
}

// rows asks for the number of rows of each partition.
func (f *Frame) rows(ctx context.Context, r graph.Runner) ([]int, error) {
	b := &graph.Builder{}
	for i := range f.Partitions() {
		in := b.Input(partitionKey(f.node, i))
		b.Output(b.Add(graph.Class{Op: opRows}, nil, in.Whole()), graph.RandomKey("rows"))
	}
	vs, err := r.Run(ctx, b.Graph())
	if err != nil {
		return nil, err
	}
	defer graph.List(vs).Release()
	rows := make([]int, len(vs))
	for i, v := range vs {
		if err := graph.Decode(v, &rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
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
		in := b.Input(partitionKey(f.node, at[0]))
		return b.Add(graph.Class{Op: opColumn}, attr, in.Whole()).Whole()
	}), nil
}

func init() {
	graph.Register(opRows, func(_ context.Context, c *graph.Call) (graph.Value, error) {
		t, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		return graph.Encode(t[0].NumRows())
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
			return nil, fmt.Errorf("column %q: %w; drop or fill nulls before it becomes an array", t[0].Schema().Field(int(i)).Name, err)
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
