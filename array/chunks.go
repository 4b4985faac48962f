package array

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Chunks is how an array is cut: for each axis the sizes of its chunks, in
// order. The product of the numbers of chunks is the number of blocks.
type Chunks [][]int

// Regular cuts shape into chunks of the given shape, the last one of each axis
// being what is left. A chunk size below 1 or beyond the axis is the axis.
func Regular(shape, chunk []int) Chunks {
	c := make(Chunks, len(shape))
	for i, n := range shape {
		size := n
		if i < len(chunk) && chunk[i] > 0 && chunk[i] < n {
			size = chunk[i]
		}
		for left := n; left > size; left -= size {
			c[i] = append(c[i], size)
		}
		c[i] = append(c[i], n-size*len(c[i]))
	}
	return c
}

// Auto cuts shape into roughly cubic chunks of at most limit bytes, for
// elements of the given size.
func Auto(shape []int, elem int, limit int64) Chunks {
	return Regular(shape, autoChunk(shape, elem, limit))
}

// autoChunk returns the shape of the chunks of [Auto].
func autoChunk(shape []int, elem int, limit int64) []int {
	chunk := slices.Clone(shape)
	for {
		long := 0
		for i, n := range chunk {
			if n > chunk[long] {
				long = i
			}
		}
		bytes, fits := volume(chunk, elem)
		if fits && bytes <= limit || len(chunk) == 0 || chunk[long] <= 1 {
			return chunk
		}
		chunk[long] = (chunk[long] + 1) / 2
	}
}

// Shape returns the shape of the whole.
func (c Chunks) Shape() []int {
	s := make([]int, len(c))
	for i, axis := range c {
		for _, n := range axis {
			s[i] += n
		}
	}
	return s
}

// Grid returns the number of chunks along each axis.
func (c Chunks) Grid() []int {
	g := make([]int, len(c))
	for i, axis := range c {
		g[i] = len(axis)
	}
	return g
}

// Blocks returns the number of blocks.
func (c Chunks) Blocks() int { return product(c.Grid()) }

// Block returns the shape of the block at the given place in the grid.
func (c Chunks) Block(at []int) []int {
	s := make([]int, len(c))
	for i, axis := range c {
		s[i] = axis[at[i]]
	}
	return s
}

// Offset returns the index of the first element of the block at the given
// place in the grid.
func (c Chunks) Offset(at []int) []int {
	o := make([]int, len(c))
	for i, axis := range c {
		for _, n := range axis[:at[i]] {
			o[i] += n
		}
	}
	return o
}

// Equal reports whether c and d cut alike.
func (c Chunks) Equal(d Chunks) bool {
	return slices.EqualFunc(c, d, func(a, b []int) bool { return slices.Equal(a, b) })
}

// String shows regular axes as count×size, as in "(4×250, 3×100+20)".
func (c Chunks) String() string {
	axes := make([]string, len(c))
	for i, axis := range c {
		axes[i] = describeAxis(axis)
	}
	return "(" + strings.Join(axes, ", ") + ")"
}

func describeAxis(axis []int) string {
	var runs []string
	for i := 0; i < len(axis); {
		j := i
		for j < len(axis) && axis[j] == axis[i] {
			j++
		}
		if j-i == 1 {
			runs = append(runs, fmt.Sprint(axis[i]))
		} else {
			runs = append(runs, fmt.Sprintf("%d×%d", j-i, axis[i]))
		}
		i = j
	}
	if len(runs) > 6 {
		runs = append(runs[:5], fmt.Sprintf("… %d chunks", len(axis)))
	}
	return strings.Join(runs, "+")
}

func (c Chunks) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(c)))
	for _, axis := range c {
		b = appendInts(b, axis)
	}
	return b
}

func appendInts(b []byte, xs []int) []byte {
	b = binary.AppendUvarint(b, uint64(len(xs)))
	for _, x := range xs {
		b = binary.AppendVarint(b, int64(x))
	}
	return b
}

func product(xs []int) int {
	p := 1
	for _, x := range xs {
		p *= x
	}
	return p
}

// volume is the size of a shape whose elements are of the given size, in their
// unit, and whether an int64 holds it. An axis of length 0 counts as 1, so that
// the products of any of the axes fit as well.
func volume(shape []int, elem int) (size int64, fits bool) {
	size = int64(elem)
	for _, n := range shape {
		k := int64(max(n, 1))
		if size > math.MaxInt64/k {
			return math.MaxInt64, false
		}
		size *= k
	}
	return size, true
}

// each calls f with every place of a grid, in row-major order. f must not keep
// or change the slice.
func each(grid []int, f func(at []int)) {
	at := make([]int, len(grid))
	if slices.Contains(grid, 0) {
		return
	}
	for {
		f(at)
		i := len(grid) - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < grid[i] {
				break
			}
			at[i] = 0
		}
		if i < 0 {
			return
		}
	}
}

// flat returns the row-major number of a place in a grid.
func flat(grid, at []int) int {
	n := 0
	for i, g := range grid {
		n = n*g + at[i]
	}
	return n
}

// A span is a piece of one chunk: where the chunk is along its axis, and the
// range inside it.
type span struct{ chunk, start, stop int }

// spans returns the pieces of an axis that make the range [start, stop).
func spans(axis []int, start, stop int) []span {
	var out []span
	at := 0
	for i, n := range axis {
		lo, hi := max(start, at), min(stop, at+n)
		if lo < hi {
			out = append(out, span{i, lo - at, hi - at})
		}
		at += n
	}
	return out
}
