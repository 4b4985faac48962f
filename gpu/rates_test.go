package gpu_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/fake"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestRates measures every rate, leaves nothing on the device, and says what went
// wrong with a device that fails.
func TestRates(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		ctx := kernels.WithAllocator(context.Background(), kerneltest.Alloc(t))
		before, err := l.Device().Memory()
		check(t, err)
		p, err := l.Rates(ctx)
		check(t, err)
		for name, rate := range map[string]float64{
			"CPU flops": p.CPU.Flops, "CPU bytes": p.CPU.Bytes, "GPU flops": p.GPU.Flops, "GPU bytes": p.GPU.Bytes, "in": p.In, "out": p.Out,
		} {
			if !(rate > 1e5 && rate < 1e16) {
				t.Errorf("%s: %g a second", name, rate)
			}
		}
		after, err := l.Device().Memory()
		check(t, err)
		if !strings.Contains(p.Device, l.Device().Info().Name+", products by ") || p.Memory != before.Limit || p.GPU.Start <= 0 || p.CPU.Start <= 0 || after.Used != before.Used {
			t.Errorf("%+v, with %d bytes in use before and %d after", p, before.Used, after.Used)
		}
	})
	d := fake.New(fake.Options{})
	l, err := gpu.NewLane(d)
	check(t, err)
	d.Inject(fake.LaunchFailure, 9)
	if _, err := l.Rates(context.Background()); !errors.Is(err, device.ErrLaunch) || !strings.Contains(err.Error(), "measuring") {
		t.Errorf("on a device that fails: %v", err)
	}
}

// linked has a device that is worth it behind a bus of so many bytes a second.
func linked(rate float64) graph.Processors {
	return graph.Processors{
		CPU: graph.Processor{Flops: 1e9, Bytes: 1e9}, GPU: graph.Processor{Flops: 1e12, Bytes: 1e12, Start: time.Microsecond},
		Threads: 2, In: rate, Out: rate, Memory: 1 << 30,
	}
}

// TestByCost runs what is chosen for the device there, the rest on the CPU, and
// says so before.
func TestByCost(t *testing.T) {
	for _, c := range []struct {
		name string
		p    graph.Processors
		on   bool
		says string
	}{
		{"a fast link", linked(1e10), true, "array.gemm, 4 on GPUs"},
		{"a slow link", linked(1e4), false, "array.gemm, 4 on CPU threads"},
		{"no device", graph.Processors{}, false, "there is no device"},
	} {
		a, b := array.Random(1).Normal(0, 1, []int{64, 64}, array.ChunkShape(32, 32)), array.Random(2).Normal(0, 1, []int{64, 64}, array.ChunkShape(32, 32))
		x := array.MatMul(a, b).With(array.ByCost(c.p))
		l, err := gpu.NewLane(gpu.Fake(gpu.FakeOptions{}))
		check(t, err)
		h := &hybrid{l, map[string]int{}}
		got, err := x.Float64s(context.Background(), h)
		check(t, err)
		want, err := array.MatMul(a, b).Float64s(context.Background(), &graph.Local{Threads: 1})
		check(t, err)
		for i := range want {
			if d := got[i] - want[i]; !(d < 1e-12 && d > -1e-12) {
				t.Fatalf("%s: element %d is %v, want %v", c.name, i, got[i], want[i])
			}
		}
		if (h.ran[gpu.OpGemm] == 4) != c.on || !c.on && len(h.ran) > 0 {
			t.Errorf("%s: on the device ran %v", c.name, h.ran)
		}
		if got := x.Explain(); !strings.Contains(got, c.says) {
			t.Errorf("%s: it does not say %q:\n%s", c.name, c.says, got)
		}
		check(t, l.Close())
	}
	// The last word counts.
	x := array.Random(1).Normal(0, 1, []int{8, 8})
	if got := x.With(array.ByCost(linked(1e4)), array.OnGPU()).Explain(); strings.Contains(got, "cost") || !strings.Contains(got, "on GPUs: 1 tasks") {
		t.Errorf("placed by cost, then on GPUs:\n%s", got)
	}
}
