package array

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/mat"
)

// Compute runs what a is made of on r, and returns its elements as one block
// in row-major order. The caller releases the block.
func (a *Array) Compute(ctx context.Context, r graph.Runner) (*kernels.Block, error) {
	blocks, err := Compute(ctx, r, a)
	if err != nil {
		return nil, err
	}
	return blocks[0], nil
}

// Compute computes several arrays as one graph, so that what they share is
// computed once.
func Compute(ctx context.Context, r graph.Runner, arrays ...*Array) ([]*kernels.Block, error) {
	g, err := Graph(arrays...)
	if err != nil {
		return nil, err
	}
	defer releaseLiterals(g)
	values, err := r.Run(ctx, graph.Optimize(g))
	if err != nil {
		return nil, err
	}
	defer graph.List(values).Release()
	var out []*kernels.Block
	for _, a := range arrays {
		n := a.Chunks().Blocks()
		b, err := a.assembled(ctx, values[:n])
		if err != nil {
			for _, done := range out {
				done.Release()
			}
			return nil, err
		}
		out, values = append(out, b), values[n:]
	}
	return out, nil
}

// assembled puts the blocks of a, in order, together.
func (a *Array) assembled(ctx context.Context, values []graph.Value) (*kernels.Block, error) {
	blocks, err := asBlocks(values)
	if err != nil {
		return nil, fmt.Errorf("array: %v: %w", a.key, err)
	}
	if len(blocks) == 1 {
		return kernels.Contiguous(kernels.AllocatorFrom(ctx), blocks[0])
	}
	return join(kernels.AllocatorFrom(ctx), a.DType(), a.Chunks(), blocks)
}

// Dense computes a matrix, or a vector as one column, into a gonum matrix.
func (a *Array) Dense(ctx context.Context, r graph.Runner) (*mat.Dense, error) {
	if a.err != nil {
		return nil, a.err
	}
	if a.NDim() == 1 {
		a = a.ExpandDims(1)
	}
	if a.NDim() != 2 {
		return nil, fail("dense", "shape %v is neither a matrix nor a vector", a.Shape()).err
	}
	b, err := a.AsType(kernels.Float64).Compute(ctx, r)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	s := a.Shape()
	if s[0] == 0 || s[1] == 0 {
		return &mat.Dense{}, nil
	}
	return mat.NewDense(s[0], s[1], append([]float64(nil), kernels.Data[float64](b)...)), nil
}

// Float64s computes a into a slice in row-major order.
func (a *Array) Float64s(ctx context.Context, r graph.Runner) ([]float64, error) {
	b, err := a.AsType(kernels.Float64).Compute(ctx, r)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return append([]float64(nil), kernels.Data[float64](b)...), nil
}

// Scalar computes an array of one element.
func (a *Array) Scalar(ctx context.Context, r graph.Runner) (float64, error) {
	if a.err == nil && a.Size() != 1 {
		return 0, fail("scalar", "shape %v holds %d elements, not one", a.Shape(), a.Size()).err
	}
	x, err := a.Float64s(ctx, r)
	if err != nil {
		return 0, err
	}
	return x[0], nil
}

// held is an array whose blocks are on the cluster.
type held struct{ meta }

func (n *held) lower(l *lowering, at []int) graph.Dep {
	size := int64(product(n.chunks.Block(at))) * int64(n.dtype.Size())
	return l.b.Sized(n.key.With(place(at)), size).Whole()
}

// Persist starts computing a on r and returns at once. The returned array
// stands for the blocks where they are computed; they stay there until release
// is called. It can be used with r only.
func (a *Array) Persist(ctx context.Context, r graph.Runner) (onCluster *Array, release func(), err error) {
	g, err := Graph(a)
	if err != nil {
		return nil, nil, err
	}
	defer releaseLiterals(g)
	hs, err := r.Persist(ctx, graph.Optimize(g))
	if err != nil {
		return nil, nil, err
	}
	m := meta{chunks: a.Chunks(), dtype: a.DType(), key: a.key}
	b := fromNode(&held{m})
	return b, func() {
		for _, h := range hs {
			h.Release()
		}
	}, nil
}

// Wait returns when every block of a persisted array is there, or why one
// never will be.
func (a *Array) Wait(ctx context.Context, r graph.Runner) error {
	if a.err != nil {
		return a.err
	}
	g, err := Graph(a)
	if err != nil {
		return err
	}
	defer releaseLiterals(g)
	// To want the blocks brings none of them together, as a task would.
	b := &graph.Builder{}
	for _, in := range g.Inputs {
		if in.Value == nil {
			b.Output(b.Input(in.Key), in.Key)
		}
	}
	hs, err := r.Persist(ctx, b.Graph())
	if err != nil {
		return err
	}
	defer func() {
		for _, h := range hs {
			h.Release()
		}
	}()
	for _, h := range hs {
		if err := h.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// releaseLiterals gives up the views that the lowering made of local blocks.
func releaseLiterals(g *graph.Graph) {
	for _, in := range g.Inputs {
		if in.Value != nil {
			in.Value.Release()
		}
	}
}

func asBlocks(values []graph.Value) ([]*kernels.Block, error) {
	out := make([]*kernels.Block, len(values))
	for i, v := range values {
		b, ok := v.(*kernels.Block)
		if !ok {
			return nil, fmt.Errorf("value %d is a %T, not a block", i, v)
		}
		out[i] = b
	}
	return out, nil
}
