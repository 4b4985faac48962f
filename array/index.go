package array

import (
	"fmt"
	"math"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A Range selects along one axis. Negative positions count from the end.
type Range struct {
	start, stop, step int
	drop              bool
}

const open = math.MinInt // a bound that was not given

// All selects the whole axis.
func All() Range { return Range{open, open, 1, false} }

// At selects one position and removes the axis.
func At(i int) Range { return Range{i, open, 1, true} }

// From selects from start to the end of the axis.
func From(start int) Range { return Range{start, open, 1, false} }

// To selects from the beginning of the axis to before stop.
func To(stop int) Range { return Range{open, stop, 1, false} }

// Span selects from start to before stop.
func Span(start, stop int) Range { return Range{start, stop, 1, false} }

// By selects every step-th position of r. A negative step goes backwards, from
// the start towards the stop, as in Python.
func (r Range) By(step int) Range { r.step = step; return r }

// resolve returns the first position, the number of positions and the step on
// an axis of length n.
func (r Range) resolve(n int) (first, count, step int, err error) {
	if r.drop {
		if r.start < -n || r.start >= n {
			return 0, 0, 0, fmt.Errorf("position %d of an axis of length %d", r.start, n)
		}
		return (r.start + n) % n, 1, 1, nil
	}
	if r.step == 0 {
		return 0, 0, 0, fmt.Errorf("step 0")
	}
	lo, hi := 0, n
	if r.step < 0 {
		lo, hi = -1, n-1
	}
	bound := func(x, otherwise int) int {
		if x == open {
			return otherwise
		}
		if x < 0 {
			x += n
		}
		return min(max(x, lo), hi)
	}
	if r.step > 0 {
		first, stop := bound(r.start, 0), bound(r.stop, n)
		return first, max(0, (stop-first+r.step-1)/r.step), r.step, nil
	}
	first, stop := bound(r.start, n-1), bound(r.stop, -1)
	return first, max(0, (first-stop-r.step-1)/-r.step), r.step, nil
}

// sliced is a selection: block i along an axis is a piece of one chunk of the
// operand.
type sliced struct {
	meta
	pieces [][]piece // of each axis of the operand
	drop   []bool
}

// A piece is the positions that a selection takes from one chunk.
type piece struct{ chunk, start, count, step int }

// Slice selects along the axes in order; axes that are not named are whole.
// It does not copy until a piece travels.
func (a *Array) Slice(ranges ...Range) *Array {
	if a.err != nil {
		return a
	}
	if len(ranges) > a.NDim() {
		return fail("slice", "%d ranges for an array of shape %v", len(ranges), a.Shape())
	}
	n := &sliced{drop: make([]bool, a.NDim())}
	var c Chunks
	var params []byte
	for i, ax := range a.Chunks() {
		r := All()
		if i < len(ranges) {
			r = ranges[i]
		}
		first, count, step, err := r.resolve(sum(ax))
		if err != nil {
			return fail("slice", "axis %d: %w", i, err)
		}
		params = appendInts(params, []int{first, count, step})
		ps := cutPieces(ax, first, count, step)
		n.pieces = append(n.pieces, ps)
		if n.drop[i] = r.drop; r.drop {
			params = append(params, 1)
			continue
		}
		var sizes []int
		for _, p := range ps {
			sizes = append(sizes, p.count)
		}
		c = append(c, sizes)
	}
	n.meta = newMeta("slice", c, a.DType(), params, a)
	return fromNode(n)
}

// cutPieces splits a selection where it crosses from chunk to chunk. An empty
// selection is one empty piece.
func cutPieces(ax []int, first, count, step int) []piece {
	var out []piece
	if count == 0 {
		return []piece{{0, 0, 0, 1}}
	}
	starts := make([]int, len(ax))
	for i := 1; i < len(ax); i++ {
		starts[i] = starts[i-1] + ax[i-1]
	}
	for pos, left := first, count; left > 0; {
		k := 0
		for k+1 < len(ax) && pos >= starts[k]+ax[k] {
			k++
		}
		n := 0
		if step > 0 {
			n = (starts[k] + ax[k] - pos + step - 1) / step
		} else {
			n = (pos-starts[k])/-step + 1
		}
		n = min(n, left)
		out = append(out, piece{k, pos - starts[k], n, step})
		pos, left = pos+n*step, left-n
	}
	return out
}

func (n *sliced) lower(l *lowering, at []int) graph.Dep {
	src := n.operands[0]
	from := make([]int, len(n.pieces))
	spec := kernels.SliceSpec{}
	whole := true
	out := 0
	for i, ps := range n.pieces {
		p := ps[0]
		if !n.drop[i] {
			p = ps[at[out]]
			out++
		}
		from[i] = p.chunk
		spec.Start = append(spec.Start, p.start)
		spec.Count = append(spec.Count, p.count)
		spec.Step = append(spec.Step, p.step)
		spec.Drop = append(spec.Drop, n.drop[i])
		whole = whole && !n.drop[i] && p.step == 1 && p.count == src.Chunks()[i][p.chunk]
	}
	d := l.block(src, from)
	if whole {
		return d
	}
	size := int64(product(spec.Count)) * int64(n.dtype.Size())
	return l.add(OpSlice, graph.Cost{Bytes: 2 * size, Output: size}, spec.Append(nil), d).Whole()
}

// transposed is a permutation of axes.
type transposed struct {
	meta
	axes []int
}

// Transpose reorders the axes: axis i of the result is axis order[i] of a. No
// order at all reverses them.
func (a *Array) Transpose(order ...int) *Array {
	if a.err != nil {
		return a
	}
	if len(order) == 0 {
		for i := a.NDim() - 1; i >= 0; i-- {
			order = append(order, i)
		}
	}
	seen := make([]bool, a.NDim())
	c := make(Chunks, a.NDim())
	perm := make([]int, a.NDim())
	if len(order) != a.NDim() {
		return fail("transpose", "order %v for an array of shape %v", order, a.Shape())
	}
	for i, k := range order {
		k, bad := axis("transpose", a, k)
		if bad != nil {
			return bad
		}
		if seen[k] {
			return fail("transpose", "order %v names axis %d twice", order, k)
		}
		seen[k], perm[i], c[i] = true, k, a.Chunks()[k]
	}
	return fromNode(&transposed{newMeta("transpose", c, a.DType(), appendInts(nil, perm), a), perm})
}

func (n *transposed) lower(l *lowering, at []int) graph.Dep {
	from := make([]int, len(at))
	for i, k := range n.axes {
		from[k] = at[i]
	}
	d := l.block(n.operands[0], from)
	size := n.operands[0].blockBytes(from)
	return l.add(OpTranspose, graph.Cost{Bytes: 2 * size, Output: size}, kernels.TransposeSpec{Axes: n.axes}.Append(nil), d).Whole()
}

// expanded has axes of length 1 put in.
type expanded struct {
	meta
	at int
}

// ExpandDims puts in an axis of length 1 before axis i; i may be NDim.
func (a *Array) ExpandDims(i int) *Array {
	if a.err != nil {
		return a
	}
	n := a.NDim() + 1
	if i < -n || i >= n {
		return fail("expand dims", "axis %d of an array of %d axes", i, n-1)
	}
	i = (i + n) % n
	c := append(append(append(Chunks{}, a.Chunks()[:i]...), []int{1}), a.Chunks()[i:]...)
	return fromNode(&expanded{newMeta("expand", c, a.DType(), appendInts(nil, []int{i}), a), i})
}

func (n *expanded) lower(l *lowering, at []int) graph.Dep {
	from := append(append([]int{}, at[:n.at]...), at[n.at+1:]...)
	size := n.operands[0].blockBytes(from)
	attr := kernels.ReshapeSpec{Shape: n.chunks.Block(at)}.Append(nil)
	return l.add(OpReshape, graph.Cost{Output: size}, attr, l.block(n.operands[0], from)).Whole()
}
