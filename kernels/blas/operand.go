package blas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// operand is a matrix as it enters a product: row-major memory whose rows
// start ld values apart, or the transpose of it.
type operand[T asm.Float] struct {
	data  []T
	ld    int
	trans bool
}

func operandOf[T asm.Float](t blas.Transpose, data []T, ld int) operand[T] {
	return operand[T]{data, ld, t != blas.NoTrans}
}

// from returns the part that begins at row i and column j.
func (x operand[T]) from(i, j int) operand[T] {
	if x.trans {
		i, j = j, i
	}
	x.data = x.data[i*x.ld+j:]
	return x
}

// flip returns the transpose.
func (x operand[T]) flip() operand[T] {
	x.trans = !x.trans
	return x
}
