package kernels

import (
	"math"

	"gonum.org/v1/gonum/blas"

	ours "github.com/ashlar-go/ashlar/kernels/blas"
)

// reflectBlock is how many columns are factored one by one.
const reflectBlock = 8

// reflect factors a panel of at least as many rows as columns into Householder
// reflectors whose product is I − v·t·vᵀ: it leaves R on and above the diagonal
// of a. v has the shape of a; t, as wide, is zero before and upper triangular
// after. The left half of the columns is factored, then what that
// leaves of the right one, so that most of the work is in products (Elmroth and
// Gustavson, "Applying recursion to serial and parallel QR factorization leads
// to better performance", 2000).
func reflect(threads int, a, v, t matrix[float64]) {
	m, n := a.rows, a.cols
	if n <= reflectBlock {
		reflectColumns(a, v, t)
		return
	}
	l := (n/2 + reflectBlock - 1) / reflectBlock * reflectBlock
	r := n - l
	left := reflector{v: v.sub(0, 0, m, l), t: t.sub(0, 0, l, l)}
	reflect(threads, a.sub(0, 0, m, l), left.v, left.t)
	left.apply(threads, true, a.sub(0, l, m, r))
	for i := range l {
		clear(v.row(i)[l:])
	}
	below, corner := v.sub(l, l, m-l, r), t.sub(l, l, r, r)
	reflect(threads, a.sub(l, l, m-l, r), below, corner)
	w, tw := newMatrix[float64](l, r), newMatrix[float64](l, r)
	gemm(threads, 1, v.sub(l, 0, m-l, l).flip(), below, 0, w)
	gemm(threads, 1, w, corner, 0, tw)
	gemm(threads, -1, left.t, tw, 0, t.sub(0, l, l, r))
}

// reflectColumns factors a few columns one by one, from a copy in which each
// is contiguous.
func reflectColumns(a, v, t matrix[float64]) {
	m, n := a.rows, a.cols
	ld := m + 8 // columns a power of two apart would get into each other's way
	raw := defaultPool.AllocateDirty(n * ld * 8)
	defer defaultPool.Free(raw)
	columns := reinterpret[float64](raw)
	for i := range m {
		for j, x := range a.row(i) {
			columns[j*ld+i] = x
		}
	}
	var tau, w [reflectBlock]float64
	for j := range n {
		tau[j] = reflectColumn(columns[j*ld+j:], m-j, ld, n-j-1, w[:])
	}
	for i := range n {
		for j := i; j < n; j++ {
			a.row(i)[j], columns[j*ld+i] = columns[j*ld+i], 0
		}
		columns[i*ld+i] = 1
	}
	for i := range m {
		row := v.row(i)
		for j := range row {
			row[j] = columns[j*ld+i]
		}
	}
	for j := range n {
		t.row(j)[j] = tau[j]
		ours.Implementation{}.Dgemv(blas.NoTrans, j, m-j, -tau[j], columns[j:], ld, columns[j*ld+j:], 1, 0, w[:], 1)
		for i := range j { // T's first columns times w
			t.row(i)[j] = dot(t.row(i)[i:j], w[i:j])
		}
	}
}

// reflectColumn makes the reflection of the first of columns of m values, ld
// apart, and applies it to the rest that follow. It returns its factor.
func reflectColumn(columns []float64, m, ld, rest int, w []float64) float64 {
	x := columns[:m]
	tau := householder(x)
	if rest > 0 && tau != 0 {
		var impl ours.Implementation
		first := x[0]
		x[0] = 1
		impl.Dgemv(blas.NoTrans, rest, m, 1, columns[ld:], ld, x, 1, 0, w, 1)
		impl.Dger(rest, m, -tau, w, 1, x, 1, columns[ld:], ld)
		x[0] = first
	}
	return tau
}

// householder overwrites x with the vector whose reflection leaves nothing of
// x but its first element: that is in the place of the vector's first element,
// which is 1. It returns the factor of the reflection. Norms that overflow or
// vanish when squared are left to LAPACK.
func householder(x []float64) float64 {
	var impl ours.Implementation
	alpha, rest := x[0], x[1:]
	squares := 0.0
	if len(rest) > 0 {
		squares = impl.Ddot(len(rest), rest, 1, rest, 1)
	}
	if squares == 0 || !(squares > 0x1p-900 && squares < 0x1p1000 && math.Abs(alpha) < 0x1p500) {
		beta, tau := larfg(alpha, rest)
		x[0] = beta
		return tau
	}
	beta := -math.Copysign(math.Sqrt(alpha*alpha+squares), alpha)
	impl.Dscal(len(rest), 1/(alpha-beta), rest, 1)
	x[0] = beta
	return (beta - alpha) / beta
}
