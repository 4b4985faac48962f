package kernels

import "fmt"

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

// getrf overwrites a, panel by panel (right-looking).
func getrf[T Float](threads int, a matrix[T], pivots []int64) {
	for _, p := range spans(len(pivots), factorBlock) {
		w, below, right := p.len(), a.rows-p.hi, a.cols-p.hi
		getrfPanel(a, p, pivots)
		if right == 0 {
			continue
		}
		beside := a.sub(p.lo, p.hi, w, right)
		solvePanel(threads, false, false, true, a.sub(p.lo, p.lo, w, w), beside)
		if below > 0 {
			gemm(threads, -1, a.sub(p.hi, p.lo, below, w), beside, 1, a.sub(p.hi, p.hi, below, right))
		}
	}
}

// getrfPanel factors the columns p of a from row p.lo down. It swaps whole rows
// of a.
func getrfPanel[T Float](a matrix[T], p span, pivots []int64) {
	for j := p.lo; j < p.hi; j++ {
		best := j
		for i := j; i < a.rows; i++ {
			if absOf(a.row(i)[j]) > absOf(a.row(best)[j]) {
				best = i
			}
		}
		pivots[j] = int64(best)
		swapRows(a, j, best)
		top := a.row(j)[:p.hi]
		if top[j] == 0 {
			continue
		}
		for i := j + 1; i < a.rows; i++ {
			row := a.row(i)[:p.hi]
			f := row[j] / top[j]
			row[j] = f
			for k := j + 1; k < p.hi; k++ {
				row[k] -= f * top[k]
			}
		}
	}
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
