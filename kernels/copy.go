package kernels

import (
	"cmp"
	"fmt"
	"slices"
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Contiguous returns b with its elements in row-major order: b itself, with
// another reference, if they are, else a copy. The caller releases the result.
// Errors wrap ErrMemory.
func Contiguous(mem Allocator, b *Block) (*Block, error) {
	if b.IsContiguous() {
		b.Retain()
		return b, nil
	}
	return Clone(mem, b)
}

// Clone returns a row-major copy of b. Errors wrap ErrMemory.
func Clone(mem Allocator, b *Block) (*Block, error) {
	c, err := NewBlock(mem, b.dtype, b.shape...)
	if err != nil {
		return nil, err
	}
	if err := Assign(c, b); err != nil {
		panic(err) // a new block of the same type and shape
	}
	return c, nil
}

// Assign copies the elements of src to dst, which has the same type and shape;
// dst is usually a view of a block that is still being made. The two do not
// overlap. Errors: ErrShape, ErrDType.
func Assign(dst, src *Block) error {
	if dst.dtype != src.dtype {
		return fmt.Errorf("%w: assign: %v to %v", ErrDType, src, dst)
	}
	if !slices.Equal(dst.shape, src.shape) {
		return fmt.Errorf("%w: assign: %v to %v", ErrShape, src, dst)
	}
	if dst.size == 0 {
		return nil
	}
	// Copying looks at the width of elements, not at what they mean.
	switch dst.dtype.Size() {
	case 1:
		copyBlock[uint8](dst, src)
	case 4:
		copyBlock[uint32](dst, src)
	case 8:
		copyBlock[uint64](dst, src)
	case 16:
		copyBlock[[2]uint64](dst, src)
	}
	return nil
}

// copyAxis is an axis of a copy: its length and the strides on both sides.
type copyAxis struct{ n, dst, src int }

func copyBlock[E any](dst, src *Block) {
	c := copier[E]{dst: reinterpret[E](dst.buf.Bytes()), src: reinterpret[E](src.buf.Bytes())}
	c.axes = copyAxes(dst, src)
	fitting(&c.transpose, transposeOf[uint64], transposeOf[uint32])
	c.run(0, dst.offset, src.offset)
}

func transposeOf[E uint32 | uint64](rows, columns int, dst []E, to int, src []E, from int, past bool) {
	asm.Transpose(asm.Best(), rows, columns, dst, to, src, from, past)
}

// copyAxes returns the axes of a copy in the order of dst's memory, merged
// where both sides allow. The last is a unit-stride axis of dst if there is
// one; the axis before it is then the one with the least stride in src, if the
// last is not.
func copyAxes(dst, src *Block) []copyAxis {
	var axes []copyAxis
	for i, n := range dst.shape {
		if n != 1 {
			axes = append(axes, copyAxis{n, dst.strides[i], src.strides[i]})
		}
	}
	slices.SortStableFunc(axes, func(a, b copyAxis) int { return cmp.Compare(abs(b.dst), abs(a.dst)) })
	merged := axes[:0]
	for _, a := range axes {
		if k := len(merged) - 1; k >= 0 && merged[k].dst == a.dst*a.n && merged[k].src == a.src*a.n {
			merged[k] = copyAxis{merged[k].n * a.n, a.dst, a.src}
			continue
		}
		merged = append(merged, a)
	}
	if len(merged) == 0 {
		return []copyAxis{{1, 1, 1}}
	}
	near := 0
	for i, a := range merged {
		if abs(a.src) <= abs(merged[near].src) {
			near = i
		}
	}
	if last := len(merged) - 1; near < last {
		a := merged[near]
		merged = slices.Insert(slices.Delete(merged, near, near+1), last-1, a)
	}
	return merged
}

func abs(x int) int { return max(x, -x) }

type copier[E any] struct {
	dst, src []E
	axes     []copyAxis
	// transpose, where there is one, writes dst[j*to + i] = src[i*from + j], past
	// the caches if they would not keep dst.
	transpose func(rows, columns int, dst []E, to int, src []E, from int, past bool)
}

// run copies the axes from number i on, at the given offsets.
func (c *copier[E]) run(i, d, s int) {
	a := c.axes[i]
	switch rest := len(c.axes) - i; {
	case rest == 1:
		c.line(a, d, s)
	case rest == 2 && c.axes[i+1].src != 1:
		c.plane(a, c.axes[i+1], d, s)
	default:
		for range a.n {
			c.run(i+1, d, s)
			d, s = d+a.dst, s+a.src
		}
	}
}

func (c *copier[E]) line(a copyAxis, d, s int) {
	if a.dst == 1 && a.src == 1 {
		copy(c.dst[d:d+a.n], c.src[s:s+a.n])
		return
	}
	for range a.n {
		c.dst[d] = c.src[s]
		d, s = d+a.dst, s+a.src
	}
}

// copyTile is the edge of the squares in which a plane is copied element by
// element: a tile touches that many cache lines on either side. Where lines are
// read and written as a whole, tiles are long in src, which memory is best at
// giving, and high enough that what is written stays near.
const (
	copyTile  = 32
	tileAlong = 1024
	tileDown  = 64
)

// pastCaches is how many bytes a plane has that no cache of a core would keep.
const pastCaches = 8 << 20

// plane copies two axes of which dst runs along the inner and src along the
// outer, tile by tile.
func (c *copier[E]) plane(outer, inner copyAxis, d, s int) {
	turned := inner.dst == 1 && outer.src == 1 && inner.src > 0 && outer.dst > 0 && c.transpose != nil
	along, down := copyTile, copyTile
	past := outer.n*inner.n*int(unsafe.Sizeof(c.dst[0])) >= pastCaches
	if turned {
		along, down = tileAlong, tileDown
	}
	for i := 0; i < outer.n; i += along {
		for j := 0; j < inner.n; j += down {
			ni, nj := min(along, outer.n-i), min(down, inner.n-j)
			di, si := d+i*outer.dst+j*inner.dst, s+i*outer.src+j*inner.src
			if turned { // the rows of src are the columns of dst
				c.transpose(nj, ni, c.dst[di:], outer.dst, c.src[si:], inner.src, past)
				continue
			}
			for range ni {
				c.line(copyAxis{nj, inner.dst, inner.src}, di, si)
				di, si = di+outer.dst, si+outer.src
			}
		}
	}
}
