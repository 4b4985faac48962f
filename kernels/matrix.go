package kernels

import "fmt"

// matrix is a window on row-major memory, as BLAS takes it: row i starts at
// data[i·ld].
type matrix[T Float] struct {
	data           []T
	rows, cols, ld int
}

// sub returns rows i … i+m and columns j … j+n of x.
func (x matrix[T]) sub(i, j, m, n int) matrix[T] {
	if m == 0 || n == 0 {
		return matrix[T]{rows: m, cols: n, ld: max(n, 1)}
	}
	at := i*x.ld + j
	return matrix[T]{x.data[at : at+(m-1)*x.ld+n], m, n, x.ld}
}

func (x matrix[T]) row(i int) []T {
	if x.cols == 0 {
		return nil
	}
	return x.data[i*x.ld : i*x.ld+x.cols]
}

func newMatrix[T Float](m, n int) matrix[T] {
	return matrix[T]{make([]T, m*n), m, n, max(n, 1)}
}

// matrixOf returns the memory of a matrix whose rows BLAS can take as they
// are.
func matrixOf[T Float](b *Block) matrix[T] {
	m, n := b.shape[0], b.shape[1]
	x := matrix[T]{rows: m, cols: n, ld: max(n, 1)}
	if b.size == 0 {
		return x
	}
	if m > 1 {
		x.ld = b.strides[0]
	}
	data, at := Strided[T](b)
	x.data = data[at : at+(m-1)*x.ld+n]
	return x
}

// operand returns b, or its transpose, or a copy of b, whichever BLAS can take
// without much ado, and whether it is the transpose. The caller releases it.
func operand(mem Allocator, b *Block) (x *Block, transposed bool, err error) {
	if hasRows(b.shape, b.strides) {
		b.Retain()
		return b, false, nil
	}
	if hasRows([]int{b.shape[1], b.shape[0]}, []int{b.strides[1], b.strides[0]}) {
		x, err := b.Transpose()
		return x, true, err
	}
	x, err = Clone(mem, b)
	return x, false, err
}

// hasRows reports whether the rows of a matrix are contiguous and follow each
// other at a distance that BLAS takes as leading dimension.
func hasRows(shape, strides []int) bool {
	m, n := shape[0], shape[1]
	return m == 0 || n == 0 || (n == 1 || strides[1] == 1) && (m == 1 || strides[0] >= n)
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
