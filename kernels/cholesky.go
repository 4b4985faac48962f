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

// potrf overwrites a with its Cholesky factor, panel by panel (right-looking),
// and returns the order of the first leading minor that is not positive, or 0.
func potrf[T Float](threads int, a matrix[T]) int {
	n := a.rows
	for _, p := range spans(n, factorBlock) {
		diag := a.sub(p.lo, p.lo, p.len(), p.len())
		if minor := potrfPanel(diag); minor > 0 {
			return p.lo + minor
		}
		if below := n - p.hi; below > 0 {
			panel := a.sub(p.hi, p.lo, below, p.len())
			solvePanel(threads, true, true, false, diag.flip(), panel)
			syrk(threads, -1, panel, 1, a.sub(p.hi, p.hi, below, below))
		}
	}
	for i := range n {
		clear(a.row(i)[i+1:])
	}
	return 0
}

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

func dot[T Float](x, y []T) T {
	var s T
	y = y[:len(x)]
	for i, v := range x {
		s += v * y[i]
	}
	return s
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
