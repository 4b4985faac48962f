package array

import (
	"github.com/ashlar-go/ashlar/graph"
)

// onePart is one of the results of a factorisation of a single block.
type onePart struct {
	meta
	op   string
	part int
}

func newPart(name, op string, part int, c Chunks, a *Array) *Array {
	return fromNode(&onePart{newMeta(name, c, a.DType(), nil, a), op, part})
}

func (n *onePart) lower(l *lowering, _ []int) graph.Dep {
	a := n.operands[0]
	k := a.key.With("/" + n.op)
	m := l.memo[k]
	if m == nil {
		at := make([]int, a.NDim())
		size := a.blockBytes(at)
		rows, cols := int64(a.Shape()[0]), int64(a.Shape()[1])
		cost := graph.Cost{Flops: 10 * rows * cols * min(rows, cols), Bytes: 4 * size, Output: 2 * size, Scratch: 2 * size}
		m = &blocks{deps: []graph.Dep{l.bound(n.op, cost, nil, l.block(a, at)).Whole()}}
		l.memo[k] = m
	}
	return m.deps[0].Ref.Part(n.part)
}

// oneBlock rechunks a to a single block.
func (a *Array) oneBlock() *Array { return a.Rechunk(Regular(a.Shape(), make([]int, a.NDim()))) }

// Eigh returns the eigenvalues of a symmetric matrix, ascending, and the
// eigenvectors as columns. Only the lower triangle is read. The matrix is
// brought together as one block, so it must fit a worker.
func (a *Array) Eigh() (values, vectors *Array) {
	if bad := matrices("eigh", a); bad != nil {
		return bad, bad
	}
	if _, bad := square("eigh", a); bad != nil {
		return bad, bad
	}
	a = a.oneBlock()
	n := a.Shape()[0]
	values = newPart("eigenvalues", OpEigh, 0, Chunks{{n}}, a)
	vectors = newPart("eigenvectors", OpEigh, 1, Chunks{{n}, {n}}, a)
	return values, vectors
}

// SVD returns the thin singular value decomposition a = u·diag(s)·vt of a matrix
// with at least as many rows as columns, singular values descending: u has the
// shape of a, s one axis, and vt is square. It factors a = q·r in blocks and
// decomposes r as one block. A wide matrix is decomposed as its transpose.
func (a *Array) SVD() (u, s, vt *Array) {
	q, r := a.thinQR("svd", "; decompose its Transpose(), which has the same singular values, and u and vt change places")
	if r.err != nil {
		return r, r, r
	}
	n := r.Shape()[0]
	square := Chunks{{n}, {n}}
	u = MatMul(q, newPart("svd-u", OpSVD, 0, square, r))
	s = newPart("svd-s", OpSVD, 1, Chunks{{n}}, r)
	vt = newPart("svd-vt", OpSVD, 2, square, r)
	return u, s, vt
}
