package kernels

import "fmt"

// Trsm returns the X that solves op(t)·X = b, or X·op(t) = b with s.Right, for
// a triangular t: t is n×n and b n×m (m×n with Right). The other triangle of
// t, and with s.Unit its diagonal, is not used. A zero on the diagonal gives
// infinities or NaN, as in BLAS. Errors: ErrShape, ErrDType, ErrMemory.
func Trsm(mem Allocator, threads int, s TrsmSpec, t, b *Block) (*Block, error) {
	if err := checkMatrices("trsm", t, b); err != nil {
		return nil, err
	}
	if n := opShape(b, s.Right)[0]; t.shape[0] != n || t.shape[1] != n {
		return nil, fmt.Errorf("%w: trsm: triangle %v, right side %v (on the right: %t)", ErrShape, t, b, s.Right)
	}
	x, err := Clone(mem, b)
	if err != nil {
		return nil, err
	}
	upper := s.Upper != s.Trans
	if x.dtype == Float64 {
		solveTriangle(threads, s.Right, upper, s.Unit, opOf[float64](t, s.Trans), matrixOf[float64](x))
	} else {
		solveTriangle(threads, s.Right, upper, s.Unit, opOf[float32](t, s.Trans), matrixOf[float32](x))
	}
	return x, nil
}
