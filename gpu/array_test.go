package gpu_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// hybrid is a Runner in one goroutine that does as a worker does: a task that
// asks for a GPU, and whose op has a GPU kernel, runs on the lane; every other
// task runs on the CPU, with its inputs in host memory.
type hybrid struct {
	lane *gpu.Lane
	ran  map[string]int // tasks on the device, by op
}

func (h *hybrid) Persist(context.Context, *graph.Graph) ([]graph.Held, error) {
	return nil, errors.ErrUnsupported
}

func (h *hybrid) Run(ctx context.Context, g *graph.Graph) ([]graph.Value, error) {
	values := make([]graph.Value, g.Len())
	defer func() {
		for _, v := range values {
			if v != nil {
				v.Release()
			}
		}
	}()
	for i := range values {
		c := g.TaskClass(i)
		call := &graph.Call{Attr: g.TaskAttr(i), Threads: 1}
		for _, d := range g.TaskDeps(i) {
			if d.Ref.IsInput() {
				call.In = append(call.In, g.Inputs[d.Ref.Index()].Value)
				continue
			}
			v, err := graph.PartOf(values[d.Ref.Index()], d.Part)
			if err != nil {
				return nil, err
			}
			call.In = append(call.In, v)
		}
		var err error
		if values[i], err = h.task(ctx, c, call); err != nil {
			return nil, fmt.Errorf("task %d: %w", i, err)
		}
	}
	out := make(graph.List, 0, len(g.Outputs))
	for _, o := range g.Outputs {
		v, err := gpu.ToHost(kernels.AllocatorFrom(ctx), values[o.Task])
		if err != nil {
			out.Release()
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (h *hybrid) task(ctx context.Context, c *graph.Class, call *graph.Call) (graph.Value, error) {
	op, err := graph.Lookup(c.Op)
	if err != nil {
		return nil, err
	}
	if c.Spec.Resources.Milli(graph.GPU) > 0 && graph.HasGPU(c.Op, call.Attr) {
		h.ran[c.Op]++
		return h.lane.Run(ctx, op, call)
	}
	for i, v := range call.In {
		host, err := gpu.ToHost(kernels.AllocatorFrom(ctx), v)
		if err != nil {
			return nil, err
		}
		defer host.Release()
		call.In[i] = host
	}
	return graph.Execute(ctx, c.Op, op.CPU, call)
}

// TestArrays computes whole arrays on a device, among tasks that have no GPU
// kernel, and compares with the CPU.
func TestArrays(t *testing.T) {
	on := func(a *array.Array) *array.Array { return a.With(array.OnGPU()) }
	cases := map[string]func() *array.Array{
		"product of blocks": func() *array.Array {
			a, b := normal(1, 30, 40), normal(2, 40, 20)
			return on(array.MatMul(a, b))
		},
		"expression of products": func() *array.Array {
			a := on(normal(3, 25, 25))
			b := on(array.MatMulT(a, a, true, false))
			return on(on(b.Mul(0.5)).Add(on(a.Exp())))
		},
		"cholesky of random numbers": func() *array.Array {
			a := on(array.Random(5).Uniform([]int{40, 40}, array.ChunkShape(16, 16)))
			return on(on(on(array.MatMulT(a, a, false, true)).Add(array.Eye(40, array.ChunkShape(16, 16)))).Cholesky())
		},
		"pieces": func() *array.Array {
			a := on(normal(6, 30, 20))
			return on(on(a.RechunkTo(7, 11)).Max(0))
		},
		"sums": func() *array.Array {
			a := on(normal(4, 33, 21))
			return on(a.Sum(0))
		},
	}
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		for name, build := range cases {
			h := &hybrid{l, map[string]int{}}
			got, err := build().Float64s(context.Background(), h)
			check(t, err)
			want, err := build().Float64s(context.Background(), &graph.Local{Threads: 1})
			check(t, err)
			for i := range want {
				if !(math.Abs(got[i]-want[i]) <= 1e-11*(1+math.Abs(want[i]))) {
					t.Fatalf("%s: element %d is %v, want %v", name, i, got[i], want[i])
				}
			}
			if len(h.ran) == 0 {
				t.Errorf("%s: nothing ran on the device", name)
			}
			t.Logf("%s: %v on the device", name, h.ran)
		}
	})
}

func normal(seed uint64, shape ...int) *array.Array {
	return array.Random(seed).Normal(0, 1, shape, array.ChunkShape(16, 16))
}

// TestOpNames holds the names here to those of package array: each has a CPU
// kernel there.
func TestOpNames(t *testing.T) {
	for _, name := range []string{gpu.OpElementwise, gpu.OpGemm, gpu.OpReshape, gpu.OpTranspose, gpu.OpSlice, gpu.OpAssemble, gpu.OpCreate, gpu.OpRandom, gpu.OpTrsm, gpu.OpPotrf, gpu.OpReduce, gpu.OpCombine, gpu.OpFinish} {
		if op, err := graph.Lookup(name); err != nil || op.CPU == nil || op.GPU == nil {
			t.Errorf("op %s: %+v, %v", name, op, err)
		}
	}
}

// TestExplain says which tasks run on CPU threads though they are placed on GPUs.
func TestExplain(t *testing.T) {
	x := array.Random(1).Normal(0, 1, []int{40, 20}, array.ChunkShape(20, 20))
	_, s, _ := array.Random(1).Normal(0, 1, []int{20, 20}, array.ChunkShape(20, 20)).With(array.OnGPU()).SVD()
	whole := array.Arange(0, 8, 1, array.DType(kernels.Int64))
	for _, c := range []struct {
		a    *array.Array
		want []string
	}{
		{x.Sum(0), nil},
		{x.Sum(0).With(array.OnGPU()), []string{"on GPUs: 3 tasks of the 3 placed there\n"}},
		{s.With(array.OnGPU()), []string{"array.svd has no GPU kernel"}},
		{whole.Mul(2).With(array.OnGPU()), []string{"on GPUs: 0 tasks of the 1 placed there\n  on CPU threads of workers with a GPU, 1 tasks: array.elementwise: gpu: no GPU kernel: const of int64"}},
	} {
		got := c.a.Explain()
		for _, part := range c.want {
			if !strings.Contains(got, part) {
				t.Errorf("it does not say %q:\n%s", part, got)
			}
		}
		if c.want == nil && strings.Contains(got, "GPU") {
			t.Errorf("without any on GPUs:\n%s", got)
		}
	}
}
