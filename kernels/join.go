package kernels

import (
	"fmt"
	"slices"
)

// Concat joins blocks one after the other along an axis. They agree in type
// and in the length of all other axes. Errors: ErrShape, ErrDType, ErrMemory.
func Concat(mem Allocator, axis int, blocks ...*Block) (*Block, error) {
	if len(blocks) == 0 {
		return nil, fmt.Errorf("%w: concat of no blocks", ErrShape)
	}
	first := blocks[0]
	if axis < 0 || axis >= len(first.shape) {
		return nil, fmt.Errorf("%w: concat: axis %d of %v", ErrShape, axis, first)
	}
	shape := slices.Clone(first.shape)
	shape[axis] = 0
	for i, b := range blocks {
		if b.dtype != first.dtype {
			return nil, fmt.Errorf("%w: concat: block %d is %v, the first %v", ErrDType, i, b, first)
		}
		if len(b.shape) != len(shape) {
			return nil, fmt.Errorf("%w: concat: block %d is %v, the first %v", ErrShape, i, b, first)
		}
		for k, n := range b.shape {
			if k != axis && n != shape[k] {
				return nil, fmt.Errorf("%w: concat along axis %d: block %d is %v, the first %v", ErrShape, axis, i, b, first)
			}
		}
		shape[axis] += b.shape[axis]
	}
	out, err := NewBlock(mem, first.dtype, shape...)
	if err != nil {
		return nil, err
	}
	at := make([]int, len(shape))
	for _, b := range blocks {
		if err := AssignAt(out, at, b); err != nil {
			panic(err) // the shapes were checked
		}
		at[axis] += b.shape[axis]
	}
	return out, nil
}

// Stack joins blocks of one shape along a new axis, put before the given one.
// Errors: ErrShape, ErrDType, ErrMemory.
func Stack(mem Allocator, axis int, blocks ...*Block) (*Block, error) {
	rows := make([]*Block, 0, len(blocks))
	defer func() {
		for _, r := range rows {
			r.Release()
		}
	}()
	for _, b := range blocks {
		if axis < 0 || axis > len(b.shape) {
			return nil, fmt.Errorf("%w: stack: axis %d before one of %v", ErrShape, axis, b)
		}
		rows = append(rows, b.view(slices.Insert(slices.Clone(b.shape), axis, 1), slices.Insert(slices.Clone(b.strides), axis, 0), b.offset))
	}
	return Concat(mem, axis, rows...)
}

// AssignAt copies src into the region of dst that starts at the given
// position. dst is still being made. Errors: ErrShape, ErrDType.
func AssignAt(dst *Block, at []int, src *Block) error {
	if len(at) != len(dst.shape) || len(src.shape) != len(dst.shape) {
		return fmt.Errorf("%w: assign: %v at %v of %v", ErrShape, src, at, dst)
	}
	offset := dst.offset
	for i, k := range at {
		if k < 0 || k+src.shape[i] > dst.shape[i] {
			return fmt.Errorf("%w: assign: %v at %v of %v: axis %d", ErrShape, src, at, dst, i)
		}
		offset += k * dst.strides[i]
	}
	region := dst.view(src.shape, dst.strides, offset)
	defer region.Release()
	return Assign(region, src)
}

// Pad surrounds b: before[i] and after[i] positions of value are added at the
// ends of axis i. Errors: ErrShape, ErrDType if T is not b's type, ErrMemory.
func Pad[T Element](mem Allocator, b *Block, before, after []int, value T) (*Block, error) {
	if len(before) != len(b.shape) || len(after) != len(b.shape) {
		return nil, fmt.Errorf("%w: pad: %v by %v and %v", ErrShape, b, before, after)
	}
	if t := DTypeOf[T](); t != b.dtype {
		return nil, fmt.Errorf("%w: pad: %v with a %v", ErrDType, b, t)
	}
	shape := slices.Clone(b.shape)
	for i := range shape {
		if before[i] < 0 || after[i] < 0 {
			return nil, fmt.Errorf("%w: pad: %v by %v and %v", ErrShape, b, before, after)
		}
		shape[i] += before[i] + after[i]
	}
	out, err := NewBlock(mem, b.dtype, shape...)
	if err != nil {
		return nil, err
	}
	data := Data[T](out)
	for i := range data {
		data[i] = value
	}
	if err := AssignAt(out, before, b); err != nil {
		panic(err) // the shapes were checked
	}
	return out, nil
}
