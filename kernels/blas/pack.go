package blas

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

// A packed block is a row of panels. A panel holds width lines of the operand,
// rows of a or columns of b: first their values at step 0 of k, side by side,
// then those at step 1, and so on. The last panel of b is only as wide as it
// must be, in whole registers. What a panel has beyond the operand is zero.

// packRows packs m rows of a.
func packRows[T asm.Float](g *asm.Gemm[T], dst []T, a operand[T], m, k int) {
	for i := 0; i < m; i += g.Rows {
		packPanel(g, dst[i*k:], g.Rows, a.from(i, 0), min(g.Rows, m-i), k)
	}
}

// packCols packs n columns of b.
func packCols[T asm.Float](g *asm.Gemm[T], dst []T, b operand[T], n, k int) {
	for j := 0; j < n; j += g.Width() {
		lines := min(g.Width(), n-j)
		width := (lines + g.Lanes - 1) / g.Lanes * g.Lanes
		packPanel(g, dst[j*k:], width, b.from(0, j).flip(), lines, k)
	}
}

// packPanel packs rows of x.
func packPanel[T asm.Float](g *asm.Gemm[T], dst []T, width int, x operand[T], lines, k int) {
	dst = dst[:k*width]
	if lines < width {
		clear(dst)
	}
	if x.trans {
		for s := range k {
			copy(dst[s*width:s*width+lines], x.data[s*x.ld:s*x.ld+lines])
		}
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

// packSingly packs the steps from … to of the lines first … last.
func packSingly[T asm.Float](dst []T, width int, x operand[T], first, last, from, to int) {
	for i := first; i < last; i++ {
		row := x.data[i*x.ld : i*x.ld+to]
		for s := from; s < to; s++ {
			dst[s*width+i] = row[s]
		}
	}
}
