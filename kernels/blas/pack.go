package blas

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

// A packed block is a row of panels. A panel holds width lines of the operand,
// rows of a or columns of b: first their values at step 0 of k, side by side,
// then those at step 1, and so on. The last panel of b is only as wide as it
// must be, in whole registers. What a panel has beyond the operand is zero.

// packCols packs n columns of b.
func packCols[T asm.Float](g *asm.Gemm[T], dst []T, b operand[T], n, k int) {
	whole := 0
	if !b.trans {
		whole = wholeTiles(g, n) * g.Width()
		packStripes(g, dst, b, whole, k)
	}
	for j := whole; j < n; {
		lines := columnsAt(g, n-j)
		packPanel(g, dst[j*k:], (lines+g.Lanes-1)/g.Lanes*g.Lanes, b.from(0, j).flip(), lines, k)
		j += lines
	}
}

// packStripes packs columns of rows that are contiguous: a few rows at a time,
// which are read from one end to the other.
func packStripes[T asm.Float](g *asm.Gemm[T], dst []T, b operand[T], n, k int) {
	const together = 8
	width := g.Width()
	for s := 0; s < k; s += together {
		for j := 0; j < n; j += width {
			g.Stripes(min(together, k-s), &b.data[s*b.ld+j], b.ld, &dst[j*k+s*width])
		}
	}
}

// packPanel packs rows of x.
func packPanel[T asm.Float](g *asm.Gemm[T], dst []T, width int, x operand[T], lines, k int) {
	dst = dst[:k*width]
	if lines < width {
		clear(dst)
	}
	if x.trans {
		packColumns(dst, width, x, lines, k)
		return
	}
	whole := k / g.Turn * g.Turn
	const together = 64 // steps whose values stay in the first-level cache while all lines are read
	for s := 0; s < whole; s += together {
		steps := min(together, whole-s)
		for i := 0; i+4 <= lines; i += 4 {
			g.Interleave(steps, &x.data[i*x.ld+s], x.ld, &dst[s*width+i], width)
		}
	}
	packSingly(dst, width, x, 0, lines/4*4, whole, k)
	packSingly(dst, width, x, lines/4*4, lines, 0, k)
}

// packColumns packs lines that lie side by side in memory.
func packColumns[T asm.Float](dst []T, width int, x operand[T], lines, k int) {
	if lines == 8 && width == 8 {
		for s := range k {
			*(*[8]T)(dst[s*8:]) = *(*[8]T)(x.data[s*x.ld:])
		}
		return
	}
	for s := range k {
		copy(dst[s*width:s*width+lines], x.data[s*x.ld:s*x.ld+lines])
	}
}

// packSingly packs the steps from … to of the lines first … last.
func packSingly[T asm.Float](dst []T, width int, x operand[T], first, last, from, to int) {
	for i := first; i < last; i++ {
		row := x.data[i*x.ld : i*x.ld+to]
		for s := from; s < to; s++ {
			dst[s*width+i] = row[s]
		}
	}
}
