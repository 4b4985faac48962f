package kernels

import (
	"fmt"
	"slices"
)

// Views share the buffer of the block that they are made of and hold a
// reference of their own to it, which the caller releases.

// Slice returns the part that s cuts out. Errors wrap ErrShape and name the
// axis.
func (b *Block) Slice(s SliceSpec) (*Block, error) {
	if n := len(b.shape); len(s.Start) != n || len(s.Count) != n || len(s.Step) != n || len(s.Drop) != n {
		return nil, fmt.Errorf("%w: slice %+v of %v", ErrShape, s, b)
	}
	offset := b.offset
	var shape, strides []int
	for i, n := range b.shape {
		start, count, step := s.Start[i], s.Count[i], s.Step[i]
		if err := checkCut(start, count, step, n); err != nil {
			return nil, fmt.Errorf("%w: slice: axis %d of %v: %v", ErrShape, i, b, err)
		}
		if count > 0 {
			offset += start * b.strides[i]
		}
		switch {
		case !s.Drop[i]:
			shape, strides = append(shape, count), append(strides, step*b.strides[i])
		case count != 1:
			return nil, fmt.Errorf("%w: slice: axis %d of %v is dropped with %d positions", ErrShape, i, b, count)
		}
	}
	return b.view(shape, strides, offset), nil
}

// checkCut reports positions start, start+step, … outside an axis of length n.
func checkCut(start, count, step, n int) error {
	if count < 0 || count > 1 && step == 0 {
		return fmt.Errorf("%d positions in steps of %d", count, step)
	}
	if count == 0 {
		return nil
	}
	room := n - 1 - start // to the last position
	if step < 0 {
		room = start
	}
	if start < 0 || start >= n || count-1 > 0 && (step == -step || (count-1) > room/max(step, -step)) {
		return fmt.Errorf("%d positions from %d in steps of %d, the axis has %d", count, start, step, n)
	}
	return nil
}

// Index returns the part at one position of an axis, which goes away. Errors
// wrap ErrShape.
func (b *Block) Index(axis, at int) (*Block, error) {
	if axis < 0 || axis >= len(b.shape) || at < 0 || at >= b.shape[axis] {
		return nil, fmt.Errorf("%w: index: position %d of axis %d of %v", ErrShape, at, axis, b)
	}
	shape, strides := slices.Clone(b.shape), slices.Clone(b.strides)
	return b.view(slices.Delete(shape, axis, axis+1), slices.Delete(strides, axis, axis+1), b.offset+at*b.strides[axis]), nil
}

// Transpose permutes the axes: axis i of the result is axis axes[i] of b.
// Without axes it reverses them. Errors wrap ErrShape.
func (b *Block) Transpose(axes ...int) (*Block, error) {
	n := len(b.shape)
	if len(axes) == 0 {
		for i := range n {
			axes = append(axes, n-1-i)
		}
	}
	seen := make([]bool, n)
	shape, strides := make([]int, len(axes)), make([]int, len(axes))
	for i, k := range axes {
		if len(axes) != n || k < 0 || k >= n || seen[k] {
			return nil, fmt.Errorf("%w: transpose: axes %v of %v", ErrShape, axes, b)
		}
		seen[k], shape[i], strides[i] = true, b.shape[k], b.strides[k]
	}
	return b.view(shape, strides, b.offset), nil
}

// Broadcast repeats b to a shape as numpy does: axes are matched from the
// last, missing ones are added in front, and those of length 1 are repeated.
// Errors wrap ErrShape.
func (b *Block) Broadcast(shape ...int) (*Block, error) {
	if _, err := checkShape(b.dtype, shape); err != nil {
		return nil, err
	}
	lead := len(shape) - len(b.shape)
	if lead < 0 {
		return nil, fmt.Errorf("%w: broadcast: %v to %v", ErrShape, b, shape)
	}
	strides := make([]int, len(shape))
	for i, n := range b.shape {
		switch {
		case shape[lead+i] == n:
			strides[lead+i] = b.strides[i]
		case n != 1:
			return nil, fmt.Errorf("%w: broadcast: %v to %v: axis %d", ErrShape, b, shape, lead+i)
		}
	}
	return b.view(slices.Clone(shape), strides, b.offset), nil
}

// Reshape gives the elements another shape, in row-major order. The result is
// a view where strides can say it, else a copy. Errors: ErrShape, ErrMemory.
func Reshape(mem Allocator, b *Block, shape ...int) (*Block, error) {
	if size, err := checkShape(b.dtype, shape); err != nil {
		return nil, err
	} else if size != b.size {
		return nil, fmt.Errorf("%w: reshape: %v to %v", ErrShape, b, shape)
	}
	if strides, ok := b.restride(shape); ok {
		return b.view(slices.Clone(shape), strides, b.offset), nil
	}
	c, err := Contiguous(mem, b)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	return c.view(slices.Clone(shape), rowMajor(shape), c.offset), nil
}

// restride returns the strides that show b in another shape of equal size, if
// there are any. Both shapes are cut into the shortest runs of axes of equal
// size; the axes of b in a run must be contiguous with each other.
func (b *Block) restride(shape []int) ([]int, bool) {
	if b.size == 0 {
		return rowMajor(shape), true
	}
	var old, gaps []int // the axes of b that are longer than 1
	for i, n := range b.shape {
		if n != 1 {
			old, gaps = append(old, n), append(gaps, b.strides[i])
		}
	}
	strides := make([]int, len(shape))
	for i, j := 0, 0; i < len(old); {
		first := j
		have, want := old[i], shape[j]
		for j++; have != want; {
			if want < have {
				want *= shape[j]
				j++
				continue
			}
			if gaps[i] != gaps[i+1]*old[i+1] {
				return nil, false
			}
			i++
			have *= old[i]
		}
		step := gaps[i]
		for k := j - 1; k >= first; k-- {
			strides[k] = step
			step *= shape[k]
		}
		i++
	}
	return strides, true
}
