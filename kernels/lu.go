package kernels

import (
	"fmt"
	"math"
	"unsafe"
)

// Getrf returns the LU factorisation with partial pivoting of an m×n matrix:
// lu holds U on and above the diagonal and the unit lower triangular L below
// it, and pivots (Int64, min(m,n)) says that row i was swapped with row
// pivots[i], for each i in turn. U may have zeros on its diagonal, which makes
// a square matrix singular. Errors: ErrShape, ErrDType, ErrMemory.
func Getrf(mem Allocator, threads int, a *Block) (lu, pivots *Block, err error) {
	if err := checkMatrices("getrf", a); err != nil {
		return nil, nil, err
	}
	if lu, err = Clone(mem, a); err != nil {
		return nil, nil, err
	}
	if pivots, err = NewBlock(mem, Int64, min(a.shape[0], a.shape[1])); err != nil {
		lu.Release()
		return nil, nil, err
	}
	if lu.dtype == Float64 {
		getrf(threads, matrixOf[float64](lu), Data[int64](pivots))
	} else {
		getrf(threads, matrixOf[float32](lu), Data[int64](pivots))
	}
	return lu, pivots, nil
}

// getrf overwrites a.
func getrf[T Float](threads int, a matrix[T], pivots []int64) {
	n := len(pivots)
	if n == 0 {
		return
	}
	getrfColumns(threads, a, span{0, n}, pivots)
	solveTriangle(threads, false, false, true, a.sub(0, 0, n, n), a.sub(0, n, n, a.cols-n))
}

// getrfColumns factors the columns p of a from row p.lo down: the first half of
// them, then what that leaves of the second (Toledo, "Locality of reference in
// LU decomposition with partial pivoting", 1997).
func getrfColumns[T Float](threads int, a matrix[T], p span, pivots []int64) {
	if p.len() <= pivotBlock {
		getrfPanel(a, p, pivots)
		return
	}
	left := span{p.lo, p.lo + (p.len()/2+pivotBlock-1)/pivotBlock*pivotBlock}
	right := span{left.hi, p.hi}
	getrfColumns(threads, a, left, pivots)
	beside := a.sub(left.lo, right.lo, left.len(), right.len())
	solveTriangle(threads, false, false, true, a.sub(left.lo, left.lo, left.len(), left.len()), beside)
	below := a.rows - right.lo
	gemm(threads, -1, a.sub(right.lo, left.lo, below, left.len()), beside, 1, a.sub(right.lo, right.lo, below, right.len()))
	getrfColumns(threads, a, right, pivots)
}

// pivotBlock is the number of columns that are factored one by one.
const pivotBlock = 8

// getrfPanel factors the columns p of a from row p.lo down, in a copy in which
// each is contiguous. It swaps whole rows of a.
func getrfPanel[T Float](a matrix[T], p span, pivots []int64) {
	m, n := a.rows-p.lo, p.len()
	ld := m + 8 // columns a power of two apart would get into each other's way
	raw := defaultPool.AllocateDirty(n * ld * int(unsafe.Sizeof(T(0))))
	defer defaultPool.Free(raw)
	columns := reinterpret[T](raw)
	panel := a.sub(p.lo, p.lo, m, n)
	for i := range m {
		for j, x := range panel.row(i) {
			columns[j*ld+i] = x
		}
	}
	for j := range n {
		best := j + largest(columns[j*ld+j:j*ld+m])
		pivots[p.lo+j] = int64(p.lo + best)
		if best != j {
			for k := range n {
				x := columns[k*ld:]
				x[j], x[best] = x[best], x[j]
			}
			swapRows(a, p.lo+j, p.lo+best)
		}
		eliminate(columns[j*ld+j:], m-j, ld, n-j-1)
	}
	for i := range m {
		row := panel.row(i)
		for j := range row {
			row[j] = columns[j*ld+i]
		}
	}
}

// eliminate divides the first of columns of m values, ld apart, by its first
// value, if that is not zero, and takes what it then says off the rest that
// follow.
func eliminate[T Float](columns []T, m, ld, rest int) {
	pivot, factors := columns[0], columns[1:m]
	if pivot == 0 || m == 1 {
		return
	}
	if inverse := 1 / pivot; !math.IsInf(float64(inverse), 0) {
		scaleLine(inverse, factors)
	} else {
		for i := range factors {
			factors[i] /= pivot
		}
	}
	for k := 1; k <= rest; k++ {
		x := columns[k*ld:]
		addLine(-x[0], factors, x[1:m])
	}
}

// largest returns the place of the first value of the greatest magnitude.
func largest[T Float](x []T) int {
	best, most := 0, absOf(x[0])
	for i, v := range x {
		if v = absOf(v); v > most {
			best, most = i, v
		}
	}
	return best
}

func absOf[T Float](x T) T {
	if x < 0 {
		return -x
	}
	return x
}

func swapRows[T Float](a matrix[T], i, j int) {
	if i == j {
		return
	}
	x, y := a.row(i), a.row(j)
	for k := range x {
		x[k], y[k] = y[k], x[k]
	}
}

// Getrs returns the X with a·X = b for a square a, given its factorisation
// from [Getrf]: lu is n×n, b and X n×m. An a whose U has a zero on the
// diagonal is ErrSingular with its place. Other errors: ErrShape, also for
// pivots that are no rows of lu, ErrDType, ErrMemory.
func Getrs(mem Allocator, threads int, lu, pivots, b *Block) (*Block, error) {
	if err := checkSquare("getrs", lu); err != nil {
		return nil, err
	}
	n := lu.shape[0]
	if pivots.dtype != Int64 || len(pivots.shape) != 1 || pivots.shape[0] != n || len(b.shape) != 2 || b.shape[0] != n {
		return nil, fmt.Errorf("%w: getrs: factors %v, pivots %v, right side %v", ErrShape, lu, pivots, b)
	}
	if i := zeroDiagonal(lu); i >= 0 {
		return nil, fmt.Errorf("%w: getrs: the factor U of %v is zero at (%d, %d)", ErrSingular, lu, i, i)
	}
	rows := make([]int, n) // where each row of the permuted b comes from
	for i := range rows {
		rows[i] = i
	}
	for i := range rows {
		k := At[int64](pivots, i)
		if k < int64(i) || k >= int64(n) {
			return nil, fmt.Errorf("%w: getrs: pivot %d is %d, of %d rows", ErrShape, i, k, n)
		}
		rows[i], rows[k] = rows[k], rows[i]
	}
	permuted, err := Take(mem, b, 0, rows)
	if err != nil {
		return nil, err
	}
	defer permuted.Release()
	y, err := Trsm(mem, threads, TrsmSpec{Unit: true}, lu, permuted)
	if err != nil {
		return nil, err
	}
	defer y.Release()
	return Trsm(mem, threads, TrsmSpec{Upper: true}, lu, y)
}

// zeroDiagonal returns the first place on the diagonal that is zero, or -1.
func zeroDiagonal(b *Block) int {
	for i := range b.shape[0] {
		if b.dtype == Float64 && At[float64](b, i, i) == 0 || b.dtype == Float32 && At[float32](b, i, i) == 0 {
			return i
		}
	}
	return -1
}
