package check

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// cases returns a comparison for each op, type and operation, on shapes that no
// tile divides. With tf32, products of float32 may be so far off.
func cases(tf32 bool) (all []*comparison) {
	for _, t := range []kernels.DType{kernels.Float64, kernels.Float32} {
		ps := append(products(t), factors(t)...)
		for _, c := range ps {
			if tf32 && t == kernels.Float32 {
				c.tol = tf32Tolerance
			}
		}
		all = append(all, ps...)
		all = append(all, functions(t)...)
		all = append(all, reductions(t)...)
		all = append(all, randoms(t)...)
		all = append(all, created(t)...)
	}
	return append(append(all, exact()), moves()...)
}

// tf32Tolerance is that of products of a few hundred elements whose factors have
// 11 significant bits.
const tf32Tolerance = 4e-3

// tolerance is that of products and sums of a few hundred elements.
func tolerance(t kernels.DType) float64 {
	if t == kernels.Float32 {
		return 1e-5
	}
	return 1e-13
}

// uniform returns a block of numbers between a and b.
func uniform(t kernels.DType, a, b float64, shape ...int) *kernels.Block {
	x, err := kernels.Random(kernels.DefaultAllocator(), kernels.RandomSpec{
		Dist: kernels.Uniform, DType: t, Seed: uint64(len(shape)), Stream: uint64(shape[0]), A: a, B: b,
		Global: shape, Shape: shape, Offset: make([]int, len(shape)),
	})
	if err != nil {
		panic(fmt.Sprintf("gpu: check: random block of %v %v: %v", t, shape, err))
	}
	return x
}

func products(t kernels.DType) (all []*comparison) {
	const m, n, k = 129, 65, 257
	for _, s := range []kernels.GemmSpec{
		{Alpha: 1}, {Alpha: -0.5, TransA: true}, {Alpha: 2, TransB: true}, {Alpha: 1, TransA: true, TransB: true}, {Alpha: 1, Accumulate: true},
	} {
		a, b := uniform(t, -1, 1, m, k), uniform(t, -1, 1, k, n)
		name := fmt.Sprintf("gemm %v %d×%d×%d", t, m, n, k)
		if s.TransA {
			a, name = uniform(t, -1, 1, k, m), name+", a transposed"
		}
		if s.TransB {
			b, name = uniform(t, -1, 1, n, k), name+", b transposed"
		}
		in := []*kernels.Block{a, b}
		if s.Accumulate {
			in, name = append([]*kernels.Block{uniform(t, -1, 1, m, n)}, in...), name+", added"
		}
		all = append(all, &comparison{
			name: name, op: gpu.OpGemm, attr: s.Append(nil), tol: tolerance(t), in: in,
			cpu: func(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
				if s.Accumulate {
					return kernels.Gemm(mem, 1, s, in[0], in[1:]...)
				}
				return kernels.Gemm(mem, 1, s, nil, in...)
			},
		})
	}
	return all
}

// functions are the operations whose results are rounded one way or the other.
func functions(t kernels.DType) (all []*comparison) {
	for _, f := range []struct {
		name string
		op   expr.Op
	}{
		{"exp", expr.Exp}, {"expm1", expr.Expm1}, {"log", expr.Log}, {"log1p", expr.Log1p},
		{"sin", expr.Sin}, {"cos", expr.Cos}, {"tan", expr.Tan}, {"tanh", expr.Tanh},
	} {
		b := expr.NewBuilder()
		r, err := b.Apply(f.op, b.Input(typeOf(t)))
		all = append(all, elementwise(fmt.Sprintf("%s %v", f.name, t), b, r, err, tolerance(t), uniform(t, 0.1, 1.5, 33, 77)))
	}
	b := expr.NewBuilder()
	x, y := b.Input(typeOf(t)), b.Input(typeOf(t))
	r, err := b.Apply(expr.Pow, x, y)
	return append(all, elementwise(fmt.Sprintf("pow %v, a row for every row", t), b, r, err, tolerance(t), uniform(t, 0.1, 3, 33, 77), uniform(t, -2, 2, 77)))
}

func typeOf(t kernels.DType) expr.Type {
	if t == kernels.Float32 {
		return expr.Float32
	}
	return expr.Float64
}

// elementwise is a comparison of a program of one result.
func elementwise(name string, b *expr.Builder, r expr.Ref, err error, tol float64, in ...*kernels.Block) *comparison {
	p, err2 := b.Program(r)
	if err := errors.Join(err, err2); err != nil {
		panic(fmt.Sprintf("gpu: check: program of %s: %v", name, err))
	}
	return &comparison{
		name: name, op: gpu.OpElementwise, attr: p.Append(nil), tol: tol, in: in,
		cpu: func(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
			out, err := expr.EvalBlocks(mem, p, in)
			if err != nil {
				return nil, err
			}
			return out[0], nil
		},
	}
}

// exact is a program of what has one right answer: roots, fused multiply-adds,
// divisions, comparisons and a choice.
func exact() *comparison {
	b := expr.NewBuilder()
	var errs []error
	apply := func(op expr.Op, args ...expr.Ref) expr.Ref {
		r, err := b.Apply(op, args...)
		errs = append(errs, err)
		return r
	}
	x, y := b.Input(expr.Float64), b.Input(expr.Float64)
	root := apply(expr.Sqrt, apply(expr.Abs, x))
	fused := apply(expr.FMA, root, y, x)
	rest := apply(expr.Mod, fused, y)
	r := apply(expr.Where, apply(expr.Lt, x, y), apply(expr.Div, fused, y), apply(expr.Floor, rest))
	return elementwise("sqrt, fma, mod, div, floor, <, where, bit by bit", b, r, errors.Join(errs...), 0,
		uniform(kernels.Float64, -3, 3, 41, 53), uniform(kernels.Float64, 0.5, 2, 53))
}

func reductions(t kernels.DType) (all []*comparison) {
	for op := kernels.Sum; op <= kernels.All; op++ {
		for _, axes := range [][]int{{0}, {2}, {0, 2}, {0, 1, 2}} {
			s := kernels.ReduceSpec{Op: op, DType: t, Axes: axes}
			c := &comparison{
				name: fmt.Sprintf("%v %v over axes %v", op, t, axes), op: gpu.OpReduce, then: gpu.OpFinish, attr: s.Append(nil),
				in: []*kernels.Block{uniform(t, -1, 1, 17, 33, 9)},
				cpu: func(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
					return kernels.Reduce(mem, s, in[0])
				},
			}
			if op == kernels.Sum || op == kernels.Prod || op >= kernels.Mean && op <= kernels.Std {
				c.tol = tolerance(t)
			}
			all = append(all, c)
		}
	}
	return all
}

func moves() []*comparison {
	x := func() []*kernels.Block { return []*kernels.Block{uniform(kernels.Float64, -1, 1, 19, 31, 7)} }
	turn := kernels.TransposeSpec{Axes: []int{2, 0, 1}}
	cut := kernels.SliceSpec{Start: []int{18, 1, 3}, Count: []int{6, 15, 1}, Step: []int{-3, 2, 1}, Drop: []bool{false, false, true}}
	pieces := kernels.AssembleSpec{Lengths: [][]int{{5, 7}, {3, 40}}}
	flat := kernels.ReshapeSpec{Shape: []int{31, 133}}
	return []*comparison{
		{name: "transpose", op: gpu.OpTranspose, attr: turn.Append(nil), in: x(),
			cpu: func(_ kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
				return in[0].Transpose(turn.Axes...)
			}},
		{name: "slice, backwards and by steps", op: gpu.OpSlice, attr: cut.Append(nil), in: x(),
			cpu: func(_ kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) { return in[0].Slice(cut) }},
		{name: "assemble", op: gpu.OpAssemble, attr: pieces.Append(nil),
			in:  []*kernels.Block{uniform(kernels.Float64, 0, 1, 5, 3), uniform(kernels.Float64, 0, 1, 5, 40), uniform(kernels.Float64, 0, 1, 7, 3), uniform(kernels.Float64, 0, 1, 7, 40)},
			cpu: assembled},
		{name: "reshape", op: gpu.OpReshape, attr: flat.Append(nil), in: x(),
			cpu: func(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error) {
				return kernels.Reshape(mem, in[0], flat.Shape...)
			}},
	}
}
