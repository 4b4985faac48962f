package gpu

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

// reshape is a view: elements are always in row-major order.
func reshape(_ *job, attr []byte, in []*Block) (*Block, error) {
	s, err := kernels.ParseReshapeSpec(attr)
	if err != nil {
		return nil, err
	}
	if product(s.Shape) != in[0].Size() {
		return nil, fmt.Errorf("gpu: %w: reshape: %v to %v", kernels.ErrShape, in[0], s.Shape)
	}
	return in[0].reshaped(s.Shape), nil
}

// transpose permutes the axes; without axes in the spec it reverses them.
func transpose(j *job, attr []byte, in []*Block) (*Block, error) {
	s, err := kernels.ParseTransposeSpec(attr)
	if err != nil {
		return nil, err
	}
	return j.transposed(in[0], s.Axes)
}

// transposed returns a block with the axes in another order; without one, in
// the reverse.
func (j *job) transposed(b *Block, order []int) (*Block, error) {
	asked := order
	if len(order) == 0 {
		for i := range b.shape {
			order = append(order, len(b.shape)-1-i)
		}
	}
	own := strides(b.shape, b.shape)
	seen := make([]bool, len(b.shape))
	var shape []int
	g := &device.Gather{}
	for _, k := range order {
		if k < 0 || k >= len(seen) || seen[k] || len(order) != len(seen) {
			return nil, fmt.Errorf("gpu: %w: transpose: axes %v of %v", kernels.ErrShape, asked, b)
		}
		seen[k] = true
		shape, g.Strides = append(shape, b.shape[k]), append(g.Strides, own[k])
	}
	return j.gather(g, b, shape, 0)
}

// slice copies the part of a block that the spec cuts out.
func slice(j *job, attr []byte, in []*Block) (*Block, error) {
	s, err := kernels.ParseSliceSpec(attr)
	if err != nil {
		return nil, err
	}
	b := in[0]
	n := len(b.shape)
	if len(s.Start) != n || len(s.Count) != n || len(s.Step) != n || len(s.Drop) != n {
		return nil, fmt.Errorf("gpu: %w: slice %+v of %v", kernels.ErrShape, s, b)
	}
	var shape []int
	var offset int64
	g := &device.Gather{}
	for i, step := range strides(b.shape, b.shape) {
		if !cuts(s.Start[i], s.Count[i], s.Step[i], b.shape[i]) || s.Drop[i] && s.Count[i] != 1 {
			return nil, fmt.Errorf("gpu: %w: slice: axis %d of %v: %d positions from %d in steps of %d",
				kernels.ErrShape, i, b, s.Count[i], s.Start[i], s.Step[i])
		}
		if s.Count[i] > 0 {
			offset += int64(s.Start[i]) * step
		}
		if !s.Drop[i] {
			shape, g.Strides = append(shape, s.Count[i]), append(g.Strides, int64(s.Step[i])*step)
		}
	}
	return j.gather(g, b, shape, offset)
}

// cuts reports whether count positions start, start+step, … lie on an axis of
// length n.
func cuts(start, count, step, n int) bool {
	switch {
	case count <= 0:
		return count == 0
	case start < 0 || start >= n:
		return false
	case count == 1:
		return true
	case step < 0:
		return step != -step && count-1 <= start/-step
	}
	return step > 0 && count-1 <= (n-1-start)/step
}

// gather returns a block of the elements of b that lie, from number offset on,
// where the strides of g say.
func (j *job) gather(g *device.Gather, b *Block, shape []int, offset int64) (*Block, error) {
	for _, n := range shape {
		g.Shape = append(g.Shape, int64(n))
	}
	g.Size = b.dtype.Size()
	return j.result(b.dtype, shape, func(out *Block) error {
		if slices.Contains(shape, 0) {
			return nil
		}
		table, err := j.table(g.Table())
		if err != nil {
			return err
		}
		return j.launch(g.Launch(out.at(), b.at()+device.Ptr(offset*int64(g.Size)), table))
	})
}
