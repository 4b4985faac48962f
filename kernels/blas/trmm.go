package blas

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Dtrmm overwrites the m×n B with alpha·op(A)·B, or alpha·B·op(A), for a
// triangular A.
func (x Implementation) Dtrmm(s blas.Side, u blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	e := x.double()
	if !e.takesTriangle(x.Uniform, s, u, tA, d, m, n, alpha, a, lda, b, ldb) || !e.allFinite(m, n, b, ldb) {
		x.Implementation.Dtrmm(s, u, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	t, right, cols := triangleOf(s, u, tA, d, m, n, a, lda, b, ldb)
	e.columns(x.threads(), &t, right, cols, func(x operand[float64], cols int) { e.trmm(&t, alpha, x, cols) })
}

// Strmm overwrites the m×n B with alpha·op(A)·B, or alpha·B·op(A), for a
// triangular A.
func (x Implementation) Strmm(s blas.Side, u blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float32, a []float32, lda int, b []float32, ldb int) {
	e := x.single()
	if !e.takesTriangle(x.Uniform, s, u, tA, d, m, n, alpha, a, lda, b, ldb) || !e.allFinite(m, n, b, ldb) {
		x.Implementation.Strmm(s, u, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	t, right, cols := triangleOf(s, u, tA, d, m, n, a, lda, b, ldb)
	e.columns(x.threads(), &t, right, cols, func(x operand[float32], cols int) { e.trmm(&t, alpha, x, cols) })
}

// allFinite reports whether a matrix has neither infinities nor NaN. They must
// not meet the zeros beside a triangle, which are multiplied like any number
// here. What adds up to a number has neither; what does not may be too much.
func (e *engine[T]) allFinite(m, n int, b []T, ldb int) bool {
	if e.lines == nil {
		return allNumbers(m, n, b, ldb)
	}
	var sum T
	for i := range m {
		for part := range slices.Chunk(b[i*ldb:i*ldb+n], preemptible) {
			sum += e.lines.Asum(len(part), &part[0])
		}
	}
	return sum-sum == 0 || allNumbers(m, n, b, ldb)
}

// allNumbers is allFinite, one element after the other.
func allNumbers[T asm.Float](m, n int, b []T, ldb int) bool {
	for i := range m {
		var zero T
		for _, v := range b[i*ldb : i*ldb+n] {
			zero += v * 0 // NaN for both, and stays so
		}
		if math.IsNaN(float64(zero)) {
			return false
		}
	}
	return true
}

// trmm multiplies, diagonal block by diagonal block, in the order in which the
// rows that are still to be used are still as they were.
func (e *engine[T]) trmm(t *triangle[T], alpha T, x operand[T], cols int) {
	if !t.lower {
		for i := 0; i < t.n; i += e.side {
			n := min(e.side, t.n-i)
			e.multiplyBlock(t.block(i, n), alpha, x.from(i, 0), cols)
			if rest := t.n - i - n; rest > 0 {
				e.update(alpha, t.t.from(i, i+n), x, i, i+n, n, rest, cols)
			}
		}
		return
	}
	for end := t.n; end > 0; {
		i := (end - 1) / e.side * e.side
		n := end - i
		e.multiplyBlock(t.block(i, n), alpha, x.from(i, 0), cols)
		if i > 0 {
			e.update(alpha, t.t.from(i, 0), x, i, 0, n, i, cols)
		}
		end = i
	}
}

// multiplyBlock multiplies by a diagonal block, one panel of columns after the
// other.
func (e *engine[T]) multiplyBlock(t triangle[T], alpha T, x operand[T], cols int) {
	if e.reaches(t.n, x) {
		e.apply(false, t, alpha, x, cols)
		return
	}
	g, w := e.kernel, e.spaces.get()
	defer e.spaces.put(w)
	e.packTriangle(w, &t, false)
	for j := 0; j < cols; j += g.Width() {
		c := min(g.Width(), cols-j)
		panel, width := e.load(w, x, t.n, j, c)
		w.tile = grown(w.tile, len(panel))
		n := len(panel) / width
		for i := 0; i < n; i += g.Rows {
			from, to := 0, i+g.Rows
			if !t.lower {
				from, to = i, n
			}
			g.Tiles[width/g.Lanes-1](1, to-from, &w.a[i*n+from*g.Rows], g.Rows, &panel[from*width], width, 0, &w.tile[i*width], width, 0, g.Rows, g.Lanes, alpha, 0)
		}
		e.unload(w.tile, width, x, t.n, j, c)
	}
}
