package array

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// elementwise applies a program to operands that broadcast against each other.
// Along every axis the chunks of an operand are those of the result, or one
// chunk of length 1.
type elementwise struct {
	meta
	prog *expr.Program
}

// newElementwise builds the array of prog over operands, cut to fit.
func newElementwise(op string, prog *expr.Program, operands []*Array) *Array {
	c, bad := commonChunks(op, operands)
	if bad != nil {
		return bad
	}
	fitted := make([]*Array, len(operands))
	for i, a := range operands {
		fitted[i] = a.Rechunk(fit(a, c))
	}
	t := dtypeOf(prog.OutputTypes()[0])
	return fromNode(&elementwise{newMeta(op, c, t, prog.Append(nil), fitted...), prog})
}

// commonChunks broadcasts shapes as numpy does, and cuts each axis wherever an
// operand is cut.
func commonChunks(op string, operands []*Array) (Chunks, *Array) {
	var c Chunks
	for _, a := range operands {
		for len(c) < a.NDim() {
			c = append(Chunks{{1}}, c...)
		}
	}
	for _, a := range operands {
		for i, ax := range a.Chunks() {
			k := len(c) - a.NDim() + i
			n, m := sum(c[k]), sum(ax)
			switch {
			case m == n:
				c[k] = merge(c[k], ax)
			case n == 1:
				c[k] = ax
			case m != 1:
				return nil, fail(op, "operands of shapes %s do not broadcast: axis %d is %d and %d", shapes(operands), k, n, m)
			}
		}
	}
	return c, nil
}

func shapes(as []*Array) string {
	s := ""
	for i, a := range as {
		if i > 0 {
			s += " and "
		}
		s += fmt.Sprint(a.Shape())
	}
	return s
}

func sum(xs []int) int {
	t := 0
	for _, x := range xs {
		t += x
	}
	return t
}

// merge cuts an axis wherever one of two cuttings of equal length does.
func merge(a, b []int) []int {
	if slices.Equal(a, b) {
		return a
	}
	var out []int
	i, j, left, right := 0, 0, a[0], b[0]
	for {
		n := min(left, right)
		out = append(out, n)
		if left -= n; left == 0 {
			if i++; i == len(a) {
				return out
			}
			left = a[i]
		}
		if right -= n; right == 0 {
			j++
			right = b[j]
		}
	}
}

// fit returns the chunks that a has under the broadcast chunks c.
func fit(a *Array, c Chunks) Chunks {
	f := slices.Clone(c[len(c)-a.NDim():])
	for i, ax := range a.Chunks() {
		if sum(ax) == 1 {
			f[i] = []int{1}
		}
	}
	return f
}

func (e *elementwise) lower(l *lowering, at []int) graph.Dep {
	f := l.fused[e.key]
	if f == nil {
		f = l.fuse(e)
		l.fused[e.key] = f
	}
	deps := make([]graph.Dep, len(f.inputs))
	for i, a := range f.inputs {
		deps[i] = l.block(a, broadcastPlace(a, at))
	}
	n := int64(product(e.chunks.Block(at)))
	cost := graph.Cost{Flops: n * int64(len(f.prog.Instrs)), Output: n * int64(e.dtype.Size())}
	cost.Bytes = cost.Output * int64(1+len(deps))
	return l.add(OpElementwise, cost, f.prog.Append(nil), deps...).Whole()
}

// broadcastPlace returns the place in a's grid of the block that meets the
// block of the result at the given place.
func broadcastPlace(a *Array, at []int) []int {
	p := slices.Clone(at[len(at)-a.NDim():])
	for i, ax := range a.Chunks() {
		if len(ax) == 1 {
			p[i] = 0
		}
	}
	return p
}

// fuse inlines the elementwise operands of e that nobody else uses.
func (l *lowering) fuse(e *elementwise) *fusion {
	b := expr.NewBuilder()
	f := &fusion{}
	bound := map[graph.Key]expr.Ref{}
	out := l.inline(b, f, bound, e)
	prog, err := b.Program(out)
	if err != nil {
		panic(fmt.Sprintf("array: fusing %v: %v", e.key, err)) // every part was valid by itself
	}
	f.prog = prog
	return f
}

func (l *lowering) inline(b *expr.Builder, f *fusion, bound map[graph.Key]expr.Ref, e *elementwise) expr.Ref {
	args := make([]expr.Ref, len(e.operands))
	for i, o := range e.operands {
		r, ok := bound[o.key]
		if !ok {
			if inner, is := o.node.(*elementwise); is && l.uses[o.key] == 1 && o.spec.Equal(l.spec) && inner.chunks.Equal(e.chunks) {
				r = l.inline(b, f, bound, inner)
			} else {
				r = b.Input(typeOf(o.DType()))
				f.inputs = append(f.inputs, o)
			}
			bound[o.key] = r
		}
		args[i] = r
	}
	outs, err := b.Inline(e.prog, args...)
	if err != nil {
		panic(fmt.Sprintf("array: inlining %v: %v", e.key, err))
	}
	return outs[0]
}

var exprTypes = map[kernels.DType]expr.Type{
	kernels.Float64: expr.Float64, kernels.Float32: expr.Float32, kernels.Int64: expr.Int64,
	kernels.Int32: expr.Int32, kernels.Uint8: expr.Uint8, kernels.Bool: expr.Bool,
}

// typeOf returns the expression type of d; Invalid for complex numbers, which
// expressions do not have.
func typeOf(d kernels.DType) expr.Type { return exprTypes[d] }

func dtypeOf(t expr.Type) kernels.DType {
	for d, e := range exprTypes { // order-free: the map is one to one
		if e == t {
			return d
		}
	}
	panic(fmt.Sprintf("array: no element type for %v", t))
}
