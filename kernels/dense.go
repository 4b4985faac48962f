package kernels

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// FromDense returns a gonum matrix as a block that shares its elements, which
// must not change from now on.
func FromDense(m *mat.Dense) *Block {
	raw := m.RawMatrix()
	if raw.Rows == 0 || raw.Cols == 0 {
		b, err := FromSlice([]float64{}, raw.Rows, raw.Cols)
		if err != nil {
			panic(err) // it has no elements
		}
		return b
	}
	whole, err := FromSlice(raw.Data)
	if err != nil {
		panic(err) // it is as long as it is
	}
	defer whole.Release()
	return whole.view([]int{raw.Rows, raw.Cols}, []int{raw.Stride, 1}, 0)
}

// ToDense returns a matrix of Float64 as a gonum matrix. If the rows of b are
// contiguous the matrix shares them: it must not be written to, and is valid
// until b is released. Otherwise it is a copy of its own. Errors: ErrShape,
// also for a matrix without elements, which gonum does not have; ErrDType.
func ToDense(b *Block) (*mat.Dense, error) {
	if b.dtype != Float64 {
		return nil, fmt.Errorf("%w: %v as a gonum matrix", ErrDType, b)
	}
	if len(b.shape) != 2 || b.size == 0 {
		return nil, fmt.Errorf("%w: %v as a gonum matrix", ErrShape, b)
	}
	m, n := b.shape[0], b.shape[1]
	var dense mat.Dense
	data, at := Strided[float64](b)
	if b.strides[1] == 1 && b.strides[0] >= n {
		dense.SetRawMatrix(blas64.General{Rows: m, Cols: n, Stride: b.strides[0], Data: data[at : at+(m-1)*b.strides[0]+n]})
		return &dense, nil
	}
	own, err := FromSlice(make([]float64, m*n), m, n)
	if err != nil {
		return nil, err
	}
	if err := Assign(own, b); err != nil {
		return nil, err
	}
	dense.SetRawMatrix(blas64.General{Rows: m, Cols: n, Stride: n, Data: Data[float64](own)})
	return &dense, nil
}
