package kernels

import "fmt"

// Gemm returns [c +] Alpha · Σ op(a)·op(b) over the pairs a, b that follow c:
// op(a) is m×k and op(b) k×n with a k of their own, the result m×n, row-major.
// c is there if and only if s.Accumulate is set. All are Float64 or all
// Float32; views are taken as they are where BLAS can. Products are added up
// in the order given, whatever the number of threads. As in gonum's BLAS a
// zero in op(a) may hide a NaN or an infinity in op(b), and the other way round.
// Errors: ErrShape, ErrDType, ErrMemory.
func Gemm(mem Allocator, threads int, s GemmSpec, c *Block, ab ...*Block) (*Block, error) {
	if len(ab) == 0 || len(ab)%2 != 0 || (c != nil) != s.Accumulate {
		return nil, fmt.Errorf("%w: gemm of %d factors, accumulate %t with c %v", ErrShape, len(ab), s.Accumulate, c)
	}
	if err := checkMatrices("gemm", ab...); err != nil {
		return nil, err
	}
	m, n := opShape(ab[0], s.TransA)[0], opShape(ab[1], s.TransB)[1]
	out, err := NewBlock(mem, ab[0].dtype, m, n)
	if err != nil {
		return nil, err
	}
	beta := 0.0
	if c != nil {
		if err := Assign(out, c); err != nil {
			out.Release()
			return nil, fmt.Errorf("gemm: c: %w", err)
		}
		beta = 1
	}
	for i := 0; i < len(ab); i += 2 {
		if err := GemmInto(mem, threads, s, ab[i], ab[i+1], beta, out); err != nil {
			out.Release()
			return nil, err
		}
		beta = 1
	}
	return out, nil
}

// GemmInto overwrites c, which is still being made and whose rows are
// contiguous, with beta·c + Alpha·op(a)·op(b). With a beta of 0 it does not
// read c. s.Accumulate says nothing here. Errors are those of [Gemm]; mem is
// used for copies of views that BLAS cannot take.
func GemmInto(mem Allocator, threads int, s GemmSpec, a, b *Block, beta float64, c *Block) error {
	if err := checkMatrices("gemm", a, b, c); err != nil {
		return err
	}
	as, bs := opShape(a, s.TransA), opShape(b, s.TransB)
	if as[1] != bs[0] || as[0] != c.shape[0] || bs[1] != c.shape[1] || !hasRows(c.shape, c.strides) {
		return fmt.Errorf("%w: gemm: %v (transposed: %t) times %v (transposed: %t) to %v with strides %v",
			ErrShape, a, s.TransA, b, s.TransB, c, c.strides)
	}
	x, flipA, err := operand(mem, a)
	if err != nil {
		return err
	}
	defer x.Release()
	y, flipB, err := operand(mem, b)
	if err != nil {
		return err
	}
	defer y.Release()
	transA, transB := s.TransA != flipA, s.TransB != flipB
	if c.dtype == Float64 {
		gemm(threads, transA, transB, s.Alpha, matrixOf[float64](x), matrixOf[float64](y), beta, matrixOf[float64](c))
	} else {
		gemm(threads, transA, transB, float32(s.Alpha), matrixOf[float32](x), matrixOf[float32](y), float32(beta), matrixOf[float32](c))
	}
	return nil
}

// opShape returns the shape of a matrix, or of its transpose.
func opShape(b *Block, trans bool) [2]int {
	if trans {
		return [2]int{b.shape[1], b.shape[0]}
	}
	return [2]int{b.shape[0], b.shape[1]}
}

// matProduct is c = beta·c + alpha·op(a)·op(b), to be computed.
type matProduct[T Float] struct {
	transA, transB bool
	alpha, beta    T
	a, b, c        matrix[T]
}

func gemm[T Float](threads int, transA, transB bool, alpha T, a, b matrix[T], beta T, c matrix[T]) {
	p := matProduct[T]{transA, transB, alpha, beta, a, b, c}
	rows, cols := spans(c.rows, tileRows), spans(c.cols, tileCols)
	parallel(threads, len(rows)*len(cols), func(i int) {
		p.tile(rows[i/len(cols)], cols[i%len(cols)])
	})
}

// tile computes one tile of c, along the inner axis in steps that keep the
// panel of b in cache.
func (p *matProduct[T]) tile(r, q span) {
	c := p.c.sub(r.lo, q.lo, r.len(), q.len())
	inner := p.a.cols
	if p.transA {
		inner = p.a.rows
	}
	if inner == 0 {
		scale(c, p.beta)
		return
	}
	beta := p.beta
	for _, k := range spans(inner, tileInner) {
		a, b := p.a, p.b
		if p.transA {
			a = a.sub(k.lo, r.lo, k.len(), r.len())
		} else {
			a = a.sub(r.lo, k.lo, r.len(), k.len())
		}
		if p.transB {
			b = b.sub(q.lo, k.lo, q.len(), k.len())
		} else {
			b = b.sub(k.lo, q.lo, k.len(), q.len())
		}
		gemmTile(p.transA, p.transB, p.alpha, a, b, beta, c)
		beta = 1
	}
}

// scale multiplies c by beta; 0 overwrites whatever is there.
func scale[T Float](c matrix[T], beta T) {
	for i := range c.rows {
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
