package gpu

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

// assemble puts blocks together, in the row-major order of their places.
func assemble(j *job, attr []byte, in []*Block) (*Block, error) {
	s, err := kernels.ParseAssembleSpec(attr)
	if err != nil {
		return nil, err
	}
	count, shape := 1, make([]int, len(s.Lengths))
	for i, axis := range s.Lengths {
		count *= len(axis)
		for _, n := range axis {
			shape[i] += n
		}
	}
	if count != len(in) {
		return nil, fmt.Errorf("gpu: %w: assemble: %d blocks for pieces %v", kernels.ErrShape, len(in), s.Lengths)
	}
	return j.result(in[0].dtype, shape, func(out *Block) error {
		at, offset := make([]int, len(shape)), make([]int, len(shape)) // of the piece
		for _, b := range in {
			for i, k := range at {
				if len(b.shape) != len(at) || b.shape[i] != s.Lengths[i][k] || b.dtype != out.dtype {
					return fmt.Errorf("gpu: %w: assemble: %v at place %v of pieces %v of %v", kernels.ErrShape, b, at, s.Lengths, out.dtype)
				}
			}
			if err := j.put(out, offset, b); err != nil {
				return err
			}
			for i := len(at) - 1; i >= 0; i-- { // to the next place
				offset[i] += s.Lengths[i][at[i]]
				if at[i]++; at[i] < len(s.Lengths[i]) {
					break
				}
				at[i], offset[i] = 0, 0
			}
		}
		return nil
	})
}

// put copies b into out, from the given position on.
func (j *job) put(out *Block, offset []int, b *Block) error {
	if slices.Contains(b.shape, 0) {
		return nil
	}
	steps := strides(out.shape, out.shape)
	var at int64
	for i, k := range offset {
		at += int64(k) * steps[i]
	}
	dst := out.at() + device.Ptr(at*int64(out.dtype.Size()))
	if len(b.shape) == 0 || slices.Equal(b.shape[1:], out.shape[1:]) { // rows as a whole
		return j.lane.compute.CopyWithin(dst, b.at(), int64(b.Size()*b.dtype.Size()))
	}
	g := &device.Gather{Size: b.dtype.Size(), Strides: steps}
	for _, n := range b.shape {
		g.Shape = append(g.Shape, int64(n))
	}
	table, err := j.table(g.Table())
	if err != nil {
		return err
	}
	return j.launch(g.Scatter(dst, b.at(), table))
}
