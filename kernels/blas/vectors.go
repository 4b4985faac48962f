package blas

import (
	"math"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// The operations on vectors are computed here when the vectors are contiguous;
// gonum has all others.

// preemptible is how many values one call of assembly works on at most.
const preemptible = 1 << 15

// contiguous reports whether n values lie side by side in x, and whether there
// is something to be done and somebody to do it.
func (e *engine[T]) contiguous(n int, x []T, inc int) bool {
	return e.lines != nil && n > 0 && inc == 1 && len(x) >= n
}

// Daxpy adds alpha times x to y.
func (x Implementation) Daxpy(n int, alpha float64, v []float64, incX int, y []float64, incY int) {
	if e := x.double(); !e.axpy(n, alpha, v, incX, y, incY) {
		x.Implementation.Daxpy(n, alpha, v, incX, y, incY)
	}
}

// Saxpy adds alpha times x to y.
func (x Implementation) Saxpy(n int, alpha float32, v []float32, incX int, y []float32, incY int) {
	if e := x.single(); !e.axpy(n, alpha, v, incX, y, incY) {
		x.Implementation.Saxpy(n, alpha, v, incX, y, incY)
	}
}

// axpy reports whether it did it.
func (e *engine[T]) axpy(n int, alpha T, x []T, incX int, y []T, incY int) bool {
	if !e.contiguous(n, x, incX) || !e.contiguous(n, y, incY) || alpha == 0 {
		return false
	}
	for from := 0; from < n; from += preemptible {
		e.lines.Axpy(min(preemptible, n-from), alpha, &x[from], &y[from])
	}
	return true
}

// Dscal multiplies x by alpha.
func (x Implementation) Dscal(n int, alpha float64, v []float64, incX int) {
	if e := x.double(); !e.scal(n, alpha, v, incX) {
		x.Implementation.Dscal(n, alpha, v, incX)
	}
}

// Sscal multiplies x by alpha.
func (x Implementation) Sscal(n int, alpha float32, v []float32, incX int) {
	if e := x.single(); !e.scal(n, alpha, v, incX) {
		x.Implementation.Sscal(n, alpha, v, incX)
	}
}

func (e *engine[T]) scal(n int, alpha T, x []T, incX int) bool {
	if !e.contiguous(n, x, incX) || alpha == 0 {
		return false
	}
	for from := 0; from < n; from += preemptible {
		e.lines.Scal(min(preemptible, n-from), alpha, &x[from])
	}
	return true
}

// Ddot returns the sum of the products of x and y.
func (x Implementation) Ddot(n int, v []float64, incX int, y []float64, incY int) float64 {
	if e := x.double(); e.contiguous(n, v, incX) && e.contiguous(n, y, incY) {
		return e.dot(n, v, y)
	}
	return x.Implementation.Ddot(n, v, incX, y, incY)
}

// Sdot returns the sum of the products of x and y.
func (x Implementation) Sdot(n int, v []float32, incX int, y []float32, incY int) float32 {
	if e := x.single(); e.contiguous(n, v, incX) && e.contiguous(n, y, incY) {
		return e.dot(n, v, y)
	}
	return x.Implementation.Sdot(n, v, incX, y, incY)
}

func (e *engine[T]) dot(n int, x, y []T) (sum T) {
	for from := 0; from < n; from += preemptible {
		sum += e.lines.Dot(min(preemptible, n-from), &x[from], &y[from])
	}
	return sum
}

// Dasum returns the sum of the magnitudes of x.
func (x Implementation) Dasum(n int, v []float64, incX int) float64 {
	if e := x.double(); e.contiguous(n, v, incX) {
		return e.asum(n, v)
	}
	return x.Implementation.Dasum(n, v, incX)
}

// Sasum returns the sum of the magnitudes of x.
func (x Implementation) Sasum(n int, v []float32, incX int) float32 {
	if e := x.single(); e.contiguous(n, v, incX) {
		return e.asum(n, v)
	}
	return x.Implementation.Sasum(n, v, incX)
}

func (e *engine[T]) asum(n int, x []T) (sum T) {
	for from := 0; from < n; from += preemptible {
		sum += e.lines.Asum(min(preemptible, n-from), &x[from])
	}
	return sum
}

// Dnrm2 returns the Euclidean norm of x. Where the squares would overflow, or
// lose what is small, gonum scales them.
func (x Implementation) Dnrm2(n int, v []float64, incX int) float64 {
	if e := x.double(); e.contiguous(n, v, incX) {
		if squares := e.dot(n, v, v); squares > 0x1p-900 && squares < 0x1p1000 {
			return math.Sqrt(squares)
		}
	}
	return x.Implementation.Dnrm2(n, v, incX)
}

// Snrm2 returns the Euclidean norm of x.
func (x Implementation) Snrm2(n int, v []float32, incX int) float32 {
	if e := x.single(); e.contiguous(n, v, incX) {
		if squares := e.dot(n, v, v); squares > 0x1p-80 && squares < 0x1p120 {
			return float32(math.Sqrt(float64(squares)))
		}
	}
	return x.Implementation.Snrm2(n, v, incX)
}

// linesFor returns the operations of a level, and nothing for portable code:
// gonum has assembly of its own where Go has none of ours.
func linesFor[T asm.Float](l asm.Level) *asm.Lines[T] {
	if l == asm.Portable {
		return nil
	}
	return asm.LinesFor[T](l)
}
