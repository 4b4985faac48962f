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

// hasRows reports whether BLAS can take the rows of x as they are.
func (x matrix[T]) hasRows() bool {
	return (x.cs == 1 || x.cols == 1) && (x.rs >= x.cols || x.rows == 1)
}

// leading is the leading dimension of a matrix that has rows.
func (x matrix[T]) leading() int {
	if x.rows == 1 {
		return x.cols
	}
	return x.rs
}

// lines returns the memory of a matrix that is not empty and has rows, as BLAS
// takes it.
func (x matrix[T]) lines() []T {
	return x.data[x.at : x.at+(x.rows-1)*x.leading()+x.cols]
}

// copyTo copies x to dst, row after row.
func (x matrix[T]) copyTo(dst []T) {
	for i := range x.rows {
		from := x.at + i*x.rs
		for j := range dst[i*x.cols : (i+1)*x.cols] {
			dst[i*x.cols+j] = x.data[from]
			from += x.cs
		}
	}
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
