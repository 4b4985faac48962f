package kernels

import "fmt"

// Gemm returns [c +] Alpha · Σ op(a)·op(b) over the pairs a, b that follow c:
// op(a) is m×k and op(b) k×n with a k of their own, the result m×n, row-major.
// c is there if and only if s.Accumulate is set. All are Float64 or all
// Float32, in any layout, which costs next to nothing and does not change the
// answer. Products are added up in the order given, whatever the number of
// threads. Errors: ErrShape, ErrDType, ErrMemory.
func Gemm(mem Allocator, threads int, s GemmSpec, c *Block, ab ...*Block) (*Block, error) {
	if len(ab) == 0 || len(ab)%2 != 0 || (c != nil) != s.Accumulate {
		return nil, fmt.Errorf("%w: gemm of %d factors, accumulate %t with c %v", ErrShape, len(ab), s.Accumulate, c)
	}
	if err := checkMatrices("gemm", ab...); err != nil {
		return nil, err
	}
	out, beta, err := accumulator(mem, "gemm", ab[0].dtype, opShape(ab[0], s.TransA)[0], opShape(ab[1], s.TransB)[1], c)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(ab); i += 2 {
		if err := GemmInto(threads, s, ab[i], ab[i+1], beta, out); err != nil {
			out.Release()
			return nil, err
		}
		beta = 1
	}
	return out, nil
}

// accumulator returns a new m×n block with the elements of c and a beta of 1
// or, without c, with any and 0.
func accumulator(mem Allocator, op string, t DType, m, n int, c *Block) (out *Block, beta float64, err error) {
	if out, err = NewBlock(mem, t, m, n); err != nil || c == nil {
		return out, 0, err
	}
	if err := Assign(out, c); err != nil {
		out.Release()
		return nil, 0, fmt.Errorf("%s: c: %w", op, err)
	}
	return out, 1, nil
}

// GemmInto overwrites c, which is still being made and whose rows are
// contiguous, with beta·c + Alpha·op(a)·op(b). With a beta of 0 it does not
// read c. s.Accumulate says nothing here. Errors: ErrShape, ErrDType.
func GemmInto(threads int, s GemmSpec, a, b *Block, beta float64, c *Block) error {
	if err := checkMatrices("gemm", a, b, c); err != nil {
		return err
	}
	as, bs := opShape(a, s.TransA), opShape(b, s.TransB)
	if as[1] != bs[0] || as[0] != c.shape[0] || bs[1] != c.shape[1] || c.shape[1] > 1 && c.strides[1] != 1 || c.shape[0] > 1 && c.strides[0] < c.shape[1] {
		return fmt.Errorf("%w: gemm: %v (transposed: %t) times %v (transposed: %t) to %v with strides %v",
			ErrShape, a, s.TransA, b, s.TransB, c, c.strides)
	}
	if c.dtype == Float64 {
		gemm(threads, s.Alpha, opOf[float64](a, s.TransA), opOf[float64](b, s.TransB), beta, intoOf[float64](c))
	} else {
		gemm(threads, float32(s.Alpha), opOf[float32](a, s.TransA), opOf[float32](b, s.TransB), float32(beta), intoOf[float32](c))
	}
	return nil
}

// intoOf returns the elements of a block with contiguous rows. Axes of length 1
// may have any stride; BLAS wants to see a plausible one.
func intoOf[T Float](c *Block) matrix[T] {
	x := matrixOf[T](c)
	x.rs, x.cs = max(x.rs, x.cols, 1), 1
	return x
}

// opShape returns the shape of a matrix, or of its transpose.
func opShape(b *Block, trans bool) [2]int {
	if trans {
		return [2]int{b.shape[1], b.shape[0]}
	}
	return [2]int{b.shape[0], b.shape[1]}
}

// scale multiplies c by beta; 0 overwrites whatever is there.
func scale[T Float](c matrix[T], beta T) {
	for i := 0; i < c.rows && beta != 1; i++ {
		row := c.row(i)
		if beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= beta
		}
	}
}
