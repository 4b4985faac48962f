package array

import (
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// reduceFanIn is how many partial states one task of a reduction merges.
const reduceFanIn = 8

// reduced is a reduction: each block is reduced to a state where it is, and
// the states along the reduced axes are merged in a tree whose shape depends
// on the grid only.
type reduced struct {
	meta
	spec kernels.ReduceSpec
}

// Reduction is a reduction with its options not yet all given; see
// [Array.Reduce].
type Reduction struct {
	Op       kernels.ReduceOp
	Axes     []int // none is all
	KeepDims bool  // reduced axes stay, with length 1
	DDof     int   // Var and Std divide by the number of elements less this
}

// Reduce reduces a over axes. The methods named after reductions are short for
// it.
func (a *Array) Reduce(r Reduction) *Array {
	op := r.Op.String()
	if a.err != nil {
		return a
	}
	ax, bad := axes(op, a, r.Axes)
	if bad != nil {
		return bad
	}
	spec := kernels.ReduceSpec{Op: r.Op, DType: a.DType(), Axes: ax, KeepDims: r.KeepDims, DDof: r.DDof}
	t, err := spec.Result()
	if err != nil {
		return fail(op, "%w", err)
	}
	if r.DDof < 0 {
		return fail(op, "ddof is %d", r.DDof)
	}
	var c Chunks
	for i, sizes := range a.Chunks() {
		if !slices.Contains(ax, i) {
			c = append(c, sizes)
		} else if r.KeepDims {
			c = append(c, []int{1})
		}
	}
	if a.Size() == 0 && product(c.Shape()) > 0 && needsElements(r.Op) {
		return fail(op, "shape %v has no elements along axes %v, and %s of none is undefined", a.Shape(), ax, op)
	}
	return fromNode(&reduced{newMeta(op, c, t, spec.Append(nil), a), spec})
}

func needsElements(op kernels.ReduceOp) bool {
	return op == kernels.Min || op == kernels.Max || op == kernels.NormInf || op == kernels.ArgMin || op == kernels.ArgMax
}

func (n *reduced) lower(l *lowering, at []int) graph.Dep {
	a := n.operands[0]
	grid, fixed := a.Chunks().Grid(), make([]int, a.NDim())
	inner := make([]int, len(n.spec.Axes)) // the part of the grid that is merged
	out := 0
	for i := range grid {
		if k := slices.Index(n.spec.Axes, i); k >= 0 {
			inner[k] = grid[i]
			if n.spec.KeepDims {
				out++
			}
			continue
		}
		fixed[i] = at[out]
		out++
	}
	var states []graph.Dep
	each(inner, func(k []int) {
		from := slices.Clone(fixed)
		for i, ax := range n.spec.Axes {
			from[ax] = k[i]
		}
		states = append(states, n.partial(l, from))
	})
	size := int64(product(n.chunks.Block(at))) * 24
	attr := n.spec.Append(nil)
	for len(states) > 1 {
		var up []graph.Dep
		for group := range slices.Chunk(states, reduceFanIn) {
			if len(group) == 1 {
				up = append(up, group[0])
				continue
			}
			up = append(up, l.bound(OpCombine, graph.Cost{Bytes: size * int64(len(group)), Output: size}, attr, group...).Whole())
		}
		states = up
	}
	return l.bound(OpFinish, graph.Cost{Bytes: size, Output: size}, attr, states[0]).Whole()
}

// partial adds the task that reduces one block to a state.
func (n *reduced) partial(l *lowering, from []int) graph.Dep {
	a := n.operands[0]
	spec := n.spec
	if spec.Op == kernels.ArgMin || spec.Op == kernels.ArgMax {
		spec.Global, spec.Offset = a.Shape(), a.Chunks().Offset(from)
	}
	size := a.blockBytes(from)
	kept := int64(24)
	for i, s := range a.Chunks().Block(from) {
		if !slices.Contains(spec.Axes, i) {
			kept *= int64(s)
		}
	}
	return l.bound(OpReduce, graph.Cost{Flops: size / 8, Bytes: size, Output: kept}, spec.Append(nil), l.block(a, from)).Whole()
}

// Sum adds up over axes, all if none is given. Integers and bools add up as
// Int64.
func (a *Array) Sum(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Sum, Axes: axes}) }

// Prod multiplies over axes.
func (a *Array) Prod(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Prod, Axes: axes}) }

// Mean is the arithmetic mean over axes.
func (a *Array) Mean(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Mean, Axes: axes}) }

// Var is the variance over axes, divided by the number of elements; see
// [Array.Reduce] for others.
func (a *Array) Var(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Var, Axes: axes}) }

// Std is the square root of Var.
func (a *Array) Std(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Std, Axes: axes}) }

// Min is the least element over axes; NaN wins.
func (a *Array) Min(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Min, Axes: axes}) }

// Max is the greatest element over axes; NaN wins.
func (a *Array) Max(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Max, Axes: axes}) }

// ArgMin is the position of the first least element, over several axes the
// row-major position within them.
func (a *Array) ArgMin(axes ...int) *Array {
	return a.Reduce(Reduction{Op: kernels.ArgMin, Axes: axes})
}

// ArgMax is the position of the first greatest element; see ArgMin.
func (a *Array) ArgMax(axes ...int) *Array {
	return a.Reduce(Reduction{Op: kernels.ArgMax, Axes: axes})
}

// Any tells whether some element is not zero.
func (a *Array) Any(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Any, Axes: axes}) }

// All tells whether no element is zero.
func (a *Array) All(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.All, Axes: axes}) }

// Norm1 is the sum of the absolute values over axes.
func (a *Array) Norm1(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Norm1, Axes: axes}) }

// Norm2 is the Euclidean norm over axes, over all that of Frobenius. Squares
// that overflow or underflow do it no harm.
func (a *Array) Norm2(axes ...int) *Array { return a.Reduce(Reduction{Op: kernels.Norm2, Axes: axes}) }

// NormInf is the greatest absolute value over axes; NaN wins.
func (a *Array) NormInf(axes ...int) *Array {
	return a.Reduce(Reduction{Op: kernels.NormInf, Axes: axes})
}

func reduceOp(f func(mem kernels.Allocator, s kernels.ReduceSpec, in []*kernels.Block) (*kernels.Block, error)) blockOp {
	return func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseReduceSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return f(mem, s, in)
	}
}

func init() {
	register(OpReduce, 1, reduceOp(func(mem kernels.Allocator, s kernels.ReduceSpec, in []*kernels.Block) (*kernels.Block, error) {
		return kernels.Partial(mem, s, in[0])
	}))
	register(OpCombine, 1, reduceOp(func(mem kernels.Allocator, s kernels.ReduceSpec, in []*kernels.Block) (*kernels.Block, error) {
		return kernels.Combine(mem, s, in...)
	}))
	register(OpFinish, 1, reduceOp(func(mem kernels.Allocator, s kernels.ReduceSpec, in []*kernels.Block) (*kernels.Block, error) {
		return kernels.Finish(mem, s, in[0])
	}))
}
