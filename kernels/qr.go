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
	for _, p := range panels {
		defaultPool.Free(p.raw)
	}
	return toDType(mem, a.dtype, q, r)
}

// A reflector is the product I − v·t·vᵀ of the Householder reflections of one
// panel, which act on rows from first on.
type reflector struct {
	first int
	v, t  matrix[float64]
	raw   []byte // the memory of v
}

// qrBlock is the width of the panels: what is to the right of one is updated
// by products with it.
const qrBlock = 64

// qrFactor overwrites a with R on and above the diagonal.
func qrFactor(threads int, a matrix[float64]) []reflector {
	var out []reflector
	for _, p := range spans(min(a.rows, a.cols), qrBlock) {
		panel := a.sub(p.lo, p.lo, a.rows-p.lo, p.len())
		r := newReflector(p.lo, panel)
		reflect(threads, panel, r.v, r.t)
		if right := a.cols - p.hi; right > 0 {
			r.apply(threads, true, a.sub(p.lo, p.hi, a.rows-p.lo, right))
		}
		out = append(out, r)
	}
	return out
}

func newReflector(first int, panel matrix[float64]) reflector {
	m, n := panel.rows, panel.cols
	raw := defaultPool.AllocateDirty(m * n * 8)
	return reflector{first: first, v: matrix[float64]{reinterpret[float64](raw), 0, m, n, n, 1}, t: newMatrix[float64](n, n), raw: raw}
}

// qrForm overwrites q with the first columns of the product of reflectors.
func qrForm(threads int, rs []reflector, q matrix[float64]) {
	for i := len(rs) - 1; i >= 0; i-- {
		first := rs[i].first // columns before it are those of the identity
		window := q.sub(first, first, q.rows-first, q.cols-first)
		n := rs[i].v.cols
		rs[i].identity(threads, window.sub(0, 0, window.rows, n))
		if right := window.cols - n; right > 0 {
			rs[i].apply(threads, false, window.sub(0, n, window.rows, right))
		}
	}
}

// identity overwrites c with the columns of the reflector itself: what it makes
// of as many columns of the identity as it has vectors.
func (r reflector) identity(threads int, c matrix[float64]) {
	n := r.v.cols
	w := newMatrix[float64](n, n)
	gemm(threads, 1, r.t, r.v.sub(0, 0, n, n).flip(), 0, w)
	gemm(threads, -1, r.v, w, 0, c)
	for i := range n {
		c.row(i)[i]++
	}
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
