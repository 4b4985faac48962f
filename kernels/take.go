package kernels

import (
	"fmt"
	"slices"
)

// Take returns the given positions of an axis, in their order. Errors:
// ErrShape names the position that is outside, ErrMemory.
func Take(mem Allocator, b *Block, axis int, indices []int) (*Block, error) {
	return TakeFrom(mem, axis, indices, b)
}

// TakeFrom is Take from blocks that lie one after the other along the axis, as
// if they were one. They agree in type and in all other axes. Errors: ErrShape,
// ErrDType, ErrMemory.
func TakeFrom(mem Allocator, axis int, indices []int, blocks ...*Block) (*Block, error) {
	n, err := lengthAlong("take", axis, blocks)
	if err != nil {
		return nil, err
	}
	b := blocks[0]
	if err := within("take", b, axis, n, indices); err != nil {
		return nil, err
	}
	shape := slices.Clone(b.shape)
	shape[axis] = len(indices)
	src, err := contiguousAll(mem, blocks)
	if err != nil {
		return nil, err
	}
	defer releaseBlocks(src)
	out, err := NewBlock(mem, b.dtype, shape...)
	if err != nil {
		return nil, err
	}
	if out.size == 0 {
		return out, nil
	}
	switch b.dtype.Size() {
	case 1:
		moveRows[uint8](out, src, axis, indices, false)
	case 4:
		moveRows[uint32](out, src, axis, indices, false)
	case 8:
		moveRows[uint64](out, src, axis, indices, false)
	case 16:
		moveRows[[2]uint64](out, src, axis, indices, false)
	}
	return out, nil
}

// Scatter returns b with the given positions of an axis replaced, in their order,
// by those of the values, which lie one after the other along the axis: of a
// position that is there twice the last counts. Errors: ErrShape, ErrDType,
// ErrMemory.
func Scatter(mem Allocator, b *Block, axis int, indices []int, values ...*Block) (*Block, error) {
	n, err := lengthAlong("scatter", axis, append([]*Block{b}, values...))
	if err != nil {
		return nil, err
	}
	if n -= b.shape[axis]; n != len(indices) {
		return nil, fmt.Errorf("%w: scatter: %d values for %d positions of axis %d of %v", ErrShape, n, len(indices), axis, b)
	}
	if err := within("scatter", b, axis, b.shape[axis], indices); err != nil {
		return nil, err
	}
	src, err := contiguousAll(mem, values)
	if err != nil {
		return nil, err
	}
	defer releaseBlocks(src)
	out, err := Clone(mem, b)
	if err != nil || out.size == 0 || len(indices) == 0 {
		return out, err
	}
	switch b.dtype.Size() {
	case 1:
		moveRows[uint8](out, src, axis, indices, true)
	case 4:
		moveRows[uint32](out, src, axis, indices, true)
	case 8:
		moveRows[uint64](out, src, axis, indices, true)
	case 16:
		moveRows[[2]uint64](out, src, axis, indices, true)
	}
	return out, nil
}

// lengthAlong returns how long blocks are together along an axis, if they fit.
func lengthAlong(what string, axis int, blocks []*Block) (n int, err error) {
	if len(blocks) == 0 {
		return 0, fmt.Errorf("%w: %s: no blocks", ErrShape, what)
	}
	first := blocks[0]
	if axis < 0 || axis >= len(first.shape) {
		return 0, fmt.Errorf("%w: %s: axis %d of %v", ErrShape, what, axis, first)
	}
	for _, b := range blocks {
		if b.dtype != first.dtype {
			return 0, fmt.Errorf("%w: %s: %v beside %v", ErrDType, what, b, first)
		}
		shape := slices.Clone(b.shape)
		if axis < len(shape) {
			n, shape[axis] = n+shape[axis], first.shape[axis]
		}
		if !slices.Equal(shape, first.shape) {
			return 0, fmt.Errorf("%w: %s along axis %d: %v beside %v", ErrShape, what, axis, b, first)
		}
	}
	return n, nil
}

// within reports the first position that an axis of length n does not have.
func within(what string, b *Block, axis, n int, indices []int) error {
	for i, k := range indices {
		if k < 0 || k >= n {
			return fmt.Errorf("%w: %s: position %d (entry %d) of axis %d, length %d, of %v", ErrShape, what, k, i, axis, n, b)
		}
	}
	return nil
}

func contiguousAll(mem Allocator, blocks []*Block) ([]*Block, error) {
	var all []*Block
	for _, b := range blocks {
		c, err := Contiguous(mem, b)
		if err != nil {
			releaseBlocks(all)
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func releaseBlocks(blocks []*Block) {
	for _, b := range blocks {
		b.Release()
	}
}

// rowsOf is a block of which a row along the axis is length elements, and its
// groups of n rows are those of the axes before.
type rowsOf[E any] struct {
	data      []E
	n, length int
}

func rowsAlong[E any](b *Block, axis int) rowsOf[E] {
	return rowsOf[E]{reinterpret[E](Payload(b)), b.shape[axis], product(b.shape[axis+1:])}
}

func (r rowsOf[E]) row(group, i int) []E {
	at := (group*r.n + i) * r.length
	return r.data[at : at+r.length]
}

// moveRows moves rows between a block and parts that lie one after the other
// along an axis: with scatter row i of the parts becomes row indices[i] of the
// block, else the other way round.
func moveRows[E any](b *Block, parts []*Block, axis int, indices []int, scatter bool) {
	whole, groups := rowsAlong[E](b, axis), product(b.shape[:axis])
	var pieces []rowsOf[E]
	starts := []int{0}
	for _, p := range parts {
		pieces = append(pieces, rowsAlong[E](p, axis))
		starts = append(starts, starts[len(starts)-1]+p.shape[axis])
	}
	part := 0
	for i, k := range indices {
		from, to := k, i // in the parts, in the block
		if scatter {
			from, to = i, k
		}
		if from < starts[part] || from >= starts[part+1] {
			part, _ = slices.BinarySearch(starts[1:], from+1)
		}
		p, at := pieces[part], from-starts[part]
		for g := range groups {
			if p.length == 1 {
				whole.data[g*whole.n+to] = p.data[g*p.n+at]
				continue
			}
			copy(whole.row(g, to), p.row(g, at))
		}
	}
}
