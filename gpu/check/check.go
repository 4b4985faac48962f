package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A Result is what came of one check.
type Result struct {
	Name string
	Err  error // nil: the device computed what the CPU did
	Took time.Duration
}

// Ops runs every op that has a GPU kernel on the device of the lane and on the
// CPU, and compares. What is exact in floating point must be equal, bit by bit;
// products, sums and functions must be within the error that their tests allow.
// At the end no memory of the device may be in use that was not before.
func Ops(ctx context.Context, l *gpu.Lane) []Result {
	before, err := l.Device().Memory()
	if err != nil {
		return []Result{{Name: "memory", Err: err}}
	}
	var all []Result
	traffic := l.Device().Traffic()
	for _, c := range cases(l.Device().Info().TF32) {
		start := time.Now()
		err := c.run(ctx, l)
		for _, b := range c.in {
			b.Release()
		}
		all = append(all, Result{c.name, err, time.Since(start)})
	}
	if r, ok := byLibrary(l, traffic); ok {
		all = append(all, r)
	}
	return append(all, Result{Name: "copies through pinned memory", Err: pinned(l, traffic)}, Result{Name: "memory given back", Err: givenBack(l, before.Used)})
}

// byLibrary says whether the library that the device says it multiplies with has
// done so since the traffic was that; ok is false if it says there is none.
func byLibrary(l *gpu.Lane, before gpu.Traffic) (r Result, ok bool) {
	in := l.Device().Info()
	if !strings.HasPrefix(in.Products, "cuBLAS") {
		return r, false
	}
	r.Name = "products by " + in.Products
	if l.Device().Traffic().Library == before.Library {
		r.Err = errors.New("no product went there")
	}
	return r, true
}

// pinned reports copies of other host memory since the traffic was that.
func pinned(l *gpu.Lane, before gpu.Traffic) error {
	t := l.Device().Traffic()
	if n := t.Staged - before.Staged; n != 0 {
		return fmt.Errorf("%d of %d copies were of other host memory", n, t.CopiesIn+t.CopiesOut-before.CopiesIn-before.CopiesOut)
	}
	return nil
}

func givenBack(l *gpu.Lane, used int64) error {
	m, err := l.Device().Memory()
	if err == nil && m.Used != used {
		err = fmt.Errorf("%d bytes are in use, %d were before", m.Used, used)
	}
	return err
}

// A comparison is an op with its inputs, and what the CPU makes of them.
type comparison struct {
	name string
	op   string
	attr []byte
	tol  float64 // relative to the largest element; 0 is bit by bit
	in   []*kernels.Block
	cpu  func(mem kernels.Allocator, in []*kernels.Block) (*kernels.Block, error)
	// then is another op on the result, with the same attributes; empty is none.
	then string
}

func (c *comparison) run(ctx context.Context, l *gpu.Lane) error {
	mem := kernels.AllocatorFrom(ctx)
	got, err := c.onDevice(ctx, l, mem)
	if err != nil {
		return err
	}
	defer got.Release()
	want, err := c.cpu(mem, c.in)
	if err != nil {
		return fmt.Errorf("on the CPU: %w", err)
	}
	defer want.Release()
	return c.compare(mem, got, want)
}

// onDevice runs the op there, and brings the result home.
func (c *comparison) onDevice(ctx context.Context, l *gpu.Lane, mem kernels.Allocator) (*kernels.Block, error) {
	in := make(graph.List, len(c.in))
	for i, b := range c.in {
		in[i] = b
	}
	v, err := run(ctx, l, c.op, c.attr, in)
	if err == nil && c.then != "" {
		state := v
		v, err = run(ctx, l, c.then, c.attr, graph.List{state})
		state.Release()
	}
	if err != nil {
		return nil, err
	}
	defer v.Release()
	home, err := gpu.ToHost(mem, v)
	if err != nil {
		return nil, err
	}
	return home.(*kernels.Block), nil
}

func run(ctx context.Context, l *gpu.Lane, name string, attr []byte, in graph.List) (graph.Value, error) {
	op, err := graph.Lookup(name)
	if err != nil {
		return nil, err
	}
	return l.Run(ctx, op, &graph.Call{Attr: attr, In: in, Threads: 1})
}

func (c *comparison) compare(mem kernels.Allocator, got, want *kernels.Block) error {
	if got.DType() != want.DType() || !slices.Equal(got.Shape(), want.Shape()) {
		return fmt.Errorf("the device gives %v, the CPU %v", got, want)
	}
	g, err := floats(mem, got)
	if err != nil {
		return err
	}
	w, err := floats(mem, want)
	if err != nil {
		return err
	}
	scale := 0.0
	for _, x := range w {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			scale = max(scale, math.Abs(x))
		}
	}
	for i := range w {
		if !near(g[i], w[i], c.tol*scale) {
			return fmt.Errorf("element %d of %v is %v, on the CPU %v", i, got, g[i], w[i])
		}
	}
	return nil
}

// near reports whether two numbers are equal, the sign of zero included, both NaN,
// or no further apart than far.
func near(a, b, far float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b || far > 0 && math.Abs(a-b) <= far
}

// floats returns the elements of b, in order.
func floats(mem kernels.Allocator, b *kernels.Block) ([]float64, error) {
	x, err := kernels.AsType(mem, b, kernels.Float64)
	if err != nil {
		return nil, err
	}
	defer x.Release()
	dense, err := kernels.Contiguous(mem, x)
	if err != nil {
		return nil, err
	}
	defer dense.Release()
	return slices.Clone(kernels.Data[float64](dense)), nil
}
