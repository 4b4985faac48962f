package kernels

import (
	"fmt"
	"slices"
)

// Trsm returns the X that solves op(t)·X = b, or X·op(t) = b with s.Right, for
// a triangular t: t is n×n and b n×m (m×n with Right). The other triangle of
// t, and with s.Unit its diagonal, is not used. A zero on the diagonal gives
// infinities or NaN, as in BLAS. Errors: ErrShape, ErrDType, ErrMemory.
func Trsm(mem Allocator, threads int, s TrsmSpec, t, b *Block) (*Block, error) {
	if err := checkMatrices("trsm", t, b); err != nil {
		return nil, err
	}
	if n := opShape(b, s.Right)[0]; t.shape[0] != n || t.shape[1] != n {
		return nil, fmt.Errorf("%w: trsm: triangle %v, right side %v (on the right: %t)", ErrShape, t, b, s.Right)
	}
	x, err := Clone(mem, b)
	if err != nil {
		return nil, err
	}
	if x.dtype == Float64 {
		trsm(threads, s, opOf[float64](t, s.Trans), matrixOf[float64](x))
	} else {
		trsm(threads, s, opOf[float32](t, s.Trans), matrixOf[float32](x))
	}
	return x, nil
}

// factorBlock is the width of the panels of blocked factorisations and solves:
// what is outside the panels is matrix products.
const factorBlock = blasEdge

// trsm overwrites x, panel by panel: each panel is solved with its diagonal
// block and its contribution taken off all panels that are still to come. t is
// transposed already if it was to be.
func trsm[T Float](threads int, s TrsmSpec, t, x matrix[T]) {
	upper := s.Upper != s.Trans
	n, forward := t.rows, upper == s.Right
	panels := spans(n, factorBlock)
	if !forward {
		slices.Reverse(panels)
	}
	for _, p := range panels {
		rest := span{p.hi, n}
		if !forward {
			rest = span{0, p.lo}
		}
		diag := t.sub(p.lo, p.lo, p.len(), p.len())
		if s.Right {
			solved := x.sub(0, p.lo, x.rows, p.len())
			solvePanel(threads, true, upper, s.Unit, diag, solved)
			gemm(threads, -1, solved, t.sub(p.lo, rest.lo, p.len(), rest.len()), 1, x.sub(0, rest.lo, x.rows, rest.len()))
		} else {
			solved := x.sub(p.lo, 0, p.len(), x.cols)
			solvePanel(threads, false, upper, s.Unit, diag, solved)
			gemm(threads, -1, t.sub(rest.lo, p.lo, rest.len(), p.len()), solved, 1, x.sub(rest.lo, 0, rest.len(), x.cols))
		}
	}
}

// solvePanel solves with one diagonal block, of at most factorBlock rows. What
// it is solved for is independent from row to row or column to column, and cut
// up that way.
func solvePanel[T Float](threads int, right, upper, unit bool, t, x matrix[T]) {
	if x.rows == 0 || x.cols == 0 {
		return
	}
	packed := t.packTo(make([]T, t.rows*blasEdge))
	if right {
		cuts := spans(x.rows, tileEdge)
		parallel(threads, len(cuts), func(i int) {
			solveTriangle(true, upper, unit, packed, x.sub(cuts[i].lo, 0, cuts[i].len(), x.cols))
		})
		return
	}
	cuts := spans(x.cols, tileEdge)
	parallel(threads, len(cuts), func(i int) {
		solveTriangle(false, upper, unit, packed, x.sub(0, cuts[i].lo, x.rows, cuts[i].len()))
	})
}
