package outofcore

import (
	"context"

	arrowarray "github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A Sort orders a frame that is held by a key, and holds the result as well.
type Sort struct {
	rows       int
	key, value *array.Array
	f, held    *frame.Frame
}

// sortKeys is how many different keys there may be.
const sortKeys = 1 << 40

// NewSort has so many bytes of a frame of two columns, half of them before it is
// sorted and half thereafter, in partitions of about block bytes.
func NewSort(bytes int64, block int) *Sort {
	s := &Sort{rows: int(bytes / 2 / 16)}
	shape, chunks := []int{s.rows}, array.ChunkShape(block/16)
	s.key = array.Random(6).Integers(0, sortKeys, shape, chunks)
	s.value = array.Random(7).Normal(1, 1, shape, chunks)
	s.f = frame.FromArrays([]string{"key", "value"}, s.key, s.value)
	return s
}

// Bytes implements Work.
func (s *Sort) Bytes() int64 { return 2 * 16 * int64(s.rows) }

// Hold implements Work.
func (s *Sort) Hold(ctx context.Context, r graph.Runner) (release func(), err error) {
	s.held, release, err = heldFrame(ctx, r, s.f)
	return release, err
}

// Run implements Work: how many keys are less than the one before, the sum of
// the values, and that of keys, from 0 to 1, times values.
func (s *Sort) Run(ctx context.Context, r graph.Runner) ([]float64, error) {
	columns, release, err := s.held.Sort(frame.Asc("key")).ToArrays(ctx, r, "key", "value")
	if err != nil {
		return nil, err
	}
	defer release()
	key, value := columns[0], columns[1]
	n := key.Size()
	falls := key.Slice(array.Span(1, n)).Lt(key.Slice(array.Span(0, n-1))).Sum()
	return figures(ctx, r, falls, value.Sum(), key.AsType(kernels.Float64).Mul(value).Sum().Div(float64(sortKeys)))
}

// Want implements Work.
func (s *Sort) Want(ctx context.Context) ([]float64, error) {
	return figures(ctx, local, array.Zeros(nil), s.value.Sum(), s.key.AsType(kernels.Float64).Mul(s.value).Sum().Div(float64(sortKeys)))
}

// A Join gives each row of a frame that is held the row of another one, too large
// to be sent to everyone, that has its key.
type Join struct {
	rows        int
	key, value  *array.Array // of the left side
	weight      *array.Array // of the right side, by key
	left, right *frame.Frame
	held        [2]*frame.Frame
}

// NewJoin has so many bytes of two frames of two columns and as many rows, in
// partitions of block bytes.
func NewJoin(bytes int64, block int) *Join {
	j := &Join{rows: int(bytes / 2 / 16)}
	shape, chunks := []int{j.rows}, array.ChunkShape(block/16)
	j.key = array.Random(8).Integers(0, int64(j.rows), shape, chunks)
	j.value = array.Random(9).Normal(1, 1, shape, chunks)
	id := array.Arange(0, float64(j.rows), 1, chunks)
	j.weight = id.Mod(997).Add(1)
	j.left = frame.FromArrays([]string{"key", "value"}, j.key, j.value)
	j.right = frame.FromArrays([]string{"key", "weight"}, id.AsType(kernels.Int64), j.weight)
	return j
}

// Bytes implements Work.
func (j *Join) Bytes() int64 { return 2 * 16 * int64(j.rows) }

// Hold implements Work.
func (j *Join) Hold(ctx context.Context, r graph.Runner) (func(), error) {
	left, release, err := heldFrame(ctx, r, j.left)
	if err != nil {
		return nil, err
	}
	right, releaseRight, err := heldFrame(ctx, r, j.right)
	if err != nil {
		release()
		return nil, err
	}
	j.held = [2]*frame.Frame{left, right}
	return func() {
		release()
		releaseRight()
	}, nil
}

// Run implements Work: the rows, and the sum of value times weight.
func (j *Join) Run(ctx context.Context, r graph.Runner) ([]float64, error) {
	weighted := frame.Col("value").Mul(frame.Col("weight")).As("weighted")
	t, err := j.held[0].Join(j.held[1], frame.Inner, frame.Using("key")).With(weighted).
		GroupBy().Agg(frame.Rows().As("n"), frame.Sum("weighted").As("s")).Compute(ctx, r)
	if err != nil {
		return nil, err
	}
	defer t.Release()
	return []float64{float64(t.Column(0).(*arrowarray.Int64).Value(0)), t.Column(1).(*arrowarray.Float64).Value(0)}, nil
}

// Want implements Work: the weight is known from the key.
func (j *Join) Want(ctx context.Context) ([]float64, error) {
	weight := j.key.Mod(997).Add(1).AsType(kernels.Float64)
	return figures(ctx, local, array.Full(float64(j.rows), nil), j.value.Mul(weight).Sum())
}

// figures computes arrays of one element.
func figures(ctx context.Context, r graph.Runner, arrays ...*array.Array) ([]float64, error) {
	var out []float64
	for _, a := range arrays {
		x, err := a.Scalar(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// heldFrame is a frame on a cluster.
func heldFrame(ctx context.Context, r graph.Runner, f *frame.Frame) (*frame.Frame, func(), error) {
	there, release, err := f.Persist(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	if _, err := there.Count(ctx, r); err != nil { // all of it is there then
		release()
		return nil, nil, err
	}
	return there, release, nil
}
