package kernels

import (
	"fmt"
	"slices"
)

// Take returns the given positions of an axis, in their order. Errors:
// ErrShape names the position that is outside, ErrMemory.
func Take(mem Allocator, b *Block, axis int, indices []int) (*Block, error) {
	if axis < 0 || axis >= len(b.shape) {
		return nil, fmt.Errorf("%w: take: axis %d of %v", ErrShape, axis, b)
	}
	for i, k := range indices {
		if k < 0 || k >= b.shape[axis] {
			return nil, fmt.Errorf("%w: take: position %d (entry %d) of axis %d of %v", ErrShape, k, i, axis, b)
		}
	}
	shape := slices.Clone(b.shape)
	shape[axis] = len(indices)
	src, err := Contiguous(mem, b)
	if err != nil {
		return nil, err
	}
	defer src.Release()
	out, err := NewBlock(mem, b.dtype, shape...)
	if err != nil {
		return nil, err
	}
	if out.size == 0 {
		return out, nil
	}
	inner := product(shape[axis+1:])
	switch b.dtype.Size() {
	case 1:
		takeRows[uint8](out, src, indices, b.shape[axis], inner)
	case 4:
		takeRows[uint32](out, src, indices, b.shape[axis], inner)
	case 8:
		takeRows[uint64](out, src, indices, b.shape[axis], inner)
	case 16:
		takeRows[[2]uint64](out, src, indices, b.shape[axis], inner)
	}
	return out, nil
}

// takeRows picks rows of the given length out of every group of n rows.
func takeRows[E any](out, src *Block, indices []int, n, length int) {
	from, to := reinterpret[E](Payload(src)), reinterpret[E](Payload(out))
	for len(from) > 0 && len(to) > 0 {
		if length == 1 {
			for i, k := range indices {
				to[i] = from[k]
			}
		} else {
			for i, k := range indices {
				copy(to[i*length:(i+1)*length], from[k*length:(k+1)*length])
			}
		}
		from, to = from[n*length:], to[len(indices)*length:]
	}
}
