package blas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// triangle is a triangular matrix of n rows that stands to the left of another
// matrix x. What is said with the triangle on the right is transposed for it.
type triangle[T asm.Float] struct {
	n           int
	t           operand[T]
	lower, unit bool
}

// triangleOf returns the triangle and, with it to the left, the matrix of its
// n rows and so many columns.
func triangleOf[T asm.Float](s blas.Side, u blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, a []T, lda int, b []T, ldb int) (t triangle[T], x operand[T], cols int) {
	t = triangle[T]{m, operandOf(tA, a, lda), (u == blas.Lower) == (tA == blas.NoTrans), d == blas.Unit}
	x = operand[T]{data: b, ld: ldb}
	if s == blas.Left {
		return t, x, n
	}
	t.n, t.t, t.lower = n, t.t.flip(), !t.lower
	return t, x.flip(), m
}

// at returns an element, with the ones and zeros that are not stored.
func (t *triangle[T]) at(i, j int) T {
	switch {
	case i == j && t.unit:
		return 1
	case t.lower && i < j || !t.lower && i > j:
		return 0
	case t.t.trans:
		i, j = j, i
	}
	return t.t.data[i*t.t.ld+j]
}

// columns calls f for parts of the columns of x, each on a thread of its own.
// The columns are independent of each other.
func (e *engine[T]) columns(threads int, t *triangle[T], x operand[T], cols int, f func(x operand[T], cols int)) {
	work := float64(t.n) * float64(t.n) * float64(cols) / 2
	borders := cuts(cols, max(1, min(threads, int(work/float64(e.grain)))), e.kernel.Width())
	if len(borders) == 2 {
		f(x, cols)
		return
	}
	share(len(borders)-1, len(borders)-1, func(i int) { f(x.from(0, borders[i]), borders[i+1]-borders[i]) })
}

// block returns the part of the triangle on the diagonal from row i on.
func (t *triangle[T]) block(i, n int) triangle[T] {
	return triangle[T]{n, t.t.from(i, i), t.lower, t.unit}
}

// update adds alpha times link, of rows×k, times the k rows of x from row
// from on, to the rows of x from row to on.
func (e *engine[T]) update(alpha T, link, x operand[T], to, from, rows, k, cols int) {
	p := product[T]{m: rows, n: cols, k: k, alpha: alpha, beta: 1, a: link, b: x.from(from, 0), ldc: x.ld}
	p.c = x.from(to, 0).data
	if x.trans {
		p.m, p.n, p.a, p.b = cols, rows, p.b.flip(), p.a.flip()
	}
	e.serial(&p)
}

// packTriangle packs a diagonal block: panel i begins at i·n, with n rounded up
// to whole panels, and has the part beside its own triangle packed as a product
// wants it and that triangle by columns. With invert the diagonal has
// reciprocals.
func (e *engine[T]) packTriangle(w *workspace[T], t *triangle[T], invert bool) {
	g, rows := e.kernel, e.kernel.Rows
	n := (t.n + rows - 1) / rows * rows
	w.a = grown(w.a, n*n)
	for i := 0; i < n; i += rows {
		panel, lines := w.a[i*n:][:rows*n], min(rows, t.n-i)
		if t.lower && i > 0 {
			packPanel(g, panel, rows, t.t.from(i, 0), lines, i)
		}
		if next := i + rows; !t.lower && next < t.n {
			packPanel(g, panel[next*rows:], rows, t.t.from(i, next), lines, t.n-next)
			clear(panel[t.n*rows:])
		}
		for s := i; s < i+rows; s++ {
			for r := range rows {
				panel[s*rows+r] = t.padded(i+r, s, invert)
			}
		}
	}
}

// padded continues the triangle beyond its end as the identity does.
func (t *triangle[T]) padded(i, j int, invert bool) T {
	switch {
	case i < t.n && j < t.n && (i != j || !invert):
		return t.at(i, j)
	case i != j:
		return 0
	case i < t.n:
		return 1 / t.at(i, i)
	}
	return 1
}

// load packs the rows of x that belong to a diagonal block, and columns of it
// that fit one panel, and returns the panel and its width.
func (e *engine[T]) load(w *workspace[T], x operand[T], n, j, cols int) (panel []T, width int) {
	g := e.kernel
	width = (cols + g.Lanes - 1) / g.Lanes * g.Lanes
	padded := (n + g.Rows - 1) / g.Rows * g.Rows
	w.b = grown(w.b, padded*g.Width())
	panel = w.b[:padded*width]
	clear(panel[n*width:])
	packPanel(g, panel, width, x.from(0, j).flip(), cols, n)
	return panel, width
}

// unload brings a panel back to x.
func (e *engine[T]) unload(panel []T, width int, x operand[T], n, j, cols int) {
	if !x.trans {
		for i := range n {
			copy(x.data[i*x.ld+j:][:cols], panel[i*width:])
		}
		return
	}
	g, i := e.kernel, 0
	if whole := cols / g.Turn * g.Turn; whole > 0 {
		for ; i+4 <= n; i += 4 {
			g.Interleave(whole, &panel[i*width], width, &x.data[j*x.ld+i], x.ld)
			for c := whole; c < cols; c++ {
				for r := range 4 {
					x.data[(j+c)*x.ld+i+r] = panel[(i+r)*width+c]
				}
			}
		}
	}
	for ; i < n; i++ {
		for c := range cols {
			x.data[(j+c)*x.ld+i] = panel[i*width+c]
		}
	}
}
