package kernels

import (
	"fmt"
	"slices"
)

// Trsm returns the X that solves op(t)·X = b, or X·op(t) = b with s.Right, for
// a triangular t: t is n×n and b n×m (m×n with Right). The other triangle of
// t, and with s.Unit its diagonal, is not read. A zero on the diagonal gives
// infinities or NaN, as in BLAS. Errors: ErrShape, ErrDType, ErrMemory.
func Trsm(mem Allocator, threads int, s TrsmSpec, t, b *Block) (*Block, error) {
	if err := checkMatrices("trsm", t, b); err != nil {
		return nil, err
	}
	if n := opShape(b, s.Right)[0]; t.shape[0] != n || t.shape[1] != n {
		return nil, fmt.Errorf("%w: trsm: triangle %v, right side %v (on the right: %t)", ErrShape, t, b, s.Right)
	}
	a, flip, err := operand(mem, t)
	if err != nil {
		return nil, err
	}
	defer a.Release()
	if flip { // the transpose of a lower triangle is an upper one
		s.Trans, s.Upper = !s.Trans, !s.Upper
	}
	x, err := Clone(mem, b)
	if err != nil {
		return nil, err
	}
	if x.dtype == Float64 {
		trsm(threads, s, matrixOf[float64](a), matrixOf[float64](x))
	} else {
		trsm(threads, s, matrixOf[float32](a), matrixOf[float32](x))
	}
	return x, nil
}

// factorBlock is the width of the panels of blocked factorisations and solves:
// what is outside the panels is matrix products.
const factorBlock = 64

// trsm overwrites x, panel by panel: each panel is solved with its diagonal
// block and its contribution taken off all panels that are still to come.
func trsm[T Float](threads int, s TrsmSpec, t, x matrix[T]) {
	n := t.rows
	forward := (s.Upper == s.Trans) != s.Right
	panels := spans(n, factorBlock)
	if !forward {
		slices.Reverse(panels)
	}
	for _, p := range panels {
		solvePanel(threads, s, t.sub(p.lo, p.lo, p.len(), p.len()), panelOf(s, x, p))
		rest := span{p.hi, n}
		if !forward {
			rest = span{0, p.lo}
		}
		if rest.len() == 0 {
			continue
		}
		var link matrix[T] // between the panel and the rest, as stored
		if s.Right == s.Trans {
			link = t.sub(rest.lo, p.lo, rest.len(), p.len())
		} else {
			link = t.sub(p.lo, rest.lo, p.len(), rest.len())
		}
		if s.Right {
			gemm(threads, false, s.Trans, -1, panelOf(s, x, p), link, 1, panelOf(s, x, rest))
		} else {
			gemm(threads, s.Trans, false, -1, link, panelOf(s, x, p), 1, panelOf(s, x, rest))
		}
	}
}

// panelOf returns the rows of x that p names, or the columns if the triangle
// is on the right.
func panelOf[T Float](s TrsmSpec, x matrix[T], p span) matrix[T] {
	if s.Right {
		return x.sub(0, p.lo, x.rows, p.len())
	}
	return x.sub(p.lo, 0, p.len(), x.cols)
}

// solvePanel solves with one diagonal block; what it is solved for is
// independent from row to row or column to column, and cut up that way.
func solvePanel[T Float](threads int, s TrsmSpec, t, x matrix[T]) {
	if s.Right {
		cuts := spans(x.rows, tileRows)
		parallel(threads, len(cuts), func(i int) {
			trsmTile(s, t, x.sub(cuts[i].lo, 0, cuts[i].len(), x.cols))
		})
		return
	}
	cuts := spans(x.cols, tileRows)
	parallel(threads, len(cuts), func(i int) {
		trsmTile(s, t, x.sub(0, cuts[i].lo, x.rows, cuts[i].len()))
	})
}
