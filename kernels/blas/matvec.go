package blas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Dgemv computes y = alpha·op(A)·x + beta·y with A m×n.
func (x Implementation) Dgemv(t blas.Transpose, m, n int, alpha float64, a []float64, lda int, v []float64, incX int, beta float64, y []float64, incY int) {
	e := x.double()
	if !e.takesGemv(t, m, n, alpha, a, lda, v, incX, y, incY) {
		x.Implementation.Dgemv(t, m, n, alpha, a, lda, v, incX, beta, y, incY)
		return
	}
	rows, cols := stored(t, m, n)
	x.Dscal(rows, beta, y, incY)
	e.gemv(t, m, n, alpha, a, lda, vector[float64]{v, incX, cols}, vector[float64]{y, incY, rows})
}

// Sgemv computes y = alpha·op(A)·x + beta·y with A m×n.
func (x Implementation) Sgemv(t blas.Transpose, m, n int, alpha float32, a []float32, lda int, v []float32, incX int, beta float32, y []float32, incY int) {
	e := x.single()
	if !e.takesGemv(t, m, n, alpha, a, lda, v, incX, y, incY) {
		x.Implementation.Sgemv(t, m, n, alpha, a, lda, v, incX, beta, y, incY)
		return
	}
	rows, cols := stored(t, m, n)
	x.Sscal(rows, beta, y, incY)
	e.gemv(t, m, n, alpha, a, lda, vector[float32]{v, incX, cols}, vector[float32]{y, incY, rows})
}

// takesGemv tells whether gemv is computed here: with correct arguments, and if
// rows are long enough for registers. Steps backwards are left to gonum.
func (e *engine[T]) takesGemv(t blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, y []T, incY int) bool {
	rows, cols := stored(t, m, n)
	return e.lines != nil && isTranspose(t) && alpha != 0 && n >= e.kernel.Lanes/2 && holds(m, n, lda, len(a)) &&
		incX > 0 && incY > 0 && len(x) > (cols-1)*incX && len(y) > (rows-1)*incY
}

// vector is n values step apart.
type vector[T asm.Float] struct {
	data []T
	step int
	n    int
}

// gathered returns the values side by side, in memory of dst if they are not.
func (v vector[T]) gathered(dst []T) (side, memory []T) {
	if v.step == 1 {
		return v.data[:v.n], dst
	}
	dst = grown(dst, v.n)
	for i := range dst {
		dst[i] = v.data[i*v.step]
	}
	return dst, dst
}

// spread brings values back that were gathered.
func (v vector[T]) spread(from []T) {
	if v.step == 1 {
		return
	}
	for i, x := range from {
		v.data[i*v.step] = x
	}
}

func (e *engine[T]) gemv(t blas.Transpose, m, n int, alpha T, a []T, lda int, x, y vector[T]) {
	w := e.spaces.get()
	defer e.spaces.put(w)
	var from, to []T
	from, w.a = x.gathered(w.a)
	to, w.b = y.gathered(w.b)
	if t == blas.NoTrans {
		e.rowsTimes(m, n, alpha, a, lda, from, to)
	} else {
		e.timesRows(m, n, alpha, a, lda, from, to)
	}
	y.spread(to)
}

// line is how many columns of a matrix are worked on at a time, so that what
// the rows share stays in the first-level cache.
const line = 2048

func (e *engine[T]) rowsTimes(m, n int, alpha T, a []T, lda int, x, y []T) {
	for j := 0; j < n; j += line {
		cols, whole := min(line, n-j), m/4*4
		step := max(1, preemptible/cols/4) * 4
		for i := 0; i < whole; i += step {
			e.lines.RowsTimes(cols, min(step, whole-i)/4, alpha, &a[i*lda+j], lda, &x[j], &y[i])
		}
		for i := whole; i < m; i++ {
			y[i] += alpha * e.lines.Dot(cols, &a[i*lda+j], &x[j])
		}
	}
}

func (e *engine[T]) timesRows(m, n int, alpha T, a []T, lda int, x, y []T) {
	for j := 0; j < n; j += line {
		cols, whole := min(line, n-j), m/4*4
		step := max(1, preemptible/cols/4) * 4
		for i := 0; i < whole; i += step {
			e.lines.TimesRows(cols, min(step, whole-i)/4, alpha, &a[i*lda+j], lda, &x[i], &y[j])
		}
		for i := whole; i < m; i++ {
			e.lines.Axpy(cols, alpha*x[i], &a[i*lda+j], &y[j])
		}
	}
}

// Dger adds alpha·x·yᵀ to the m×n A.
func (x Implementation) Dger(m, n int, alpha float64, v []float64, incX int, y []float64, incY int, a []float64, lda int) {
	if e := x.double(); !e.ger(m, n, alpha, v, incX, y, incY, a, lda) {
		x.Implementation.Dger(m, n, alpha, v, incX, y, incY, a, lda)
	}
}

// Sger adds alpha·x·yᵀ to the m×n A.
func (x Implementation) Sger(m, n int, alpha float32, v []float32, incX int, y []float32, incY int, a []float32, lda int) {
	if e := x.single(); !e.ger(m, n, alpha, v, incX, y, incY, a, lda) {
		x.Implementation.Sger(m, n, alpha, v, incX, y, incY, a, lda)
	}
}

// ger reports whether it did it.
func (e *engine[T]) ger(m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) bool {
	if e.lines == nil || alpha == 0 || n < e.kernel.Lanes/2 || !holds(m, n, lda, len(a)) ||
		incX <= 0 || incY <= 0 || len(x) <= (m-1)*incX || len(y) <= (n-1)*incY {
		return false
	}
	w := e.spaces.get()
	defer e.spaces.put(w)
	var from []T
	from, w.b = vector[T]{y, incY, n}.gathered(w.b)
	for j := 0; j < n; j += line {
		cols := min(line, n-j)
		for i := range m {
			e.lines.Axpy(cols, alpha*x[i*incX], &from[j], &a[i*lda+j])
		}
	}
	return true
}
