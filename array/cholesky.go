package array

import (
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// cholesky is the tiled factorisation of Buttari et al., "A class of parallel
// tiled linear algebra algorithms for multicore architectures" (2009), in its
// left-looking form: block (i,j) is updated by all blocks to its left at once.
type cholesky struct{ meta }

// Cholesky returns the lower triangular L with a = L·Lᵀ. Only the lower
// triangle of a is read. If a is not positive definite the computation fails
// and names the block and the leading minor.
func (a *Array) Cholesky() *Array {
	if bad := matrices("cholesky", a); bad != nil {
		return bad
	}
	a, bad := square("cholesky", a)
	if bad != nil {
		return bad
	}
	return fromNode(&cholesky{newMeta("cholesky", a.Chunks(), a.DType(), nil, a)})
}

// square checks that a is a square matrix and cuts its columns as its rows.
func square(op string, a *Array) (*Array, *Array) {
	if s := a.Shape(); s[0] != s[1] {
		return nil, fail(op, "shape %v is not square", s)
	}
	rows := a.Chunks()[0]
	return a.Rechunk(Chunks{rows, rows}), nil
}

func (n *cholesky) lower(l *lowering, at []int) graph.Dep {
	i, j := at[0], at[1]
	shape := n.chunks.Block(at)
	size := int64(product(shape)) * int64(n.dtype.Size())
	if j > i {
		s := kernels.CreateSpec{DType: n.dtype, Shape: shape}
		return l.add(OpCreate, graph.Cost{Bytes: size, Output: size}, s.Append(nil)).Whole()
	}
	self := l.self(n)
	var terms []term
	for k := range j {
		terms = append(terms, term{l.block(self, []int{i, k}), l.block(self, []int{j, k}), n.chunks[0][k]})
	}
	c := l.block(n.operands[0], []int{i, j})
	if len(terms) > 0 {
		c = addProducts(l, kernels.GemmSpec{TransB: true, Alpha: -1}, shape, n.dtype, &c, terms)
	}
	m := int64(shape[0])
	if i == j {
		return l.add(OpPotrf, graph.Cost{Flops: m * m * m / 3, Bytes: 2 * size, Output: size}, nil, c).Whole()
	}
	diag := l.block(self, []int{j, j})
	k := int64(shape[1])
	spec := kernels.TrsmSpec{Right: true, Trans: true} // X·L_jjᵀ = C
	return l.add(OpTrsm, graph.Cost{Flops: m * k * k, Bytes: 2 * size, Output: size}, spec.Append(nil), diag, c).Whole()
}

// self returns the array of the node being lowered, whose other blocks it
// needs.
func (l *lowering) self(n node) *Array {
	return (&Array{node: n, spec: l.spec}).respec(l.spec)
}
