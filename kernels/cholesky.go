package kernels

import (
	"fmt"
	"math"
)

// Potrf returns the Cholesky factor L of a symmetric positive definite a, both
// n×n: a = L·Lᵀ with L lower triangular and zeros above. Only the lower
// triangle of a is read. An a that is not positive definite is
// ErrNotPositiveDefinite with the order of the first leading minor that is
// not. Other errors: ErrShape, ErrDType, ErrMemory.
func Potrf(mem Allocator, threads int, a *Block) (*Block, error) {
	if err := checkSquare("potrf", a); err != nil {
		return nil, err
	}
	l, err := Clone(mem, a)
	if err != nil {
		return nil, err
	}
	var minor int
	if l.dtype == Float64 {
		minor = potrf(threads, matrixOf[float64](l))
	} else {
		minor = potrf(threads, matrixOf[float32](l))
	}
	if minor > 0 {
		l.Release()
		return nil, fmt.Errorf("%w: potrf of %v: the leading minor of order %d is not positive", ErrNotPositiveDefinite, a, minor)
	}
	return l, nil
}

// potrf overwrites a with its Cholesky factor and returns the order of the
// first leading minor that is not positive, or 0.
func potrf[T Float](threads int, a matrix[T]) int {
	if minor := potrfLower(threads, a); minor > 0 {
		return minor
	}
	for i := range a.rows {
		clear(a.row(i)[i+1:])
	}
	return 0
}

// potrfLower factors the first half of the rows, then what that leaves of the
// second: so most of the work is in large products.
func potrfLower[T Float](threads int, a matrix[T]) int {
	if a.rows <= factorBlock {
		return potrfPanel(a)
	}
	n := (a.rows/2 + factorBlock - 1) / factorBlock * factorBlock
	rest := a.rows - n
	diag, below, corner := a.sub(0, 0, n, n), a.sub(n, 0, rest, n), a.sub(n, n, rest, rest)
	if minor := potrfLower(threads, diag); minor > 0 {
		return minor
	}
	solveTriangle(threads, true, true, false, diag.flip(), below)
	syrk(threads, -1, below, 1, corner)
	if minor := potrfLower(threads, corner); minor > 0 {
		return n + minor
	}
	return 0
}

// factorBlock is the width of the panels of factorisations: what is outside
// the panels is matrix products.
const factorBlock = 64

// potrfPanel factors one diagonal block, row by row.
func potrfPanel[T Float](a matrix[T]) int {
	for i := range a.rows {
		row := a.row(i)
		for j := range i {
			row[j] = (row[j] - dot(row[:j], a.row(j)[:j])) / a.row(j)[j]
		}
		pivot := row[i] - dot(row[:i], row[:i])
		if !(pivot > 0) || math.IsInf(float64(pivot), 0) {
			return i + 1
		}
		row[i] = T(math.Sqrt(float64(pivot)))
	}
	return 0
}

// Potrs returns the X with a·X = b, given the Cholesky factor l of a from
// [Potrf]: l is n×n, b and X n×m. Errors: ErrShape, ErrDType, ErrMemory.
func Potrs(mem Allocator, threads int, l, b *Block) (*Block, error) {
	y, err := Trsm(mem, threads, TrsmSpec{}, l, b)
	if err != nil {
		return nil, err
	}
	defer y.Release()
	return Trsm(mem, threads, TrsmSpec{Trans: true}, l, y)
}
