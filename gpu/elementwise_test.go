package gpu_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"pgregory.net/rapid"
)

// exactOps have one right answer in floating point, so that results on a
// device are those of the CPU bit by bit.
var exactOps = []expr.Op{
	expr.Add, expr.Sub, expr.Mul, expr.Div, expr.FloorDiv, expr.Mod, expr.Min, expr.Max, expr.Neg, expr.Abs, expr.Sign,
	expr.Sqrt, expr.Floor, expr.Ceil, expr.Round, expr.FMA, expr.IsNaN, expr.Eq, expr.Ne, expr.Lt, expr.Le, expr.Gt, expr.Ge,
	expr.And, expr.Or, expr.Xor, expr.Not, expr.Where, expr.Cast,
}

var inputTypes = []expr.Type{expr.Float64, expr.Float32, expr.Bool, expr.Int64, expr.Int32, expr.Uint8}

// TestElementwise evaluates random programs over random broadcast blocks on the
// device and on the CPU.
func TestElementwise(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		rapid.Check(t, func(rt *rapid.T) {
			mem := kerneltest.Alloc(t)
			p := drawProgram(rt)
			in := make([]*kernels.Block, len(p.Inputs))
			vs := make([]graph.Value, len(in))
			shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(rt, "shape")
			for i, typ := range p.Inputs {
				in[i] = drawBlock(rt, mem, typ, shape)
				defer in[i].Release()
				vs[i] = in[i]
			}
			x, err := run(background(mem), l, gpu.OpElementwise, p.Append(nil), vs...)
			if errors.Is(err, gpu.ErrNoGPU) {
				rt.Skip(err) // such as a result of integers
			}
			check(rt, err)
			got := toHost(t, mem, x)
			defer got.Release()
			want, err := expr.EvalBlocks(mem, p, in)
			check(rt, err)
			defer want[0].Release()
			same(t, rt, p, got, want[0])
		})
	})
}

func same(t *testing.T, rt *rapid.T, p *expr.Program, got, want *kernels.Block) {
	if got.DType() != want.DType() || !slices.Equal(got.Shape(), want.Shape()) {
		rt.Fatalf("%v, want %v, of\n%v", got, want, p)
	}
	g, w := kerneltest.Floats(t, got), kerneltest.Floats(t, want)
	for i := range w {
		if math.Float64bits(g[i]) != math.Float64bits(w[i]) && !(g[i] != g[i] && w[i] != w[i]) {
			rt.Fatalf("element %d is %v, want %v, of\n%v", i, g[i], w[i], p)
		}
	}
}

// drawProgram grows a program by applying random operations to random values.
func drawProgram(t *rapid.T) *expr.Program {
	b := expr.NewBuilder()
	var refs []expr.Ref
	for range rapid.IntRange(1, 4).Draw(t, "inputs") {
		refs = append(refs, b.Input(rapid.SampledFrom(inputTypes).Draw(t, "input")))
	}
	refs = append(refs, b.Float(2.5), b.Bool(true))
	pick := func() expr.Ref { return rapid.SampledFrom(refs).Draw(t, "operand") }
	for range rapid.IntRange(1, 20).Draw(t, "steps") {
		op := rapid.SampledFrom(exactOps).Draw(t, "op")
		var r expr.Ref
		var err error
		if op == expr.Cast {
			r, err = b.Cast(pick(), rapid.SampledFrom([]expr.Type{expr.Float64, expr.Float32, expr.Bool}).Draw(t, "to"))
		} else {
			for n := range 4 { // arguments until it type-checks
				if r, err = b.Apply(op, []expr.Ref{pick(), pick(), pick()}[:n]...); err == nil {
					break
				}
			}
		}
		if err == nil {
			refs = append(refs, r)
		}
	}
	p, err := b.Program(refs[len(refs)-1])
	check(t, err)
	return p
}

// drawBlock returns a block that broadcasts to the shape.
func drawBlock(t *rapid.T, mem kernels.Allocator, typ expr.Type, shape []int) *kernels.Block {
	own := slices.Clone(shape[rapid.IntRange(0, len(shape)).Draw(t, "leading axes"):])
	for i := range own {
		if rapid.Bool().Draw(t, "broadcast") {
			own[i] = 1
		}
	}
	wide, err := kernels.NewBlock(mem, kernels.Float64, own...)
	check(t, err)
	defer wide.Release()
	d := kernels.Data[float64](wide)
	for i := range d {
		d[i] = rapid.SampledFrom([]float64{0, 1, -1, 2.5, 0.1, 7, 1e30, 100, -3.7}).Draw(t, "element")
		if typ.Integer() {
			d[i] = math.Abs(math.Trunc(math.Mod(d[i], 100)))
		}
		if typ.Float() && i%5 == 4 {
			d[i] = rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Copysign(0, -1)}).Draw(t, "odd")
		}
	}
	dt, err := expr.DTypeOf(typ)
	check(t, err)
	b, err := kernels.AsType(mem, wide, dt)
	check(t, err)
	return b
}

// TestFloat32 has an expression that any wider intermediate would change.
func TestFloat32(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		mem := kerneltest.Alloc(t)
		x := kerneltest.Normal(t, mem, rand.New(rand.NewPCG(5, 6)), kernels.Float32, 1000)
		defer x.Release()
		b := expr.NewBuilder()
		in := b.Input(expr.Float32)
		r := in
		for _, op := range []expr.Op{expr.Mul, expr.Div, expr.Sub, expr.Add, expr.Mul} {
			var err error
			r, err = b.Apply(op, r, b.Float(1.1)) // inexact every time
			check(t, err)
		}
		p, err := b.Program(r)
		check(t, err)
		up, err := run(background(mem), l, gpu.OpElementwise, p.Append(nil), x)
		check(t, err)
		got := toHost(t, mem, up)
		defer got.Release()
		want, err := expr.EvalBlocks(mem, p, []*kernels.Block{x})
		check(t, err)
		defer want[0].Release()
		if !slices.Equal(kernels.Data[float32](got), kernels.Data[float32](want[0])) {
			t.Errorf("float32 on the device differs, of\n%v", p)
		}
	})
}

// TestElementwiseRank merges axes, so that more of them than a device has go
// through as long as few differ.
func TestElementwiseRank(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		mem := kerneltest.Alloc(t)
		shape := slices.Repeat([]int{2}, 11)
		data := make([]float64, 2048)
		for i := range data {
			data[i] = float64(i)
		}
		a := floats(t, data, shape...)
		b := expr.NewBuilder()
		x := b.Input(expr.Float64)
		twice, err := b.Apply(expr.Add, x, x)
		check(t, err)
		p, err := b.Program(twice)
		check(t, err)
		up, err := run(background(mem), l, gpu.OpElementwise, p.Append(nil), a)
		check(t, err)
		got := toHost(t, mem, up)
		defer got.Release()
		if d := kernels.Data[float64](got); d[0] != 0 || d[2047] != 4094 || got.NDim() != 11 {
			t.Errorf("twice %v is %v ending in %v", a, got, d[2047])
		}
	})
}

func TestElementwiseRefuses(t *testing.T) {
	l := newLane(t, gpu.FakeOptions{})
	ctx := background(kernels.DefaultAllocator())
	whole, err := kernels.FromSlice([]int64{1, 2}, 2)
	check(t, err)
	for says, f := range map[string]func(b *expr.Builder) (expr.Ref, error){
		"const of int64":      func(b *expr.Builder) (expr.Ref, error) { return b.Apply(expr.Mod, b.Input(expr.Int64), b.Int(3)) },
		"input of int64":      func(b *expr.Builder) (expr.Ref, error) { return b.Input(expr.Int64), nil },
		"eq of int64 to bool": func(b *expr.Builder) (expr.Ref, error) { x := b.Input(expr.Int64); return b.Apply(expr.Eq, x, x) },
		"more than 32 values": manyValues,
		"cast of float64 to int32": func(b *expr.Builder) (expr.Ref, error) {
			x, err := b.Cast(b.Input(expr.Int64), expr.Float64)
			if err != nil {
				return 0, err
			}
			return b.Cast(x, expr.Int32)
		},
	} {
		b := expr.NewBuilder()
		r, err := f(b)
		check(t, err)
		p, err := b.Program(r)
		check(t, err)
		_, err = run(ctx, l, gpu.OpElementwise, p.Append(nil), slices.Repeat([]graph.Value{whole}, len(p.Inputs))...)
		if !errors.Is(err, gpu.ErrNoGPU) || !strings.Contains(fmt.Sprint(err), says) {
			t.Errorf("%v, want ErrNoGPU saying %q, of\n%v", err, says, p)
		}
	}
	check(t, l.Close())
}

// manyValues needs the values of forty inputs at the same time.
func manyValues(b *expr.Builder) (expr.Ref, error) {
	var xs []expr.Ref
	for range 40 {
		x, err := b.Cast(b.Input(expr.Int64), expr.Float64)
		if err != nil {
			return 0, err
		}
		xs = append(xs, x)
	}
	sum := xs[0]
	for range 2 {
		for _, x := range xs[1:] {
			var err error
			if sum, err = b.Apply(expr.Sub, x, sum); err != nil {
				return 0, err
			}
		}
	}
	return sum, nil
}
