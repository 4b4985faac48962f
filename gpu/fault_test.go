package gpu_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/gpu/fake"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"pgregory.net/rapid"
)

// TestFaults plants each fault at each call of a product in turn, until it does
// not hit. Whatever fails, nothing is left behind.
func TestFaults(t *testing.T) {
	for fault, want := range map[fake.Fault]error{
		fake.OutOfMemory: graph.ErrMemory, fake.LaunchFailure: gpu.ErrLaunch, fake.DeviceLost: gpu.ErrLost,
	} {
		for n := 1; ; n++ {
			d := gpu.Fake(gpu.FakeOptions{})
			l, err := gpu.NewLane(d)
			check(t, err)
			d.Inject(fault, n)
			failed := productAndBack(t, l)
			if failed != nil && !errors.Is(failed, want) {
				t.Fatalf("fault %d at call %d: %v, want %v", fault, n, failed, want)
			}
			check(t, l.Close())
			if failed == nil {
				if n == 1 {
					t.Fatalf("fault %d never hits", fault)
				}
				break
			}
		}
	}
}

// productAndBack multiplies twice on the lane and brings the answer home.
func productAndBack(t *testing.T, l *gpu.Lane) error {
	t.Helper()
	mem := kerneltest.Alloc(t)
	ctx := background(mem)
	a := floats(t, []float64{1, 2, 3, 4}, 2, 2)
	x, err := run(ctx, l, gpu.OpGemm, plain.Append(nil), a, a)
	if err != nil {
		return err
	}
	defer x.Release()
	y, err := run(ctx, l, gpu.OpGemm, kernels.GemmSpec{Alpha: 1, Accumulate: true}.Append(nil), a, x, a)
	if err != nil {
		return err
	}
	defer y.Release()
	h, err := y.ToHost(mem)
	if err != nil {
		return err
	}
	defer h.Release()
	if v := kernels.At[float64](h.(*kernels.Block), 0, 0); v != 38 {
		t.Errorf("element (0, 0) is %v, want 38", v)
	}
	return nil
}

// TestFaultIsFinal checks that a device which failed says so from then on.
func TestFaultIsFinal(t *testing.T) {
	d := gpu.Fake(gpu.FakeOptions{Ordinal: 3})
	l, err := gpu.NewLane(d)
	check(t, err)
	d.Inject(fake.LaunchFailure, 1)
	check(t, l.Err())
	first, second := productAndBack(t, l), productAndBack(t, l)
	if !errors.Is(l.Err(), gpu.ErrLaunch) {
		t.Errorf("the lane says %v", l.Err())
	}
	if !errors.Is(first, gpu.ErrLaunch) || !errors.Is(second, gpu.ErrLaunch) || !strings.Contains(first.Error(), "gemm_f64") {
		t.Errorf("first %v, then %v", first, second)
	}
	check(t, l.Close())
}

func TestDeviceMemoryIsLimited(t *testing.T) {
	mem := kerneltest.Alloc(t)
	l := newLane(t, gpu.FakeOptions{Memory: 3 * 800})
	ctx := background(mem)
	a, b := floats(t, make([]float64, 100), 10, 10), floats(t, make([]float64, 100), 10, 10)
	x, err := run(ctx, l, gpu.OpGemm, plain.Append(nil), a, b) // fills the device
	check(t, err)
	_, err = run(ctx, l, gpu.OpGemm, plain.Append(nil), a, b)
	if !errors.Is(err, graph.ErrMemory) || !strings.Contains(err.Error(), "800 bytes wanted, 2400 of 2400 in use") {
		t.Errorf("no room for the product: %v", err)
	}
	x.Release()
	x, err = run(ctx, l, gpu.OpGemm, plain.Append(nil), a, b)
	check(t, err)
	if err := l.Close(); !errors.Is(err, gpu.ErrLeak) || !strings.Contains(err.Error(), "800 bytes in 1 allocations") {
		t.Errorf("closing with a block in use: %v", err)
	}
	x.Release()
}

// TestAnyOrder retains, releases, reshapes and multiplies at random; the
// device's account always is the sum of what is alive.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLane(t, gpu.FakeOptions{})
		ctx := background(kernels.DefaultAllocator())
		a := floats(t, []float64{0, 1, 1, 0}, 2, 2)
		var live []*gpu.Block
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			var in graph.Value = a
			if len(live) > 0 {
				in = rapid.SampledFrom(live).Draw(rt, "in")
			}
			switch rapid.IntRange(0, 2).Draw(rt, "step") {
			case 0:
				x, err := run(ctx, l, gpu.OpGemm, plain.Append(nil), in, a)
				check(t, err)
				live = append(live, x)
			case 1:
				x, err := run(ctx, l, gpu.OpReshape, kernels.ReshapeSpec{Shape: []int{2, 2}}.Append(nil), in)
				check(t, err)
				live = append(live, x)
			default:
				if len(live) > 0 {
					i := rapid.IntRange(0, len(live)-1).Draw(rt, "victim")
					live[i].Release()
					live = append(live[:i], live[i+1:]...)
				}
			}
		}
		for _, x := range live {
			h := toHost(t, kernels.DefaultAllocator(), x)
			if d := kernels.Data[float64](h); d[0]+d[1] != 1 || d[0] != d[3] {
				t.Errorf("a permutation became %v", d)
			}
			h.Release()
		}
		check(t, l.Close())
	})
}
