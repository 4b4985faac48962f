package array

import (
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// Tall-skinny QR of Demmel, Grigori, Hoemmen and Langou, "Communication-optimal
// parallel and sequential QR and LU factorizations" (2012), in the direct form
// of Benson, Gleich and Demmel (2013): the blocks of rows are factored, their R
// stacked and factored in turn, in groups of qrFanIn, until one R is left; Q is
// the product of the Q on the way down.
const qrFanIn = 8

// qrTree is the factorisation of one matrix. Both results lower through it, so
// that the factors are computed once.
type qrTree struct {
	rows []int
	cols int
}

// tallR and tallQ are the two results. Their operand is the matrix.
type (
	tallR struct {
		meta
		qrTree
	}
	tallQ struct {
		meta
		qrTree
	}
)

// QR returns the thin factorisation a = q·r of a matrix with at least as many
// rows as columns: q has the shape of a and orthonormal columns, r is upper
// triangular. The columns become one chunk, and every chunk of rows gets at
// least as many rows as there are columns.
func (a *Array) QR() (q, r *Array) {
	return a.thinQR("qr", "")
}

// thinQR is QR on behalf of the named operation. A wide matrix is an error that
// ends in the advice.
func (a *Array) thinQR(op, advice string) (q, r *Array) {
	if bad := matrices(op, a); bad != nil {
		return bad, bad
	}
	s := a.Shape()
	if s[1] == 0 {
		bad := fail(op, "shape %v: the matrix has no columns", s)
		return bad, bad
	}
	if s[0] < s[1] {
		bad := fail(op, "shape %v: the matrix needs at least as many rows as columns%s", s, advice)
		return bad, bad
	}
	rows := tallRows(a.Chunks()[0], s[1])
	a = a.Rechunk(Chunks{rows, {s[1]}})
	tree := qrTree{rows, s[1]}
	r = fromNode(&tallR{newMeta("qr-r", Chunks{{s[1]}, {s[1]}}, a.DType(), nil, a), tree})
	q = fromNode(&tallQ{newMeta("qr-q", a.Chunks(), a.DType(), nil, a), tree})
	return q, r
}

// tallRows joins chunks of rows until each has at least least rows.
func tallRows(rows []int, least int) []int {
	var out []int
	n := 0
	for _, r := range rows {
		if n += r; n >= least {
			out, n = append(out, n), 0
		}
	}
	if n > 0 {
		if len(out) == 0 {
			return []int{n}
		}
		out[len(out)-1] += n
	}
	return out
}

// levels returns the factorisations from the blocks of rows up to the root:
// levels[0][i] is that of block i, and factor i of a level belongs to group
// i/qrFanIn of the next.
func (t qrTree) levels(l *lowering, a *Array) [][]graph.Ref {
	level := make([]graph.Ref, len(t.rows))
	for i, m := range t.rows {
		level[i] = t.factor(l, a, m, l.block(a, []int{i, 0}))
	}
	levels := [][]graph.Ref{level}
	for len(level) > 1 {
		var up []graph.Ref
		for lo := 0; lo < len(level); lo += qrFanIn {
			group := level[lo:min(lo+qrFanIn, len(level))]
			deps := make([]graph.Dep, len(group))
			pieces := Chunks{nil, {t.cols}}
			for i, ref := range group {
				deps[i] = ref.Part(1)
				pieces[0] = append(pieces[0], t.cols)
			}
			m := t.cols * len(group)
			stack := deps[0]
			if len(deps) > 1 {
				size := int64(m*t.cols) * int64(a.DType().Size())
				stack = l.add(OpAssemble, graph.Cost{Bytes: 2 * size, Output: size}, kernels.AssembleSpec{Lengths: pieces}.Append(nil), deps...).Whole()
			}
			up = append(up, t.factor(l, a, m, stack))
		}
		level = up
		levels = append(levels, level)
	}
	return levels
}

// factor adds the task that factors one block of m rows into parts Q and R.
func (t qrTree) factor(l *lowering, a *Array, m int, block graph.Dep) graph.Ref {
	mn, n := int64(m)*int64(t.cols), int64(t.cols)
	size := (mn + n*n) * int64(a.DType().Size())
	return l.add(OpQR, graph.Cost{Flops: 4 * mn * n, Bytes: 2 * size, Output: size, Scratch: size}, nil, block)
}

// qrTasks is a factorisation as lowered: the factors of each level, and the
// rows of Q of each factor as far as they were asked for.
type qrTasks struct {
	tree   qrTree
	a      *Array
	levels [][]graph.Ref
	q      map[[2]int]graph.Dep
}

func (l *lowering) qr(t qrTree, a *Array) *qrTasks {
	f := l.trees[a.key]
	if f == nil {
		f = &qrTasks{tree: t, a: a, levels: t.levels(l, a), q: map[[2]int]graph.Dep{}}
		l.trees[a.key] = f
	}
	return f
}

func (n *tallR) lower(l *lowering, _ []int) graph.Dep {
	levels := l.qr(n.qrTree, n.operands[0]).levels
	return levels[len(levels)-1][0].Part(1)
}

func (n *tallQ) lower(l *lowering, at []int) graph.Dep {
	return l.qr(n.qrTree, n.operands[0]).rows(l, 0, at[0])
}

// rows returns the rows of Q that belong to factor i of a level: its own Q
// times the rows of Q that its R had in the level above.
func (f *qrTasks) rows(l *lowering, level, i int) graph.Dep {
	own := f.levels[level][i].Part(0)
	if level == len(f.levels)-1 {
		return own
	}
	if d, ok := f.q[[2]int{level, i}]; ok {
		return d
	}
	n := f.tree.cols
	above := f.rows(l, level+1, i/qrFanIn)
	if group := min(qrFanIn, len(f.levels[level])-i/qrFanIn*qrFanIn); group > 1 {
		size := int64(n*n) * int64(f.a.DType().Size())
		s := kernels.SliceSpec{
			Start: []int{i % qrFanIn * n, 0}, Count: []int{n, n}, Step: []int{1, 1}, Drop: []bool{false, false},
		}
		above = l.add(OpSlice, graph.Cost{Bytes: 2 * size, Output: size}, s.Append(nil), above).Whole()
	}
	m := f.tree.rows[i%len(f.tree.rows)]
	if level > 0 {
		m = n * min(qrFanIn, len(f.levels[level-1])-i*qrFanIn)
	}
	d := addProducts(l, kernels.GemmSpec{Alpha: 1}, []int{m, n}, f.a.DType(), nil, []term{{own, above, n}})
	f.q[[2]int{level, i}] = d
	return d
}
