package blas

import (
	"slices"

	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Dsymm computes the m×n C = alpha·A·B + beta·C, or alpha·B·A + beta·C, for a
// symmetric A of which one triangle is read.
func (x Implementation) Dsymm(s blas.Side, u blas.Uplo, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	e := x.double()
	if !e.takesSymm(x.Uniform, s, u, m, n, alpha, a, lda, b, ldb, c, ldc) {
		x.Implementation.Dsymm(s, u, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	e.symm(x.threads(), s, u, product[float64]{m: m, n: n, alpha: alpha, beta: beta, c: c, ldc: ldc},
		operand[float64]{data: a, ld: lda}, operand[float64]{data: b, ld: ldb})
}

// Ssymm computes the m×n C = alpha·A·B + beta·C, or alpha·B·A + beta·C, for a
// symmetric A of which one triangle is read.
func (x Implementation) Ssymm(s blas.Side, u blas.Uplo, m, n int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	e := x.single()
	if !e.takesSymm(x.Uniform, s, u, m, n, alpha, a, lda, b, ldb, c, ldc) {
		x.Implementation.Ssymm(s, u, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	e.symm(x.threads(), s, u, product[float32]{m: m, n: n, alpha: alpha, beta: beta, c: c, ldc: ldc},
		operand[float32]{data: a, ld: lda}, operand[float32]{data: b, ld: ldb})
}

// symm writes the product as products with rectangles of a: by rows of blocks,
// those left of the diagonal, those right of it, and between them the diagonal
// block, from a copy with both triangles.
func (e *engine[T]) symm(threads int, s blas.Side, u blas.Uplo, p product[T], a, b operand[T]) {
	n := p.m
	if s == blas.Right {
		n = p.n
	}
	w := e.spaces.get()
	defer e.spaces.put(w)
	w.tile = grown(w.tile, e.side*e.side)
	for i := 0; i < n; i += e.side {
		q, size := p, min(e.side, n-i)
		if s == blas.Left {
			q.m, q.c = size, p.c[i*p.ldc:]
		} else {
			q.n, q.c = size, p.c[i:]
		}
		add := func(part operand[T], from, k int) {
			if k == 0 {
				return
			}
			q.k = k
			if s == blas.Left {
				q.a, q.b = part, b.from(from, 0)
			} else {
				q.a, q.b = b.from(0, from), part.flip()
			}
			e.compute(threads, q)
			q.beta = 1
		}
		add(mirrored(w.tile, u, a.from(i, i), size), i, size)
		left, right := operand[T]{}, operand[T]{}
		if i > 0 {
			left = stretch(u == blas.Lower, a, i, 0)
		}
		if i+size < n {
			right = stretch(u == blas.Upper, a, i, i+size)
		}
		add(left, 0, i)
		add(right, i+size, n-i-size)
	}
}

// stretch returns the part of a symmetric matrix that begins at row i and
// column j, from the triangle that is stored.
func stretch[T asm.Float](here bool, a operand[T], i, j int) operand[T] {
	if here {
		return a.from(i, j)
	}
	return a.from(j, i).flip()
}

// mirrored copies a symmetric block of n rows with both triangles.
func mirrored[T asm.Float](dst []T, u blas.Uplo, a operand[T], n int) operand[T] {
	for i := range n {
		for j := range i + 1 {
			v := a.data[i*a.ld+j]
			if u == blas.Upper {
				v = a.data[j*a.ld+i]
			}
			dst[i*n+j], dst[j*n+i] = v, v
		}
	}
	return operand[T]{data: dst, ld: n}
}

// scale multiplies a matrix by alpha.
func (e *engine[T]) scale(alpha T, m, n int, b []T, ldb int) {
	if alpha == 1 {
		return
	}
	for i := range m {
		row := b[i*ldb : i*ldb+n]
		if e.lines == nil {
			for j := range row {
				row[j] *= alpha
			}
			continue
		}
		for part := range slices.Chunk(row, preemptible) {
			e.lines.Scal(len(part), alpha, &part[0])
		}
	}
}
