package gpu

import (
	"context"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// What is measured grows by powers of two until runs take longEnough, or it is
// as large as here, so that a slow device is not kept busy and a fast one not
// underestimated.
const (
	longEnough   = 2 * time.Millisecond
	largestBlock = 8 << 20 // bytes
	largestGemm  = 2048    // rows
	ratesRepeats = 3       // of which the best counts: what is slower was disturbed
)

// Rates measures the device and one thread of the CPU: products of float64 for
// arithmetic, additions of blocks for memory, copies of the kind that calls make,
// and the smallest call for what each call takes. It takes some tens of
// milliseconds. Threads are left to the caller, who knows how many there are.
func (l *Lane) Rates(ctx context.Context) (p graph.Processors, err error) {
	m, err := l.dev.Memory()
	if err != nil {
		return p, err
	}
	in := l.dev.Info()
	p.Memory, p.Device = m.Limit, fmt.Sprintf("%s, products by %s", in.Name, in.Products)
	x := meter{ctx: ctx, lane: l, mem: kernels.AllocatorFrom(ctx), cap: m.Limit / 8}
	if p.In, p.Out, err = x.copies(); err != nil {
		return p, fmt.Errorf("gpu: measuring copies: %w", err)
	}
	for _, side := range []struct {
		p   *graph.Processor
		run runner
	}{{&p.GPU, x.onDevice}, {&p.CPU, x.onCPU}} {
		if *side.p, err = x.processor(side.run); err != nil {
			return p, fmt.Errorf("gpu: measuring products and sums: %w", err)
		}
	}
	return p, nil
}

// A meter measures. cap bounds the bytes of a block.
type meter struct {
	ctx  context.Context
	lane *Lane
	mem  kernels.Allocator
	cap  int64
}

// A runner runs an op on blocks that are where it runs, once for each repeat, and
// returns the least time.
type runner func(op string, attr []byte, in ...*kernels.Block) (time.Duration, error)

// processor measures where run runs.
func (x *meter) processor(run runner) (p graph.Processor, err error) {
	one, err := x.ones(kernels.Float64, 1)
	if err != nil {
		return p, err
	}
	defer one.Release()
	add, err := addition()
	if err != nil {
		return p, err
	}
	if p.Start, err = run(OpElementwise, add, one, one); err != nil {
		return p, err
	}
	gemm := kernels.GemmSpec{Alpha: 1}.Append(nil)
	p.Flops, err = x.grow(64, largestGemm, func(n int) (float64, time.Duration, error) {
		took, err := x.on(run, OpGemm, gemm, n, n)
		return 2 * float64(n) * float64(n) * float64(n), took - p.Start, err
	})
	if err != nil {
		return p, err
	}
	p.Bytes, err = x.grow(1<<13, largestBlock/8, func(n int) (float64, time.Duration, error) {
		took, err := x.on(run, OpElementwise, add, n)
		return 3 * 8 * float64(n), took - p.Start, err
	})
	return p, err
}

func (x *meter) ones(t kernels.DType, shape ...int) (*kernels.Block, error) {
	return kernels.Create(x.mem, kernels.CreateSpec{Pattern: kernels.Constant, DType: t, A: 1, Shape: shape})
}

// addition is the program x + y.
func addition() ([]byte, error) {
	b := expr.NewBuilder()
	sum, err := b.Apply(expr.Add, b.Input(expr.Float64), b.Input(expr.Float64))
	if err != nil {
		return nil, err
	}
	p, err := b.Program(sum)
	if err != nil {
		return nil, err
	}
	return p.Append(nil), nil
}

// on runs an op on a block twice.
func (x *meter) on(run runner, op string, attr []byte, shape ...int) (time.Duration, error) {
	b, err := x.ones(kernels.Float64, shape...)
	if err != nil {
		return 0, err
	}
	defer b.Release()
	return run(op, attr, b, b)
}

// grow measures f with larger and larger n, until it takes long enough twice, as
// once may be a disturbance, and returns the higher of the last two rates.
func (x *meter) grow(n, most int, f func(n int) (work float64, took time.Duration, err error)) (rate float64, err error) {
	before := 0.0
	for long := 0; ; n *= 2 {
		work, took, err := f(n)
		if err != nil {
			return 0, err
		}
		now := work / max(took, time.Microsecond).Seconds()
		rate, before = max(now, before), now
		if took >= longEnough {
			long++
		}
		if long == 2 || n >= most || 8*work > float64(x.cap) {
			return rate, nil
		}
	}
}

func (x *meter) onDevice(name string, attr []byte, in ...*kernels.Block) (time.Duration, error) {
	op, err := graph.Lookup(name)
	if err != nil {
		return 0, err
	}
	c := &graph.Call{Attr: attr, Threads: 1}
	there, err := x.lane.Upload(x.ctx, in[0])
	if err != nil {
		return 0, err
	}
	defer there.Release()
	for range in {
		c.In = append(c.In, there)
	}
	return best(func() (graph.Value, error) { return x.lane.Run(x.ctx, op, c) })
}

func (x *meter) onCPU(name string, attr []byte, in ...*kernels.Block) (time.Duration, error) {
	if name == OpGemm {
		return best(func() (graph.Value, error) { return kernels.Gemm(x.mem, 1, kernels.GemmSpec{Alpha: 1}, nil, in...) })
	}
	p, _, err := expr.Parse(attr)
	if err != nil {
		return 0, err
	}
	return best(func() (graph.Value, error) {
		out, err := expr.EvalBlocks(x.mem, p, in)
		if err != nil {
			return nil, err
		}
		return out[0], nil
	})
}

// best returns the least time that f takes, after once to warm up.
func best(f func() (graph.Value, error)) (least time.Duration, err error) {
	for i := range 1 + ratesRepeats {
		start := time.Now()
		v, err := f()
		took := time.Since(start)
		if err != nil {
			return 0, err
		}
		v.Release()
		if i == 1 || i > 1 && took < least {
			least = took
		}
		if i > 0 && took > 20*longEnough { // slow, and not only disturbed
			break
		}
	}
	return least, nil
}

// copies measures copies to the device and back, bytes/s.
func (x *meter) copies() (in, out float64, err error) {
	in, err = x.grow(1<<16, largestBlock, func(n int) (float64, time.Duration, error) {
		b, err := x.ones(kernels.Uint8, n)
		if err != nil {
			return 0, 0, err
		}
		defer b.Release()
		took, err := best(func() (graph.Value, error) { return x.lane.Upload(x.ctx, b) })
		return float64(n), took, err
	})
	if err != nil {
		return 0, 0, err
	}
	out, err = x.grow(1<<16, largestBlock, func(n int) (float64, time.Duration, error) {
		b, err := x.ones(kernels.Uint8, n)
		if err != nil {
			return 0, 0, err
		}
		defer b.Release()
		there, err := x.lane.Upload(x.ctx, b)
		if err != nil {
			return 0, 0, err
		}
		defer there.Release()
		took, err := best(func() (graph.Value, error) { return there.ToHost(x.mem) })
		return float64(n), took, err
	})
	return in, out, err
}
