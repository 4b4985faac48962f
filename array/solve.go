package array

import (
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// triangular is blocked substitution: the rows of X one after the other,
// forwards or backwards, each after its products with the rows before it.
type triangular struct {
	meta
	upper, trans bool
}

// SolveTriangular returns X with T·X = b, or Tᵀ·X = b with trans, for a lower
// or (upper) upper triangular T; the other triangle is not read. b has as many
// rows as T and any number of columns; a vector is a matrix of one column. If
// T has a zero on its diagonal the result has infinities or NaN, as in BLAS.
func SolveTriangular(t, b *Array, upper, trans bool) *Array {
	const op = "solve triangular"
	if bad := firstErr(t, b); bad != nil {
		return bad
	}
	if b.NDim() == 1 {
		return SolveTriangular(t, b.ExpandDims(1), upper, trans).column()
	}
	if bad := matrices(op, t, b); bad != nil {
		return bad
	}
	t, bad := square(op, t)
	if bad != nil {
		return bad
	}
	if t.Shape()[0] != b.Shape()[0] {
		return fail(op, "the matrix has shape %v, the right side %v", t.Shape(), b.Shape())
	}
	c := Chunks{t.Chunks()[0], b.Chunks()[1]}
	b = b.Rechunk(c)
	params := kernels.TrsmSpec{Upper: upper, Trans: trans}.Append(nil)
	return fromNode(&triangular{newMeta("trsm", c, t.DType(), params, t, b), upper, trans})
}

// column drops the second of two axes, which has length 1.
func (a *Array) column() *Array {
	if a.err != nil {
		return a
	}
	return a.Slice(All(), At(0))
}

func (n *triangular) lower(l *lowering, at []int) graph.Dep {
	i, j := at[0], at[1]
	t, self := n.operands[0], l.self(n)
	forwards := n.upper == n.trans
	var before []int // the rows of X that row i needs, in the order they are solved
	if forwards {
		for k := range i {
			before = append(before, k)
		}
	} else {
		for k := len(n.chunks[0]) - 1; k > i; k-- {
			before = append(before, k)
		}
	}
	var terms []term
	for _, k := range before {
		p := []int{i, k}
		if n.trans {
			p = []int{k, i}
		}
		terms = append(terms, term{l.block(t, p), l.block(self, []int{k, j}), n.chunks[0][k]})
	}
	shape := n.chunks.Block(at)
	c := l.block(n.operands[1], at)
	if len(terms) > 0 {
		c = addProducts(l, kernels.GemmSpec{TransA: n.trans, Alpha: -1}, shape, n.dtype, &c, terms)
	}
	size := int64(product(shape)) * int64(n.dtype.Size())
	m, k := int64(shape[0]), int64(shape[1])
	spec := kernels.TrsmSpec{Upper: n.upper, Trans: n.trans}
	diag := l.block(t, []int{i, i})
	return l.add(OpTrsm, graph.Cost{Flops: m * m * k, Bytes: 2 * size, Output: size}, spec.Append(nil), diag, c).Whole()
}

// SolvePositive returns X with a·X = b for a symmetric positive definite a, by
// Cholesky factorisation. Only the lower triangle of a is read.
func SolvePositive(a, b *Array) *Array {
	f := a.Cholesky()
	return SolveTriangular(f, SolveTriangular(f, b, false, false), false, true)
}

// Lstsq returns the X that minimises ‖a·X − b‖₂ for each column of b, by QR
// factorisation. a is tall and has full column rank: if not, the result has
// infinities or NaN.
func Lstsq(a, b *Array) *Array {
	if bad := firstErr(a, b); bad != nil {
		return bad
	}
	if b.NDim() == 1 {
		return Lstsq(a, b.ExpandDims(1)).column()
	}
	if bad := matrices("lstsq", a, b); bad != nil {
		return bad
	}
	if a.Shape()[0] != b.Shape()[0] {
		return fail("lstsq", "the matrix has shape %v, the right side %v", a.Shape(), b.Shape())
	}
	q, r := a.thinQR("lstsq", "")
	return SolveTriangular(r, MatMulT(q, b, true, false), true, false)
}
