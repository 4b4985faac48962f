package kernels

import "fmt"

// matrix is a window on memory: element (i, j) is data[at + i·rs + j·cs].
type matrix[T Float] struct {
	data       []T
	at         int
	rows, cols int
	rs, cs     int
}

// matrixOf returns the elements of a block of two axes.
func matrixOf[T Float](b *Block) matrix[T] {
	data, at := Strided[T](b)
	return matrix[T]{data, at, b.shape[0], b.shape[1], b.strides[0], b.strides[1]}
}

// opOf returns the elements of a block of two axes, transposed if trans is set.
func opOf[T Float](b *Block, trans bool) matrix[T] {
	x := matrixOf[T](b)
	if trans {
		return x.flip()
	}
	return x
}

func newMatrix[T Float](m, n int) matrix[T] {
	return matrix[T]{make([]T, m*n), 0, m, n, max(n, 1), 1}
}

// flip returns the transpose.
func (x matrix[T]) flip() matrix[T] {
	return matrix[T]{x.data, x.at, x.cols, x.rows, x.cs, x.rs}
}

// sub returns rows i … i+m and columns j … j+n of x.
func (x matrix[T]) sub(i, j, m, n int) matrix[T] {
	return matrix[T]{x.data, x.at + i*x.rs + j*x.cs, m, n, x.rs, x.cs}
}

// row returns row i of a matrix whose rows are contiguous.
func (x matrix[T]) row(i int) []T {
	if x.cols == 0 {
		return nil
	}
	at := x.at + i*x.rs
	return x.data[at : at+x.cols]
}

// lines returns the memory of a matrix that is not empty and whose rows are
// contiguous, as BLAS takes it with rs as leading dimension.
func (x matrix[T]) lines() []T {
	return x.data[x.at : x.at+(x.rows-1)*x.rs+x.cols]
}

// packTo copies x to dst and returns it there, with contiguous rows at a
// distance of blasEdge or, if x is wider, of its width.
func (x matrix[T]) packTo(dst []T) matrix[T] {
	p := matrix[T]{dst, 0, x.rows, x.cols, max(x.cols, blasEdge), 1}
	if x.cs == 1 {
		for i := range x.rows {
			copy(p.row(i), x.row(i))
		}
		return p
	}
	for j := range x.cols {
		from, to := x.at+j*x.cs, j
		for range x.rows {
			dst[to] = x.data[from]
			from, to = from+x.rs, to+p.rs
		}
	}
	return p
}

// checkMatrices reports operands that are not matrices of one floating-point
// type.
func checkMatrices(op string, blocks ...*Block) error {
	for i, b := range blocks {
		if len(b.shape) != 2 {
			return fmt.Errorf("%w: %s: operand %d is %v, not a matrix", ErrShape, op, i+1, b)
		}
		if !b.dtype.IsFloat() || b.dtype != blocks[0].dtype {
			return fmt.Errorf("%w: %s: operand %d is %v, the first %v", ErrDType, op, i+1, b, blocks[0])
		}
	}
	return nil
}

// checkSquare reports a matrix that is not square.
func checkSquare(op string, b *Block) error {
	if err := checkMatrices(op, b); err != nil {
		return err
	}
	if b.shape[0] != b.shape[1] {
		return fmt.Errorf("%w: %s: %v is not square", ErrShape, op, b)
	}
	return nil
}

// releaseAll releases what is not nil.
func releaseAll(blocks ...*Block) {
	for _, b := range blocks {
		if b != nil {
			b.Release()
		}
	}
}
