package gpu_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/gpu/fake"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"pgregory.net/rapid"
)

// tight returns a lane with room for so many blocks of 800 bytes on the device,
// and so many on the host.
func tight(t testing.TB, blocks, host int64) (*gpu.Lane, *fake.Device) {
	t.Helper()
	d := gpu.Fake(gpu.FakeOptions{Memory: 800 * blocks})
	l, err := gpu.NewLane(d)
	check(t, err)
	l.LimitHost(800 * host)
	return l, d
}

// filled returns a 10×10 block of one number.
func filled(t testing.TB, v float64) *kernels.Block {
	b := floats(t, make([]float64, 100), 10, 10)
	for i := range kernels.Data[float64](b) {
		kernels.Data[float64](b)[i] = v
	}
	return b
}

func upload(t testing.TB, l *gpu.Lane, v float64) *gpu.Block {
	t.Helper()
	b, err := l.Upload(context.Background(), filled(t, v))
	check(t, err)
	return b
}

// holds checks that every element of a block, which is not the device's copy
// only, is v.
func holds(t testing.TB, b *gpu.Block, v float64) {
	t.Helper()
	h, err := b.ToHost(kernels.DefaultAllocator())
	check(t, err)
	defer h.Release()
	for i, x := range kernels.Data[float64](h.(*kernels.Block)) {
		if x != v {
			t.Fatalf("element %d of %v is %v, want %v", i, b, x, v)
		}
	}
}

// TestEviction uploads five blocks to a device with room for three: those that
// were needed least recently go, are there for the host without the device, and
// come back.
func TestEviction(t *testing.T) {
	l, d := tight(t, 3, 10)
	var bs []*gpu.Block
	for i := range 3 {
		bs = append(bs, upload(t, l, float64(i)))
	}
	one, err := run(context.Background(), l, gpu.OpReshape, kernels.ReshapeSpec{Shape: []int{100}}.Append(nil), bs[0]) // needs 0
	check(t, err)
	one.Release()
	bs = append(bs, upload(t, l, 3), upload(t, l, 4)) // for 1 and 2
	if r := l.Residency(); r.Evictions != 2 || r.HostBytes != 1600 || r.BroughtBack != 0 {
		t.Fatalf("after five uploads: %+v", r)
	}
	out := d.Traffic().CopiesOut
	holds(t, bs[1], 1)
	holds(t, bs[2], 2)
	if n := d.Traffic().CopiesOut; n != out {
		t.Errorf("reading evicted blocks took %d copies from the device", n-out)
	}
	holds(t, bs[0], 0)
	holds(t, bs[3], 3)
	if n := d.Traffic().CopiesOut; n != out+2 {
		t.Errorf("reading resident blocks took %d copies from the device", n-out)
	}
	x, err := run(context.Background(), l, gpu.OpReshape, kernels.ReshapeSpec{Shape: []int{100}}.Append(nil), bs[1]) // evicts 0
	check(t, err)
	if r := l.Residency(); r.Evictions != 3 || r.HostBytes != 1600 || r.HostPeak != 2400 || r.BroughtBack != 800 {
		t.Errorf("after one came back: %+v", r)
	}
	out = d.Traffic().CopiesOut
	holds(t, bs[0], 0)
	if n := d.Traffic().CopiesOut; n != out {
		t.Error("the block needed least recently stayed on the device")
	}
	x.Release()
	for _, b := range bs {
		b.Release()
	}
	if r := l.Residency(); r.HostBytes != 0 {
		t.Errorf("with all released: %+v", r)
	}
	check(t, l.Close())
}

// TestEvictionLimits: what a call needs is not evicted for it, what does not fit
// on the host stays, and a call that cannot fit evicts nothing.
func TestEvictionLimits(t *testing.T) {
	l, _ := tight(t, 3, 1)
	a, b, c := upload(t, l, 1), upload(t, l, 2), upload(t, l, 3)
	d := upload(t, l, 4) // evicts a
	_, err := run(context.Background(), l, gpu.OpGemm, plain.Append(nil), b, c)
	if !errors.Is(err, graph.ErrMemory) || !strings.Contains(err.Error(), "do without 800 bytes") || !strings.Contains(err.Error(), "800 of 800 bytes") {
		t.Errorf("a product with no room on the host: %v", err)
	}
	l.LimitHost(1 << 20)
	if _, err := l.Upload(context.Background(), floats(t, make([]float64, 301), 301)); !errors.Is(err, graph.ErrMemory) || l.Residency().Evictions != 1 {
		t.Errorf("a block larger than the device: %v, %+v", err, l.Residency())
	}
	p, err := run(context.Background(), l, gpu.OpGemm, plain.Append(nil), b, c) // evicts d
	check(t, err)
	if r := l.Residency(); r.Evictions != 2 {
		t.Errorf("%+v", r)
	}
	holds(t, p, 60)
	q, err := run(context.Background(), l, gpu.OpGemm, plain.Append(nil), a, d) // everything else goes
	check(t, err)
	holds(t, q, 40)
	if r := l.Residency(); r.Evictions != 5 || r.BroughtBack != 1600 {
		t.Errorf("%+v", r)
	}
	for _, x := range []*gpu.Block{a, b, c, d, p} {
		x.Release()
	}
	y := upload(t, l, 0)
	for range 3 {
		upload(t, l, 0).Release()
	}
	check(t, func() error { _, err := run(context.Background(), l, gpu.OpGemm, plain.Append(nil), y, y); return err }())
	y.Release()
	if err := l.Close(); !errors.Is(err, gpu.ErrLeak) {
		t.Errorf("closing with blocks in use: %v", err)
	}
	q.Release()
}

// TestFaultsWhileEvicting plants each fault at each call of a run that evicts
// and brings back. A block that was on the host when the device failed is still
// there; nothing is left behind.
func TestFaultsWhileEvicting(t *testing.T) {
	for fault, want := range map[fake.Fault]error{
		fake.OutOfMemory: graph.ErrMemory, fake.LaunchFailure: gpu.ErrLaunch, fake.DeviceLost: gpu.ErrLost,
	} {
		for n := 1; ; n++ {
			l, d := tight(t, 3, 10)
			a, b := upload(t, l, 1), upload(t, l, 2)
			c, e := upload(t, l, 3), upload(t, l, 4) // a is evicted
			d.Inject(fault, n)
			x, err := run(context.Background(), l, gpu.OpGemm, plain.Append(nil), a, b)
			missed := d.Planted(fault)
			d.Inject(fault, math.MaxInt)
			if err != nil && !errors.Is(err, want) {
				t.Fatalf("fault %d at call %d: %v, want %v", fault, n, err, want)
			}
			if err == nil || fault == fake.OutOfMemory {
				holds(t, b, 2)
			}
			if err != nil {
				holds(t, a, 1)
			} else {
				holds(t, x, 20)
				x.Release()
			}
			for _, y := range []*gpu.Block{a, b, c, e} {
				y.Release()
			}
			if r := l.Residency(); r.HostBytes != 0 {
				t.Fatalf("fault %d at call %d left %+v", fault, n, r)
			}
			check(t, l.Close())
			if missed {
				if n == 1 {
					t.Fatalf("fault %d never hits", fault)
				}
				break
			}
		}
	}
}

// TestReadersWhileEvicting has goroutines multiply and read blocks of a device
// with room for few of them.
func TestReadersWhileEvicting(t *testing.T) {
	l, _ := tight(t, 4, 100)
	var bs []*gpu.Block
	for i := range 12 {
		bs = append(bs, upload(t, l, float64(i)))
	}
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			for i := range 40 {
				k := (g*7 + i*5) % len(bs)
				if g%2 == 0 {
					holds(t, bs[k], float64(k))
					continue
				}
				x, err := run(context.Background(), l, gpu.OpGemm, plain.Append(nil), bs[k], bs[(k+g)%len(bs)])
				if err != nil {
					t.Error(err)
					return
				}
				holds(t, x, 10*float64(k*((k+g)%len(bs))))
				x.Release()
			}
		})
	}
	wg.Wait()
	for _, b := range bs {
		b.Release()
	}
	if r := l.Residency(); r.Evictions < 20 || r.HostBytes != 0 {
		t.Errorf("%+v", r)
	}
	check(t, l.Close())
}

// TestTinyDevice computes random sums of products on a device that has room for
// little more than one call, beside the CPU.
func TestTinyDevice(t *testing.T) {
	evictions := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(9, 20).Draw(rt, "n")
		on := func(a *array.Array) *array.Array { return a.With(array.OnGPU()) }
		a, b := normal(uint64(n), n, n), normal(2, n, n)
		x := on(array.MatMul(a, b))
		for i := range rapid.IntRange(1, 3).Draw(rt, "products") {
			x = on(on(array.MatMul(x, a)).Add(on(b.Mul(float64(i)))))
		}
		sums := on(x.Sum(0))
		d := gpu.Fake(gpu.FakeOptions{Memory: int64(rapid.IntRange(9, 14).Draw(rt, "blocks")) * 16 * 16 * 8})
		l, err := gpu.NewLane(d)
		check(rt, err)
		l.LimitHost(math.MaxInt64)
		h := &hybrid{l, map[string]int{}}
		mem := kerneltest.Alloc(t)
		got, err := sums.Float64s(background(mem), h)
		check(rt, err)
		want, err := sums.Float64s(context.Background(), &graph.Local{Threads: 1})
		check(rt, err)
		for i := range want {
			if !(math.Abs(got[i]-want[i]) <= 1e-9*(1+math.Abs(want[i]))) {
				rt.Fatalf("element %d is %v, want %v (%+v)", i, got[i], want[i], l.Residency())
			}
		}
		if r := l.Residency(); r.HostBytes != 0 {
			rt.Fatalf("left: %+v", r)
		} else {
			evictions += r.Evictions
		}
		check(rt, l.Close())
	})
	if evictions == 0 {
		t.Error("nothing was ever evicted")
	}
}
