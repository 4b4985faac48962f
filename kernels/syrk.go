package kernels

import "fmt"

// Syrk returns [c +] Alpha · a·aᵀ, or aᵀ·a with s.Trans: a is m×k (k×m with
// Trans), the result m×m with both triangles, exactly symmetric. Half of the
// products of [Gemm] are computed. c is there if and only if s.Accumulate is
// set; its lower triangle is read. Errors: ErrShape, ErrDType, ErrMemory.
func Syrk(mem Allocator, threads int, s SyrkSpec, c, a *Block) (*Block, error) {
	if (c != nil) != s.Accumulate {
		return nil, fmt.Errorf("%w: syrk: accumulate %t with c %v", ErrShape, s.Accumulate, c)
	}
	if err := checkMatrices("syrk", a); err != nil {
		return nil, err
	}
	m := opShape(a, s.Trans)[0]
	out, beta, err := accumulator(mem, "syrk", a.dtype, m, m, c)
	if err != nil {
		return nil, err
	}
	if a.dtype == Float64 {
		syrkBoth(threads, s.Alpha, opOf[float64](a, s.Trans), beta, matrixOf[float64](out))
	} else {
		syrkBoth(threads, float32(s.Alpha), opOf[float32](a, s.Trans), float32(beta), matrixOf[float32](out))
	}
	return out, nil
}

func syrkBoth[T Float](threads int, alpha T, a matrix[T], beta T, c matrix[T]) {
	syrk(threads, alpha, a, beta, c)
	for i := range c.rows {
		for j, x := range c.row(i)[:i] {
			c.row(j)[i] = x
		}
	}
}
