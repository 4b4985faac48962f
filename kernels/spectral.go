package kernels

import (
	"fmt"
	"math"
)

// Syev returns the eigenvalues w (n), ascending, and orthonormal eigenvectors
// v (n×n, columns) of a symmetric n×n matrix, of which the lower triangle is
// read. It runs on the threads that gonum takes, and Float32 in float64.
// Errors: ErrShape, ErrDType, ErrMemory, ErrRange for NaN or infinite elements,
// ErrNoConvergence.
func Syev(mem Allocator, a *Block) (w, v *Block, err error) {
	if err := checkSquare("syev", a); err != nil {
		return nil, nil, err
	}
	if v, err = inFloat64(mem, "syev", a); err != nil {
		return nil, nil, err
	}
	if err := checkFinite("syev", v, true); err != nil {
		v.Release()
		return nil, nil, err
	}
	var values []float64
	if v.size > 0 {
		var ok bool
		if values, ok = eigen(matrixOf[float64](v)); !ok {
			v.Release()
			return nil, nil, fmt.Errorf("%w: syev of %v", ErrNoConvergence, a)
		}
	}
	if w, err = copyOf(mem, values, len(values)); err != nil {
		v.Release()
		return nil, nil, err
	}
	return toDType(mem, a.dtype, w, v)
}

// Gesvd returns the thin singular value decomposition a = u·diag(s)·vt of an
// m×n matrix, k = min(m, n): u is m×k, s has k values, descending, vt is k×n.
// It is meant for small matrices. It runs on the threads that gonum takes, and
// Float32 in float64. Errors are those of [Syev].
func Gesvd(mem Allocator, a *Block) (u, s, vt *Block, err error) {
	work, err := inFloat64(mem, "gesvd", a)
	if err != nil {
		return nil, nil, nil, err
	}
	defer work.Release()
	if err := checkFinite("gesvd", work, false); err != nil {
		return nil, nil, nil, err
	}
	m, n := a.shape[0], a.shape[1]
	k := min(m, n)
	um, values, vm, ok := newMatrix[float64](m, k), []float64(nil), newMatrix[float64](k, n), true
	if k > 0 {
		um, values, vm, ok = singular(matrixOf[float64](work))
	}
	if !ok {
		return nil, nil, nil, fmt.Errorf("%w: gesvd of %v", ErrNoConvergence, a)
	}
	var out [3]*Block
	for i, x := range []struct {
		data  []float64
		shape []int
	}{{um.data, []int{m, k}}, {values, []int{k}}, {vm.data, []int{k, n}}} {
		if out[i], err = copyAs(mem, a.dtype, x.data, x.shape...); err != nil {
			releaseAll(out[:]...)
			return nil, nil, nil, err
		}
	}
	return out[0], out[1], out[2], nil
}

// copyOf returns a block of mem's with the elements of data.
func copyOf(mem Allocator, data []float64, shape ...int) (*Block, error) {
	b, err := NewBlock(mem, Float64, shape...)
	if err != nil {
		return nil, err
	}
	copy(Data[float64](b), data)
	return b, nil
}

func copyAs(mem Allocator, t DType, data []float64, shape ...int) (*Block, error) {
	b, err := copyOf(mem, data, shape...)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return AsType(mem, b, t)
}

// checkFinite reports the first element, of the lower triangle if asked for,
// that is NaN or infinite: LAPACK would loop or panic.
func checkFinite(op string, b *Block, lower bool) error {
	x := matrixOf[float64](b)
	for i := range x.rows {
		row := x.row(i)
		if lower {
			row = row[:i+1]
		}
		for j, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%w: %s of %v: element (%d, %d) is %v", ErrRange, op, b, i, j, v)
			}
		}
	}
	return nil
}
