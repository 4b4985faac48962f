package array

import (
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// taken picks positions along an axis. A block of it takes what it needs from
// each chunk where that is, so that only those rows travel, and puts them in order.
type taken struct {
	meta
	axis    int
	indices []int
}

// Take picks the given positions along an axis, in their order and as often as they
// are there, as numpy does; negative ones count from the end. The result is cut
// into pieces of the longest chunk's length. The positions travel with the tasks.
func (a *Array) Take(along int, indices []int) *Array {
	if a.err != nil {
		return a
	}
	k, bad := axis("take", a, along)
	if bad != nil {
		return bad
	}
	at, bad := places("take", a, k, indices)
	if bad != nil {
		return bad
	}
	return fromNode(&taken{newMeta("take", pieces(a, k, len(at)), a.DType(), appendInts(appendInts(nil, []int{k}), at), a), k, at})
}

// pieces is the chunks of a with n positions along axis k.
func pieces(a *Array, k, n int) Chunks {
	c := slices.Clone(a.Chunks())
	longest := max(slices.Max(a.Chunks()[k]), 1)
	c[k] = nil
	for left := n; left > 0 || c[k] == nil; left -= longest {
		c[k] = append(c[k], min(left, longest))
	}
	return c
}

// places resolves negative positions.
func places(op string, a *Array, k int, indices []int) ([]int, *Array) {
	n := a.Shape()[k]
	at := make([]int, len(indices))
	for i, x := range indices {
		if x < -n || x >= n {
			return nil, fail(op, "position %d (entry %d) of axis %d, length %d, of shape %v", x, i, k, n, a.Shape())
		}
		at[i] = x
		if x < 0 {
			at[i] += n
		}
	}
	return at, nil
}

// Compress keeps the positions along an axis for which keep is set, as numpy does;
// keep has an entry for each. A mask that is an array is computed first, since the
// shape of what it keeps is not known before.
func (a *Array) Compress(along int, keep []bool) *Array {
	if a.err != nil {
		return a
	}
	k, bad := axis("compress", a, along)
	if bad != nil {
		return bad
	}
	if n := a.Shape()[k]; len(keep) != n {
		return fail("compress", "a mask of %d entries for axis %d, length %d, of shape %v", len(keep), k, n, a.Shape())
	}
	var at []int
	for i, set := range keep {
		if set {
			at = append(at, i)
		}
	}
	return a.Take(k, at)
}

// source is the positions that are taken from one chunk, and where they go.
type source struct {
	chunk   int
	indices []int // in the chunk
	to      []int
}

// sources sorts the positions by chunk, in the order of chunks.
func sources(ax, indices []int) []source {
	byChunk := make([]source, len(ax))
	ends := make([]int, len(ax)) // of the chunks
	end := 0
	for i, n := range ax {
		end += n
		ends[i] = end
	}
	for i, x := range indices {
		c, _ := slices.BinarySearch(ends, x+1)
		s := &byChunk[c]
		s.chunk = c
		s.indices, s.to = append(s.indices, x-(ends[c]-ax[c])), append(s.to, i)
	}
	return slices.DeleteFunc(byChunk, func(s source) bool { return len(s.indices) == 0 })
}

func (n *taken) lower(l *lowering, at []int) graph.Dep {
	a, from := n.operands[0], slices.Clone(at)
	start := n.chunks.Offset(at)[n.axis]
	count := n.chunks[n.axis][at[n.axis]]
	row := int64(n.dtype.Size())
	for i, k := range n.chunks.Block(at) {
		if i != n.axis {
			row *= int64(k)
		}
	}
	take := func(indices []int, deps ...graph.Dep) graph.Dep {
		size := row * int64(len(indices))
		attr := kernels.TakeSpec{Axis: n.axis, Indices: indices}.Append(nil)
		return l.add(OpTake, graph.Cost{Bytes: 2 * size, Output: size}, attr, deps...).Whole()
	}
	parts := sources(a.Chunks()[n.axis], n.indices[start:start+count])
	if len(parts) <= 1 {
		from[n.axis] = 0
		var indices []int
		if len(parts) == 1 {
			from[n.axis], indices = parts[0].chunk, parts[0].indices
		}
		return take(indices, l.block(a, from))
	}
	order := make([]int, count) // where in the parts, side by side, each position is
	var deps []graph.Dep
	seen := 0
	for _, p := range parts {
		from[n.axis] = p.chunk
		deps = append(deps, take(p.indices, l.block(a, from)))
		for _, to := range p.to {
			order[to] = seen
			seen++
		}
	}
	return take(order, deps...)
}

// replaced is an array with other values at some positions along an axis.
type replaced struct {
	meta
	axis    int
	indices []int
}

// Put returns a with the given positions along an axis replaced, in their order, by
// those of values, whose other axes are as long as a's: of a position that is there
// twice the last counts. Negative positions count from the end.
func (a *Array) Put(along int, indices []int, values *Array) *Array {
	if bad := firstErr(a, values); bad != nil {
		return bad
	}
	k, bad := axis("put", a, along)
	if bad != nil {
		return bad
	}
	at, bad := places("put", a, k, indices)
	if bad != nil {
		return bad
	}
	want := slices.Clone(a.Shape())
	want[k] = len(indices)
	if values.DType() != a.DType() || !slices.Equal(values.Shape(), want) {
		return fail("put", "values are %v of %v, want %v of %v for %d positions of axis %d", values.Shape(), values.DType(), want, a.DType(), len(indices), k)
	}
	c := slices.Clone(a.Chunks())
	c[k] = values.Chunks()[k]
	fitted := values.Rechunk(c)
	return fromNode(&replaced{newMeta("put", a.Chunks(), a.DType(), appendInts(appendInts(nil, []int{k}), at), a, fitted), k, at})
}

func (n *replaced) lower(l *lowering, at []int) graph.Dep {
	a, values := n.operands[0], n.operands[1]
	own := l.block(a, at)
	start := n.chunks.Offset(at)[n.axis]
	count := n.chunks[n.axis][at[n.axis]]
	var which, into []int // of the values, and where they go in this block
	for i, x := range n.indices {
		if x >= start && x < start+count {
			which, into = append(which, i), append(into, x-start)
		}
	}
	if len(which) == 0 {
		return own
	}
	size := a.blockBytes(at)
	deps, order := []graph.Dep{own}, make([]int, 0, len(into))
	from := slices.Clone(at)
	for _, p := range sources(values.Chunks()[n.axis], which) {
		from[n.axis] = p.chunk
		part := size / int64(count) * int64(len(p.indices))
		attr := kernels.TakeSpec{Axis: n.axis, Indices: p.indices}.Append(nil)
		deps = append(deps, l.add(OpTake, graph.Cost{Bytes: 2 * part, Output: part}, attr, l.block(values, from)).Whole())
		for _, to := range p.to {
			order = append(order, into[to])
		}
	}
	attr := kernels.TakeSpec{Axis: n.axis, Indices: order}.Append(nil)
	return l.add(OpScatter, graph.Cost{Bytes: 2 * size, Output: size}, attr, deps...).Whole()
}

func init() {
	register(OpTake, 1, func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseTakeSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return kernels.TakeFrom(mem, s.Axis, s.Indices, in...)
	})
	register(OpScatter, 2, func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseTakeSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return kernels.Scatter(mem, in[0], s.Axis, s.Indices, in[1:]...)
	})
}
