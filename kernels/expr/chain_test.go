package expr

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/internal/asm"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// randomFloats builds a program of n float instructions over two inputs, with
// comparisons, choices and casts in between, and several outputs.
func randomFloats(r *rand.Rand, t Type, n int) *Program {
	e := NewBuilder()
	values := []Ref{e.Input(t), e.Input(t), e.Float(2), e.Float(0.5)}
	pick := func() Ref { return values[r.IntN(len(values))] }
	unary := []Op{Sqrt, Exp, Log, Sin, Cos, Tanh, Neg, Abs, Floor, Expm1, Sqrt, Sqrt, Round}
	binary := []Op{Add, Sub, Mul, Div, Min, Max}
	for range n {
		var v Ref
		switch r.IntN(10) {
		case 0:
			which := must(e.Apply([]Op{Eq, Ne, Lt, Le, Gt, Ge}[r.IntN(6)], pick(), pick()))
			v = must(e.Apply(Where, which, pick(), pick()))
		case 1:
			v = must(e.Cast(must(e.Apply(IsNaN, pick())), t)) // breaks the chain
		case 2:
			v = must(e.Apply(FMA, pick(), pick(), pick()))
		case 3, 4, 5, 6:
			v = must(e.Apply(unary[r.IntN(len(unary))], pick()))
		default:
			v = must(e.Apply(binary[r.IntN(len(binary))], pick(), pick()))
		}
		values = append(values, v)
	}
	last := values[len(values)-1]
	return must(e.Program(last, pick(), last, values[len(values)/2]))
}

// TestChainsChangeNothing compares chains with the same steps one by one, to
// the bit, with outputs in the cache and past it, and with angles that chains
// leave to the steps.
func TestChainsChangeNothing(t *testing.T) {
	defer func(from int) { streamFrom = from }(streamFrom)
	r := rand.New(rand.NewPCG(9, 9))
	mem := kerneltest.Alloc(t)
	for round := range 150 {
		typ := []Type{Float64, Float32}[round%2]
		p := randomFloats(r, typ, 1+r.IntN(14))
		n := []int{63, 64, 127, 1000, 1024, 1100, 4096, 5003}[r.IntN(8)]
		streamFrom = []int{1, 8 << 20}[r.IntN(2)]
		var in []*kernels.Block
		for range 2 {
			b := must(kernels.NewBlock(mem, must(DTypeOf(typ)), n))
			for i := range n {
				x := r.NormFloat64() * 10
				if r.IntN(2000) == 0 {
					x = []float64{0x1p40, math.Inf(1), math.NaN(), -0x1p300}[r.IntN(4)]
				}
				if typ == Float64 {
					kernels.Data[float64](b)[i] = x
				} else {
					kernels.Data[float32](b)[i] = float32(x)
				}
			}
			in = append(in, b)
		}
		got, want := evalWith(t, mem, p, in, true), evalWith(t, mem, p, in, false)
		for k := range got {
			if at := differ(got[k], want[k]); at >= 0 {
				t.Fatalf("output %d differs at %d of %d (past caches from %d)\n%v", k, at, n, streamFrom, p)
			}
		}
		for _, b := range append(append(in, got...), want...) {
			b.Release()
		}
	}
}

// evalWith is EvalBlocks with or without chains.
func evalWith(t *testing.T, mem kernels.Allocator, p *Program, in []*kernels.Block, chains bool) []*kernels.Block {
	t.Helper()
	shape, err := checkBlocks(p, in)
	if err != nil {
		t.Fatal(err)
	}
	e := &blockEval{machine: newMachine(p, arrays), direct: map[Ref][]byte{}, stream: asm.StreamFor(asm.Best())}
	e.sinks = map[Ref][]byte{}
	defer e.close()
	if !chains {
		for i := range e.units {
			e.units[i].chain = nil
		}
	}
	if err := e.prepare(mem, in, shape); err != nil {
		t.Fatal(err)
	}
	if err := e.evaluate(); err != nil {
		t.Fatal(err)
	}
	return e.out
}

// differ returns the first element whose bits differ, but for NaN; or -1.
func differ(x, y *kernels.Block) int {
	a, b := kernels.Payload(x), kernels.Payload(y)
	for i := range x.Size() {
		w := x.DType().Size()
		if string(a[i*w:(i+1)*w]) == string(b[i*w:(i+1)*w]) {
			continue
		}
		switch x.DType() {
		case kernels.Float64:
			if v, w := kernels.Data[float64](x)[i], kernels.Data[float64](y)[i]; v != v && w != w {
				continue
			}
		case kernels.Float32:
			if v, w := kernels.Data[float32](x)[i], kernels.Data[float32](y)[i]; v != v && w != w {
				continue
			}
		}
		return i
	}
	return -1
}

// TestRootsGoBesideFunctions looks at the plan of √x·2 + sin x.
func TestRootsGoBesideFunctions(t *testing.T) {
	if asm.Best() == asm.Portable {
		t.Skip("portable code has no chains")
	}
	e := NewBuilder()
	x := e.Input(Float64)
	twice := must(e.Apply(Mul, must(e.Apply(Sqrt, x)), e.Float(2)))
	p := must(e.Program(must(e.Apply(Add, twice, must(e.Apply(Sin, x))))))
	m := newMachine(p, arrays)
	defer m.close()
	if len(m.units) != 1 || m.units[0].chain == nil || m.units[0].chain.routines != 3 {
		t.Errorf("%d units, the first is %+v: want one chain of three routines", len(m.units), m.units[0])
	}
}
