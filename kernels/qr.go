package kernels

// QR returns the thin factorisation a = q·r of an m×n matrix, k = min(m, n): q
// is m×k with orthonormal columns, r k×n upper triangular. It is the blocked
// Householder method of Schreiber and Van Loan, "A storage-efficient WY
// representation for products of Householder transformations" (1989). Float32
// is factored in float64. Errors: ErrShape, ErrDType, ErrMemory.
func QR(mem Allocator, threads int, a *Block) (q, r *Block, err error) {
	work, err := inFloat64(mem, "qr", a)
	if err != nil {
		return nil, nil, err
	}
	defer work.Release()
	k := min(a.shape[0], a.shape[1])
	if q, err = Zeros(mem, Float64, a.shape[0], k); err != nil {
		return nil, nil, err
	}
	if r, err = Zeros(mem, Float64, k, a.shape[1]); err != nil {
		q.Release()
		return nil, nil, err
	}
	x := matrixOf[float64](work)
	panels := qrFactor(threads, x)
	rm := matrixOf[float64](r)
	for i := range k {
		copy(rm.row(i)[i:], x.row(i)[i:])
	}
	qrForm(threads, panels, matrixOf[float64](q))
	return toDType(mem, a.dtype, q, r)
}

// A reflector is the product I − v·t·vᵀ of the Householder reflections of one
// panel, which act on rows from first on.
type reflector struct {
	first int
	v, t  matrix[float64]
}

// qrFactor overwrites a with R on and above the diagonal.
func qrFactor(threads int, a matrix[float64]) []reflector {
	var out []reflector
	for _, p := range spans(min(a.rows, a.cols), factorBlock/2) {
		panel := a.sub(p.lo, p.lo, a.rows-p.lo, p.len())
		r := reflector{first: p.lo, t: reflect(panel), v: unitLower(panel)}
		if right := a.cols - p.hi; right > 0 {
			r.apply(threads, true, a.sub(p.lo, p.hi, a.rows-p.lo, right))
		}
		out = append(out, r)
	}
	return out
}

// qrForm overwrites zeros with the first columns of the product of reflectors.
func qrForm(threads int, rs []reflector, q matrix[float64]) {
	for i := range q.cols {
		q.row(i)[i] = 1
	}
	for i := len(rs) - 1; i >= 0; i-- {
		first := rs[i].first // columns before it are still those of the identity
		rs[i].apply(threads, false, q.sub(first, first, q.rows-first, q.cols-first))
	}
}

// unitLower returns the vectors that are stored below the diagonal, with the
// ones and zeros that are not stored.
func unitLower(panel matrix[float64]) matrix[float64] {
	v := newMatrix[float64](panel.rows, panel.cols)
	for i := range v.rows {
		copy(v.row(i)[:min(i, v.cols)], panel.row(i))
		if i < v.cols {
			v.row(i)[i] = 1
		}
	}
	return v
}

// apply multiplies c from the left by the reflector, or by its transpose.
func (r reflector) apply(threads int, trans bool, c matrix[float64]) {
	w := newMatrix[float64](r.v.cols, c.cols)
	gemm(threads, 1, r.v.flip(), c, 0, w)
	t := r.t
	if trans {
		t = t.flip()
	}
	tw := newMatrix[float64](w.rows, w.cols)
	gemm(threads, 1, t, w, 0, tw)
	gemm(threads, -1, r.v, tw, 1, c)
}

// inFloat64 returns a fresh row-major copy of a matrix as Float64.
func inFloat64(mem Allocator, op string, a *Block) (*Block, error) {
	if err := checkMatrices(op, a); err != nil {
		return nil, err
	}
	if a.dtype == Float64 {
		return Clone(mem, a)
	}
	return AsType(mem, a, Float64)
}

// toDType takes over x and y and returns them as t.
func toDType(mem Allocator, t DType, x, y *Block) (*Block, *Block, error) {
	defer releaseAll(x, y)
	p, err := AsType(mem, x, t)
	if err != nil {
		return nil, nil, err
	}
	q, err := AsType(mem, y, t)
	if err != nil {
		p.Release()
		return nil, nil, err
	}
	return p, q, nil
}
