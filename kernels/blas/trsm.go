package blas

import "gonum.org/v1/gonum/blas"

// Dtrsm overwrites the m×n B with the X that solves op(A)·X = alpha·B, or
// X·op(A) = alpha·B, for a triangular A.
func (x Implementation) Dtrsm(s blas.Side, u blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	e := x.double()
	if !e.takesTriangle(x.Uniform, s, u, tA, d, m, n, alpha, a, lda, b, ldb) {
		x.Implementation.Dtrsm(s, u, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	e.scale(alpha, m, n, b, ldb)
	t, right, cols := triangleOf(s, u, tA, d, m, n, a, lda, b, ldb)
	e.columns(x.threads(), &t, right, cols, func(x operand[float64], cols int) { e.trsm(&t, x, cols) })
}

// Strsm overwrites the m×n B with the X that solves op(A)·X = alpha·B, or
// X·op(A) = alpha·B, for a triangular A.
func (x Implementation) Strsm(s blas.Side, u blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float32, a []float32, lda int, b []float32, ldb int) {
	e := x.single()
	if !e.takesTriangle(x.Uniform, s, u, tA, d, m, n, alpha, a, lda, b, ldb) {
		x.Implementation.Strsm(s, u, tA, d, m, n, alpha, a, lda, b, ldb)
		return
	}
	e.scale(alpha, m, n, b, ldb)
	t, right, cols := triangleOf(s, u, tA, d, m, n, a, lda, b, ldb)
	e.columns(x.threads(), &t, right, cols, func(x operand[float32], cols int) { e.trsm(&t, x, cols) })
}

// trsm solves, diagonal block by diagonal block, and takes the share of each
// off the rows that are still to come.
func (e *engine[T]) trsm(t *triangle[T], x operand[T], cols int) {
	if t.lower {
		for i := 0; i < t.n; i += e.side {
			n := min(e.side, t.n-i)
			e.solveBlock(t.block(i, n), x.from(i, 0), cols)
			if rest := t.n - i - n; rest > 0 {
				e.update(-1, t.t.from(i+n, i), x, i+n, i, rest, n, cols)
			}
		}
		return
	}
	for end := t.n; end > 0; {
		i := (end - 1) / e.side * e.side
		n := end - i
		e.solveBlock(t.block(i, n), x.from(i, 0), cols)
		if i > 0 {
			e.update(-1, t.t.from(0, i), x, 0, i, i, n, cols)
		}
		end = i
	}
}

// solveBlock solves with a diagonal block, one panel of columns after the
// other.
func (e *engine[T]) solveBlock(t triangle[T], x operand[T], cols int) {
	if e.reaches(t.n, x) {
		e.apply(true, t, 1, x, cols)
		return
	}
	w := e.spaces.get()
	defer e.spaces.put(w)
	e.packTriangle(w, &t, true)
	for j := 0; j < cols; j += e.kernel.Width() {
		c := min(e.kernel.Width(), cols-j)
		panel, width := e.load(w, x, t.n, j, c)
		e.solvePanel(w, &t, panel, width)
		e.unload(panel, width, x, t.n, j, c)
	}
}

// solvePanel goes from the end of the triangle where there is one unknown, as
// many rows at a time as a tile has: the share of the solved ones is a product.
func (e *engine[T]) solvePanel(w *workspace[T], t *triangle[T], panel []T, width int) {
	g := e.kernel
	n, v := len(panel)/width, width/g.Lanes-1
	for done := 0; done < n; done += g.Rows {
		i, from, solve := done, 0, g.Lower[v]
		if !t.lower {
			i, from, solve = n-done-g.Rows, n-done, g.Upper[v]
		}
		rows := w.a[i*n:][:g.Rows*n]
		if done > 0 {
			g.Tiles[v](1, done, &rows[from*g.Rows], g.Rows, &panel[from*width], width, 0, &panel[i*width], width, 0, g.Rows, g.Lanes, -1, 1)
		}
		solve(1, &rows[i*g.Rows], &panel[i*width], width, g.Lanes)
	}
}
