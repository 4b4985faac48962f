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
	x, flip, err := operand(mem, a)
	if err != nil {
		return nil, err
	}
	defer x.Release()
	m := opShape(a, s.Trans)[0]
	out, err := NewBlock(mem, a.dtype, m, m)
	if err != nil {
		return nil, err
	}
	beta := 0.0
	if c != nil {
		if err := Assign(out, c); err != nil {
			out.Release()
			return nil, fmt.Errorf("syrk: c: %w", err)
		}
		beta = 1
	}
	if a.dtype == Float64 {
		syrkBoth(threads, s.Trans != flip, s.Alpha, matrixOf[float64](x), beta, matrixOf[float64](out))
	} else {
		syrkBoth(threads, s.Trans != flip, float32(s.Alpha), matrixOf[float32](x), float32(beta), matrixOf[float32](out))
	}
	return out, nil
}

func syrkBoth[T Float](threads int, trans bool, alpha T, a matrix[T], beta T, c matrix[T]) {
	syrk(threads, trans, alpha, a, beta, c)
	for i := range c.rows {
		for j := range i {
			c.data[j*c.ld+i] = c.data[i*c.ld+j]
		}
	}
}

// syrk computes the tiles of c = beta·c + alpha·a·aᵀ, or aᵀ·a with trans, that
// reach into the lower triangle.
func syrk[T Float](threads int, trans bool, alpha T, a matrix[T], beta T, c matrix[T]) {
	p := matProduct[T]{trans, !trans, alpha, beta, a, a, c}
	type tile struct{ rows, cols span }
	var tiles []tile
	for _, r := range spans(c.rows, tileRows) {
		for _, q := range spans(r.hi, tileCols) {
			tiles = append(tiles, tile{r, q})
		}
	}
	parallel(threads, len(tiles), func(i int) { p.tile(tiles[i].rows, tiles[i].cols) })
}
