package array

import (
	"math"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// reshaped gives each block another shape; blocks stay where they are.
type reshaped struct{ meta }

// Reshape gives the array another shape of the same size, in row-major order.
// One length may be -1 and is then what is left. Only the leading axis of the
// result is cut, near where the operand was; if the operand is cut elsewhere,
// it is rechunked first.
func (a *Array) Reshape(shape ...int) *Array {
	if a.err != nil {
		return a
	}
	shape, bad := a.inferLength(shape)
	if bad != nil {
		return bad
	}
	if len(shape) == 0 || a.NDim() == 0 || a.Size() == 0 {
		whole := a.Rechunk(Regular(a.Shape(), make([]int, a.NDim())))
		c := Regular(shape, make([]int, len(shape)))
		return fromNode(&reshaped{newMeta("reshape", c, a.DType(), nil, whole)})
	}
	in, out := a.Size()/a.Shape()[0], a.Size()/shape[0] // elements per leading index
	rows, leading := alignRows(a.Chunks()[0], in, out)
	c := Regular(shape, make([]int, len(shape)))
	c[0] = leading
	from := Regular(a.Shape(), make([]int, a.NDim()))
	from[0] = rows
	return fromNode(&reshaped{newMeta("reshape", c, a.DType(), nil, a.Rechunk(from))})
}

func (a *Array) inferLength(shape []int) ([]int, *Array) {
	out := append([]int{}, shape...)
	known, free := 1, -1
	for i, n := range out {
		if n == -1 && free < 0 {
			free = i
			continue
		}
		if n < 0 {
			return nil, fail("reshape", "shape %v", shape)
		}
		if n > 0 && known > math.MaxInt/n {
			return nil, fail("reshape", "shape %v holds more elements than there can be, the array %v has %d", shape, a.Shape(), a.Size())
		}
		known *= n
	}
	if free >= 0 && known > 0 && a.Size()%known == 0 {
		out[free] = a.Size() / known
		known = a.Size()
	}
	if known != a.Size() || free >= 0 && out[free] < 0 {
		return nil, fail("reshape", "shape %v holds %d elements, the array %v has %d", shape, known, a.Shape(), a.Size())
	}
	return out, nil
}

// alignRows cuts a leading axis, whose positions hold in elements each, as near
// to the given chunks as positions of out elements allow. It returns the cut
// before and after.
func alignRows(chunks []int, in, out int) (before, after []int) {
	unit := lcm(in, out)
	pending := 0
	for i, n := range chunks {
		pending += n * in
		cut := pending / unit * unit
		if i == len(chunks)-1 {
			cut = pending
		}
		if cut > 0 {
			before, after = append(before, cut/in), append(after, cut/out)
			pending -= cut
		}
	}
	return before, after
}

func lcm(a, b int) int {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

func (n *reshaped) lower(l *lowering, at []int) graph.Dep {
	from := make([]int, n.operands[0].NDim())
	if len(at) > 0 && len(from) > 0 {
		from[0] = at[0]
	}
	size := n.operands[0].blockBytes(from)
	spec := kernels.ReshapeSpec{Shape: n.chunks.Block(at)}
	return l.add(OpReshape, graph.Cost{Output: size}, spec.Append(nil), l.block(n.operands[0], from)).Whole()
}
