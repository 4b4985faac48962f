package asm

import "unsafe"

// A tile of 4×4 sums and its operands are about what the compiler keeps in
// registers.
const (
	portableRows = 4
	portableCols = 4
)

// gemmTiles is the contract of [Tiles].
func gemmTiles[T Float](tiles, k int, a, b, c *T, ldc, rows, tail int, alpha, beta T) {
	out := unsafe.Slice(c, (rows-1)*ldc+(tiles-1)*portableCols+tail)
	for i := range tiles {
		var sums [portableRows][portableCols]T
		if k > 0 {
			gemmSums(unsafe.Slice(a, k*portableRows), unsafe.Slice(b, tiles*k*portableCols)[i*k*portableCols:][:k*portableCols], &sums)
		}
		for r := range rows {
			row := out[r*ldc+i*portableCols:][:tail]
			for j := range row {
				if beta == 0 {
					row[j] = alpha * sums[r][j]
				} else {
					row[j] = beta*row[j] + alpha*sums[r][j]
				}
			}
		}
	}
}

// gemmSums adds up the outer products, half a tile at a time.
func gemmSums[T Float](a, b []T, sums *[portableRows][portableCols]T) {
	for i := 0; i < portableRows; i += 2 {
		var x0, x1, x2, x3, y0, y1, y2, y3 T
		p := a[i:]
		for q := b; len(q) >= 4 && len(p) >= 2; q = q[4:] {
			u, v := p[0], p[1]
			x0 += u * q[0]
			x1 += u * q[1]
			x2 += u * q[2]
			x3 += u * q[3]
			y0 += v * q[0]
			y1 += v * q[1]
			y2 += v * q[2]
			y3 += v * q[3]
			if len(p) < 4 {
				break
			}
			p = p[4:]
		}
		sums[i] = [4]T{x0, x1, x2, x3}
		sums[i+1] = [4]T{y0, y1, y2, y3}
	}
}

// interleave is the contract of [Gemm.Interleave].
func interleave[T Float](n int, src *T, ld int, dst *T, step int) {
	if n == 0 {
		return
	}
	from, to := unsafe.Slice(src, 3*ld+n), unsafe.Slice(dst, (n-1)*step+4)
	for j := range n {
		out := to[j*step : j*step+4]
		out[0], out[1], out[2], out[3] = from[j], from[ld+j], from[2*ld+j], from[3*ld+j]
	}
}

// stripes is the contract of [Gemm.Stripes].
func stripes[T Float](n int, src *T, ld int, dst *T) {
	from, to := unsafe.Slice(src, (n-1)*ld+portableCols), unsafe.Slice(dst, n*portableCols)
	for i := range n {
		copy(to[i*portableCols:(i+1)*portableCols], from[i*ld:])
	}
}

// solveLower and solveUpper are the contract of [Solve].
func solveLower[T Float](t, x *T) {
	for i := range portableRows {
		solveRow(t, x, i, i+1, portableRows)
	}
}

func solveUpper[T Float](t, x *T) {
	for i := portableRows - 1; i >= 0; i-- {
		solveRow(t, x, i, 0, i)
	}
}

// solveRow finishes row i and takes its share off the rows from … to.
func solveRow[T Float](t, x *T, i, from, to int) {
	column := unsafe.Slice(t, portableRows*portableRows)[i*portableRows:][:portableRows]
	tile := unsafe.Slice(x, portableRows*portableCols)
	row := tile[i*portableCols:][:portableCols]
	for j := range row {
		row[j] *= column[i]
	}
	for r := from; r < to; r++ {
		for j, v := range row {
			tile[r*portableCols+j] -= column[r] * v
		}
	}
}
