package asm

import "unsafe"

// A tile of 4×4 sums and its operands are about what the compiler keeps in
// registers.
const (
	portableRows = 4
	portableCols = 4
)

// gemmColumns and gemmRows are the contract of [Tiles].
func gemmColumns[T Float](tiles, k int, a *T, lda int, b *T, ldb, next int, c *T, ldc, skip, rows, tail int, alpha, beta T) {
	var left []T
	if k > 0 {
		left = unsafe.Slice(a, (k-1)*lda+portableRows)
	}
	gemmTiles(tiles, k, left, lda, 1, b, ldb, next, c, ldc, skip, rows, tail, alpha, beta)
}

func gemmRows[T Float](tiles, k int, a *T, lda int, b *T, ldb, next int, c *T, ldc, skip, rows, tail int, alpha, beta T) {
	gemmTiles(tiles, k, unsafe.Slice(a, (portableRows-1)*lda+k), 1, lda, b, ldb, next, c, ldc, skip, rows, tail, alpha, beta)
}

// gemmTiles has the values of a step·s + row·i apart.
func gemmTiles[T Float](tiles, k int, a []T, step, row int, b *T, ldb, next int, c *T, ldc, skip, rows, tail int, alpha, beta T) {
	out := unsafe.Slice(c, (rows-1)*ldc+(tiles-1)*portableCols+tail)
	var right []T
	if k > 0 {
		right = unsafe.Slice(b, (tiles-1)*next+(k-1)*ldb+tail)
	}
	for i := range tiles {
		var sums [portableRows][portableCols]T
		if k > 0 {
			if right := right[i*next:]; tail == portableCols {
				gemmSums(k, a, step, row, right, ldb, &sums)
			} else {
				gemmTail(k, a, step, row, right, ldb, tail, &sums)
			}
		}
		for r := range rows {
			to := out[r*ldc+i*portableCols:][:tail]
			for j := range to {
				if beta == 0 {
					to[j] = alpha * sums[skip+r][j]
				} else {
					to[j] = beta*to[j] + alpha*sums[skip+r][j]
				}
			}
		}
	}
}

// gemmSums adds up the outer products, half a tile at a time.
func gemmSums[T Float](k int, a []T, step, row int, b []T, ldb int, sums *[portableRows][portableCols]T) {
	for i := 0; i < portableRows; i += 2 {
		var x0, x1, x2, x3, y0, y1, y2, y3 T
		p, q := a[i*row:], a[(i+1)*row:]
		for s := range k {
			u, v := p[s*step], q[s*step]
			r := b[s*ldb : s*ldb+4 : s*ldb+4]
			x0 += u * r[0]
			x1 += u * r[1]
			x2 += u * r[2]
			x3 += u * r[3]
			y0 += v * r[0]
			y1 += v * r[1]
			y2 += v * r[2]
			y3 += v * r[3]
		}
		sums[i] = [4]T{x0, x1, x2, x3}
		sums[i+1] = [4]T{y0, y1, y2, y3}
	}
}

// gemmTail is the same for less than a whole row of b.
func gemmTail[T Float](k int, a []T, step, row int, b []T, ldb, tail int, sums *[portableRows][portableCols]T) {
	for s := range k {
		for j, v := range b[s*ldb : s*ldb+tail] {
			for i := range portableRows {
				sums[i][j] += a[i*row+s*step] * v
			}
		}
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
func solveLower[T Float](tiles int, t, x *T, ldx, tail int) {
	for i := range portableRows {
		solveRow(tiles, t, x, ldx, tail, i, i+1, portableRows)
	}
}

func solveUpper[T Float](tiles int, t, x *T, ldx, tail int) {
	for i := portableRows - 1; i >= 0; i-- {
		solveRow(tiles, t, x, ldx, tail, i, 0, i)
	}
}

// solveRow finishes row i and takes its share off the rows from … to.
func solveRow[T Float](tiles int, t, x *T, ldx, tail, i, from, to int) {
	column := unsafe.Slice(t, portableRows*portableRows)[i*portableRows:][:portableRows]
	all := unsafe.Slice(x, (portableRows-1)*ldx+(tiles-1)*portableCols+tail)
	for k := range tiles {
		row := all[i*ldx+k*portableCols:][:tail]
		for j := range row {
			row[j] *= column[i]
		}
		for r := from; r < to; r++ {
			other := all[r*ldx+k*portableCols:][:tail]
			for j, v := range row {
				other[j] -= column[r] * v
			}
		}
	}
}
