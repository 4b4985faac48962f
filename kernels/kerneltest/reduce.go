package kerneltest

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// Reductions is an implementation of the three steps of a reduction.
type Reductions struct {
	Partial func(mem kernels.Allocator, s kernels.ReduceSpec, b *kernels.Block) (*kernels.Block, error)
	Combine func(mem kernels.Allocator, s kernels.ReduceSpec, states ...*kernels.Block) (*kernels.Block, error)
	Finish  func(mem kernels.Allocator, s kernels.ReduceSpec, state *kernels.Block) (*kernels.Block, error)
}

var reduceOps = []kernels.ReduceOp{
	kernels.Sum, kernels.Prod, kernels.Min, kernels.Max, kernels.Mean, kernels.Var, kernels.Std,
	kernels.ArgMin, kernels.ArgMax, kernels.Any, kernels.All,
}

// norms are the reductions that a device need not have.
var norms = []kernels.ReduceOp{kernels.Norm1, kernels.Norm2, kernels.NormInf}

var realTypes = []kernels.DType{kernels.Float64, kernels.Float32, kernels.Int64, kernels.Int32, kernels.Uint8}

// Reduce is the suite of reductions: every operation and type, over every set
// of axes of awkward shapes, whole and in chunks, with NaN and infinities,
// against plain loops; and one answer to the bit for any layout in memory.
func Reduce(t testing.TB, impl Reductions) {
	t.Helper()
	reduceAll(t, impl, reduceOps)
}

// Norms is the suite of norms, as Reduce is.
func Norms(t testing.TB, impl Reductions) {
	t.Helper()
	reduceAll(t, impl, norms)
}

func reduceAll(t testing.TB, impl Reductions, ops []kernels.ReduceOp) {
	t.Helper()
	shapes := [][]int{{}, {1}, {7}, {1500}, {40, 3}, {3, 600}, {1, 5}, {33, 300}, {4, 5, 6}, {2, 3, 4, 5}, {3, 1, 20}}
	for _, op := range ops {
		for _, dt := range realTypes {
			r := reducer{t, Alloc(t), rand.New(rand.NewPCG(5, uint64(dt))), impl}
			for i, shape := range shapes {
				for set := range 1 << len(shape) {
					s := kernels.ReduceSpec{Op: op, DType: dt, KeepDims: (i+set)&1 == 1, DDof: i & 1}
					for k := range shape {
						if set>>k&1 == 1 {
							s.Axes = append(s.Axes, k)
						}
					}
					r.check(s, shape, false)
					if dt == kernels.Float64 || dt == kernels.Float32 {
						r.check(s, shape, true)
					}
				}
			}
		}
	}
}

type reducer struct {
	t    testing.TB
	mem  *Allocator
	rng  *rand.Rand
	impl Reductions
}

// check reduces random elements, some of them special if asked for.
func (r reducer) check(s kernels.ReduceSpec, shape []int, special bool) {
	r.t.Helper()
	what := fmt.Sprintf("%v of %v%v over %v, special %t", s.Op, s.DType, shape, s.Axes, special)
	b := must(kernels.NewBlock(r.mem, s.DType, shape...))(r.t)
	defer b.Release()
	specials := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), tiny(s.DType)}
	if s.Op == kernels.Prod {
		specials = specials[:4] // what is next to zero depends on the order
	}
	fill(b, func(int) float64 {
		switch {
		case special && r.rng.IntN(4) == 0:
			return specials[r.rng.IntN(len(specials))]
		case s.Op == kernels.Prod && s.DType.IsFloat():
			return 1 + r.rng.NormFloat64()/16
		case s.DType.IsFloat():
			return 3 + r.rng.NormFloat64()
		}
		return float64(r.rng.IntN(6))
	})
	want := naive(s, shape, Floats(r.t, b))
	whole := r.reduce(what, s, b)
	if whole == nil {
		return
	}
	defer whole.Release()
	r.compare(what, s, shape, whole, want)
	for l := Transposed; l < Layouts; l++ {
		view := Arrange(r.t, r.mem, b, l)
		if got := r.reduce(what, s, view); got != nil {
			sameBits(r.t, fmt.Sprintf("%s, %v", what, l), got, whole)
			got.Release()
		}
		view.Release()
	}
	if len(s.Axes) > 0 && b.Size() > 1 {
		if got := r.chunked(what, s, b); got != nil {
			r.compare(what+" in chunks", s, shape, got, want)
			got.Release()
		}
	}
}

func (r reducer) reduce(what string, s kernels.ReduceSpec, b *kernels.Block) *kernels.Block {
	r.t.Helper()
	p, err := r.impl.Partial(r.mem, s, b)
	if err != nil {
		r.t.Errorf("%s: partial: %v", what, err)
		return nil
	}
	defer p.Release()
	got, err := r.impl.Finish(r.mem, s, p)
	if err != nil {
		r.t.Errorf("%s: finish: %v", what, err)
		return nil
	}
	return got
}

// chunked cuts the first reduced axis at random and merges what the chunks
// give.
func (r reducer) chunked(what string, s kernels.ReduceSpec, b *kernels.Block) *kernels.Block {
	r.t.Helper()
	axis, shape := s.Axes[0], b.Shape()
	cuts := []int{0, r.rng.IntN(shape[axis] + 1), r.rng.IntN(shape[axis] + 1), shape[axis]}
	slices.Sort(cuts)
	s.Global = shape
	var states []*kernels.Block
	for i := range 3 {
		cut := kernels.SliceSpec{Start: make([]int, len(shape)), Count: slices.Clone(shape), Step: make([]int, len(shape)), Drop: make([]bool, len(shape))}
		cut.Start[axis], cut.Count[axis] = cuts[i], cuts[i+1]-cuts[i]
		for k := range shape {
			cut.Step[k] = 1
		}
		chunk := must(b.Slice(cut))(r.t)
		s.Offset = cut.Start
		p, err := r.impl.Partial(r.mem, s, chunk)
		chunk.Release()
		if err != nil {
			r.t.Errorf("%s: partial of chunk at %v: %v", what, cut.Start, err)
			return nil
		}
		defer p.Release()
		states = append(states, p)
	}
	sum, err := r.impl.Combine(r.mem, s, states...)
	if err != nil {
		r.t.Errorf("%s: combine: %v", what, err)
		return nil
	}
	defer sum.Release()
	got, err := r.impl.Finish(r.mem, s, sum)
	if err != nil {
		r.t.Errorf("%s: finish: %v", what, err)
		return nil
	}
	return got
}

// answer is a number with the error that it may have.
type answer struct{ value, limit float64 }

func (r reducer) compare(what string, s kernels.ReduceSpec, shape []int, got *kernels.Block, want []answer) {
	r.t.Helper()
	var outer []int
	for i, n := range shape {
		if !slices.Contains(s.Axes, i) {
			outer = append(outer, n)
		} else if s.KeepDims {
			outer = append(outer, 1)
		}
	}
	if result, err := s.Result(); err != nil || got.DType() != result || !slices.Equal(got.Shape(), outer) {
		r.t.Errorf("%s: result is %v, want %v%v (%v)", what, got, result, outer, err)
		return
	}
	for i, v := range Floats(r.t, got) {
		w := want[i]
		if got.DType() == kernels.Float32 {
			w = answer{float64(float32(w.value)), w.limit + tiny(kernels.Float32)}
		}
		if math.IsNaN(v) && math.IsNaN(w.value) || v == w.value {
			continue
		}
		if math.IsInf(w.value, 0) || !(math.Abs(v-w.value) <= w.limit) {
			r.t.Errorf("%s: element %d is %v, want %v ± %v", what, i, v, w.value, w.limit)
			return
		}
	}
}

// naive reduces by collecting, for each element of the answer, the elements
// that go into it, in order.
func naive(s kernels.ReduceSpec, shape []int, data []float64) []answer {
	n := 1
	for i, k := range shape {
		if !slices.Contains(s.Axes, i) {
			n *= k
		}
	}
	groups := make([][]float64, n)
	for i, v := range data {
		to, rest, stride := 0, i, 1
		for k := len(shape) - 1; k >= 0; k-- {
			if !slices.Contains(s.Axes, k) {
				to += rest % shape[k] * stride
				stride *= shape[k]
			}
			rest /= shape[k]
		}
		groups[to] = append(groups[to], v)
	}
	out := make([]answer, n)
	for i, g := range groups {
		out[i] = naiveOne(s, g)
	}
	return out
}

func naiveOne(s kernels.ReduceSpec, xs []float64) answer {
	result := 0.0 // rounding of the result
	if s.DType == kernels.Float32 {
		result = 0x1p-23
	}
	n := float64(len(xs))
	switch s.Op {
	case kernels.Sum:
		sum, size := exactSum(xs)
		return answer{sum, size*80*0x1p-52 + math.Abs(sum)*result}
	case kernels.Prod:
		p := 1.0
		for _, x := range xs {
			p *= x
		}
		if s.DType.IsInteger() {
			return answer{wrappedProduct(xs), 0}
		}
		return answer{p, math.Abs(p) * (n*0x1p-52 + result)}
	case kernels.Mean:
		sum, size := exactSum(xs)
		return answer{sum / n, size/n*80*0x1p-52 + math.Abs(sum/n)*result}
	case kernels.Var, kernels.Std:
		v := naiveVar(xs, max(n-float64(s.DDof), 0))
		limit := v * (1e-12 + result)
		if s.Op == kernels.Std {
			return answer{math.Sqrt(v), math.Sqrt(v) * (1e-12 + result)}
		}
		return answer{v, limit}
	case kernels.Any, kernels.All:
		all := !slices.Contains(xs, 0)
		any := slices.ContainsFunc(xs, func(x float64) bool { return x != 0 })
		if all && s.Op == kernels.All || any && s.Op == kernels.Any {
			return answer{1, 0}
		}
		return answer{0, 0}
	}
	if slices.Contains(norms, s.Op) {
		return naiveNorm(s.Op, xs, result)
	}
	at := naiveExtreme(xs, s.Op == kernels.Max || s.Op == kernels.ArgMax)
	if s.Op == kernels.ArgMin || s.Op == kernels.ArgMax {
		return answer{float64(at), 0}
	}
	return answer{xs[at], 0}
}

// naiveExtreme returns the position of the first NaN, else of the first least
// or greatest element.
func naiveExtreme(xs []float64, most bool) int {
	best := 0
	for i, x := range xs {
		if math.IsNaN(x) {
			return i
		}
		if most && x > xs[best] || !most && x < xs[best] {
			best = i
		}
	}
	return best
}

func naiveVar(xs []float64, n float64) float64 {
	sum, _ := exactSum(xs)
	mean := sum / float64(len(xs))
	var squares []float64
	for _, x := range xs {
		squares = append(squares, (x-mean)*(x-mean))
	}
	m2, _ := exactSum(squares)
	return m2 / n
}

// exactSum adds with Neumaier's compensation, and adds up the absolute values.
func exactSum(xs []float64) (sum, size float64) {
	var lost, plain float64
	for _, x := range xs {
		t := sum + x
		if math.Abs(sum) >= math.Abs(x) {
			lost += (sum - t) + x
		} else {
			lost += (x - t) + sum
		}
		sum, size, plain = t, size+math.Abs(x), plain+x
	}
	if math.IsInf(plain, 0) || math.IsNaN(plain) {
		return plain, size
	}
	return sum + lost, size
}

// wrappedProduct multiplies as int64 does.
func wrappedProduct(xs []float64) float64 {
	p := int64(1)
	for _, x := range xs {
		p *= int64(x)
	}
	return float64(p)
}

// naiveNorm takes the squares with 400 bits, which neither overflow nor underflow.
func naiveNorm(op kernels.ReduceOp, xs []float64, rounding float64) answer {
	wide := func(x float64) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(x) }
	total, most, infinite := wide(0), 0.0, false
	for _, x := range xs {
		if math.IsNaN(x) {
			return answer{value: x}
		}
		if infinite = infinite || math.IsInf(x, 0); infinite {
			continue
		}
		most = max(most, math.Abs(x))
		if op == kernels.Norm1 {
			total.Add(total, wide(math.Abs(x)))
		} else {
			total.Add(total, new(big.Float).SetPrec(400).Mul(wide(x), wide(x)))
		}
	}
	switch {
	case infinite && !slices.ContainsFunc(xs, math.IsNaN):
		return answer{value: math.Inf(1)}
	case infinite:
		return answer{value: math.NaN()}
	case op == kernels.NormInf:
		return answer{most, 0}
	case op == kernels.Norm2:
		total.Sqrt(total)
	}
	v, _ := total.Float64()
	return answer{v, v*(80*0x1p-52+rounding) + 0x1p-1074}
}
