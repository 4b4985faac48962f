package array

import (
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// scanned has the prefixes of an array along an axis. Every chunk but the last
// gives its total, the totals in front of a chunk are joined one after the other,
// and a chunk is scanned behind them.
type scanned struct {
	meta
	spec   kernels.ScanSpec
	before *Array // the states of what lies before chunk 1, 2 …; nil if there is one chunk
}

// totals are the states of the chunks along an axis.
type totals struct {
	meta
	spec kernels.ScanSpec
}

// fronts are the states of all chunks up to chunk 0, 1 … along an axis.
type fronts struct {
	meta
	spec kernels.ScanSpec
}

func (a *Array) scan(op kernels.ReduceOp, along int) *Array {
	name := "cum" + op.String()
	if a.err != nil {
		return a
	}
	k, bad := axis(name, a, along)
	if bad != nil {
		return bad
	}
	spec := kernels.ScanSpec{Op: op, DType: a.DType(), Axis: k}
	t, err := spec.Result()
	if err != nil {
		return fail(name, "%w", err)
	}
	n := &scanned{meta: newMeta(name, a.Chunks(), t, spec.Append(nil), a), spec: spec}
	if last := len(a.Chunks()[k]) - 1; last > 0 {
		state, err := spec.State()
		if err != nil {
			return fail(name, "%w", err)
		}
		c := slices.Clone(a.Chunks())
		c[k] = slices.Repeat([]int{1}, last)
		sums := fromNode(&totals{newMeta(name+"-total", c, state, spec.Append(nil), a), spec})
		n.before = fromNode(&fronts{newMeta(name+"-before", c, state, spec.Append(nil), sums), spec})
		n.operands = append(n.operands, n.before)
	}
	return fromNode(n)
}

func (n *totals) lower(l *lowering, at []int) graph.Dep {
	a := n.operands[0]
	size := a.blockBytes(at)
	out := int64(product(n.chunks.Block(at))) * int64(n.dtype.Size())
	cost := graph.Cost{Flops: size / int64(a.DType().Size()), Bytes: size, Output: out}
	return l.add(OpScanTotal, cost, n.spec.Append(nil), l.block(a, at)).Whole()
}

func (n *fronts) lower(l *lowering, at []int) graph.Dep {
	own := l.block(n.operands[0], at)
	k := n.spec.Axis
	if at[k] == 0 {
		return own
	}
	// Those before it are made from the first one on, so that nothing here calls
	// itself as deep as there are chunks.
	self, from := (&Array{node: n}).respec(l.spec), slices.Clone(at)
	for from[k]--; from[k] > 0 && !l.made(self, from); from[k]-- {
	}
	for ; from[k] < at[k]-1; from[k]++ {
		l.block(self, from)
	}
	size := int64(product(n.chunks.Block(at))) * int64(n.dtype.Size())
	return l.add(OpScanCombine, graph.Cost{Bytes: 3 * size, Output: size}, n.spec.Append(nil), l.block(self, from), own).Whole()
}

func (n *scanned) lower(l *lowering, at []int) graph.Dep {
	a, k := n.operands[0], n.spec.Axis
	deps := []graph.Dep{l.block(a, at)}
	if at[k] > 0 {
		from := slices.Clone(at)
		from[k]--
		deps = append(deps, l.block(n.before, from))
	}
	size := int64(product(n.chunks.Block(at)))
	cost := graph.Cost{Flops: size, Bytes: size * int64(a.DType().Size()+n.dtype.Size()), Output: size * int64(n.dtype.Size())}
	return l.add(OpScan, cost, n.spec.Append(nil), deps...).Whole()
}

// Cumulative operations run along one axis, as in numpy, and keep the shape.
// Within a chunk the elements meet one after the other from its first, and what
// the chunks before it give meets that: with floats rounding depends on where the
// array is cut, and on nothing else.

// CumSum is the sum of each element and all before it along an axis. Integers and
// bools add up as Int64; Float32 adds up as Float64.
func (a *Array) CumSum(axis int) *Array { return a.scan(kernels.Sum, axis) }

// CumProd is the product of each element and all before it; see [Array.CumSum].
func (a *Array) CumProd(axis int) *Array { return a.scan(kernels.Prod, axis) }

// CumMin is the least of each element and all before it; from a NaN on it is NaN.
func (a *Array) CumMin(axis int) *Array { return a.scan(kernels.Min, axis) }

// CumMax is the greatest of each element and all before it; from a NaN on it is
// NaN.
func (a *Array) CumMax(axis int) *Array { return a.scan(kernels.Max, axis) }

func scanOp(f func(mem kernels.Allocator, s kernels.ScanSpec, in []*kernels.Block) (*kernels.Block, error)) blockOp {
	return func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseScanSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return f(mem, s, in)
	}
}

func init() {
	register(OpScanTotal, 1, scanOp(func(mem kernels.Allocator, s kernels.ScanSpec, in []*kernels.Block) (*kernels.Block, error) {
		return kernels.ScanTotal(mem, s, in[0])
	}))
	register(OpScanCombine, 2, scanOp(func(mem kernels.Allocator, s kernels.ScanSpec, in []*kernels.Block) (*kernels.Block, error) {
		return s.Combine(mem, in[0], in[1])
	}))
	register(OpScan, 1, scanOp(func(mem kernels.Allocator, s kernels.ScanSpec, in []*kernels.Block) (*kernels.Block, error) {
		if len(in) > 1 {
			return kernels.Scan(mem, s, in[0], in[1])
		}
		return kernels.Scan(mem, s, in[0], nil)
	}))
}
