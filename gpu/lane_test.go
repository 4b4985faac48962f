package gpu_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// eachLane runs a test on a fake device, and on every real one. The lane must
// be left without blocks.
func eachLane(t *testing.T, test func(t *testing.T, l *gpu.Lane)) {
	t.Run("fake", func(t *testing.T) {
		l := newLane(t, gpu.FakeOptions{})
		test(t, l)
		check(t, l.Close())
	})
	lanes, err := gpu.Open(gpu.Options{Limit: 256 << 20})
	if err != nil && !errors.Is(err, gpu.ErrNoDriver) {
		t.Fatal(err)
	}
	for _, l := range lanes {
		t.Run(l.Name(), func(t *testing.T) {
			test(t, l)
			check(t, l.Close())
		})
	}
}

func newLane(t *testing.T, o gpu.FakeOptions) *gpu.Lane {
	t.Helper()
	l, err := gpu.NewLane(gpu.Fake(o))
	check(t, err)
	return l
}

func check(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func background(mem kernels.Allocator) context.Context {
	return kernels.WithAllocator(context.Background(), mem)
}

// run executes the named op on the lane.
func run(ctx context.Context, l *gpu.Lane, op string, attr []byte, in ...graph.Value) (*gpu.Block, error) {
	o, err := graph.Lookup(op)
	if err != nil {
		return nil, err
	}
	v, err := l.Run(ctx, o, &graph.Call{Attr: attr, In: in, Threads: 1})
	if err != nil {
		return nil, err
	}
	return v.(*gpu.Block), nil
}

// toHost brings a block home, and releases it on the device.
func toHost(t testing.TB, mem kernels.Allocator, b *gpu.Block) *kernels.Block {
	t.Helper()
	defer b.Release()
	v, err := b.ToHost(mem)
	check(t, err)
	return v.(*kernels.Block)
}

func floats(t testing.TB, data []float64, shape ...int) *kernels.Block {
	t.Helper()
	b, err := kernels.FromSlice(data, shape...)
	check(t, err)
	return b
}

var plain = kernels.GemmSpec{Alpha: 1}

// TestResidency multiplies thrice: only the operand goes to the device, once, only
// the answer comes back.
func TestResidency(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		mem := kerneltest.Alloc(t)
		ctx := background(mem)
		a := floats(t, []float64{1, 1, 0, 1}, 2, 2)
		x, err := run(ctx, l, gpu.OpGemm, plain.Append(nil), a, a)
		check(t, err)
		y, err := run(ctx, l, gpu.OpGemm, plain.Append(nil), x, x)
		check(t, err)
		z, err := run(ctx, l, gpu.OpGemm, plain.Append(nil), y, x)
		check(t, err)
		x.Release()
		y.Release()
		if tr := l.Device().Traffic(); tr.CopiesIn != 1 || tr.CopiesOut != 0 || tr.Launches != 3 {
			t.Errorf("before the answer is asked for: %+v", tr)
		}
		if m, err := l.Device().Memory(); err != nil || m.Used != z.Bytes() {
			t.Errorf("memory %+v (%v) with one block of %d bytes", m, err, z.Bytes())
		}
		got := toHost(t, mem, z)
		defer got.Release()
		if d := kernels.Data[float64](got); d[1] != 6 || d[0] != 1 || d[2] != 0 {
			t.Errorf("the sixth power is %v", d)
		}
		if tr := l.Device().Traffic(); tr.CopiesOut != 1 || tr.BytesOut != 32 {
			t.Errorf("with the answer: %+v", tr)
		}
	})
}

func TestUploadAndViews(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		mem := kerneltest.Alloc(t)
		row := floats(t, []float64{1, 2, 3, 4, 5, 6}, 2, 3)
		view, err := row.Transpose()
		check(t, err)
		defer view.Release()
		up, err := l.Upload(background(mem), view)
		check(t, err)
		spec := kernels.ReshapeSpec{Shape: []int{6}}
		flat, err := run(background(mem), l, gpu.OpReshape, spec.Append(nil), up)
		check(t, err)
		up.Release()
		got := toHost(t, mem, flat)
		defer got.Release()
		want := []float64{1, 4, 2, 5, 3, 6}
		for i, v := range kernels.Data[float64](got) {
			if v != want[i] {
				t.Fatalf("%v, want %v", kernels.Data[float64](got), want)
			}
		}
		if tr := l.Device().Traffic(); tr.Launches != 0 {
			t.Errorf("reshaping launched kernels: %+v", tr)
		}
	})
}

// TestOtherDevice gives a lane the block of another, which goes by way of the
// host.
func TestOtherDevice(t *testing.T) {
	mem := kerneltest.Alloc(t)
	ctx := background(mem)
	one, two := newLane(t, gpu.FakeOptions{}), newLane(t, gpu.FakeOptions{Ordinal: 1})
	x, err := one.Upload(ctx, floats(t, []float64{3}, 1, 1))
	check(t, err)
	y, err := run(ctx, two, gpu.OpGemm, plain.Append(nil), x, x)
	check(t, err)
	if y.Lane() != two || one.Name() == two.Name() {
		t.Errorf("the result is on %s", y.Lane().Name())
	}
	got := toHost(t, mem, y)
	if v := kernels.At[float64](got, 0, 0); v != 9 {
		t.Errorf("3·3 is %v", v)
	}
	got.Release()
	x.Release()
	check(t, one.Close())
	check(t, two.Close())
}

func TestToHostOfLists(t *testing.T) {
	mem := kerneltest.Alloc(t)
	l := newLane(t, gpu.FakeOptions{})
	up, err := l.Upload(background(mem), floats(t, []float64{7}))
	check(t, err)
	list := graph.List{up, graph.Raw("x"), graph.List{up}}
	h, err := gpu.ToHost(mem, list)
	check(t, err)
	first := h.(graph.List)[0].(*kernels.Block)
	nested := h.(graph.List)[2].(graph.List)[0].(*kernels.Block)
	if kernels.At[float64](first, 0) != 7 || kernels.At[float64](nested, 0) != 7 || string(h.(graph.List)[1].(graph.Raw)) != "x" {
		t.Errorf("the list became %v", h)
	}
	h.Release()
	up.Release()
	check(t, l.Close())
}

// hostOnly has no GPU kernel.
var hostOnly = graph.NewFunc("gputest.host-only", func(context.Context, int) (int, error) { return 0, nil })

func TestOpWithoutGPUKernel(t *testing.T) {
	l := newLane(t, gpu.FakeOptions{})
	defer l.Close()
	_, err := run(context.Background(), l, hostOnly.Name(), nil)
	if !errors.Is(err, gpu.ErrNoGPU) || !strings.Contains(err.Error(), `"gputest.host-only"`) {
		t.Errorf("running it on a device: %v", err)
	}
}

func TestKernelWithoutLane(t *testing.T) {
	op, err := graph.Lookup(gpu.OpGemm)
	check(t, err)
	_, err = graph.Execute(context.Background(), op.Name, op.GPU, &graph.Call{Attr: plain.Append(nil)})
	if err == nil || !strings.Contains(err.Error(), "not on a device") {
		t.Errorf("a GPU kernel on a CPU: %v", err)
	}
}

func TestCancelledBeforeItStarts(t *testing.T) {
	l := newLane(t, gpu.FakeOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := floats(t, []float64{1}, 1, 1)
	if _, err := run(ctx, l, gpu.OpGemm, plain.Append(nil), a, a); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled call: %v", err)
	}
	if tr := l.Device().Traffic(); tr.CopiesIn != 0 {
		t.Errorf("a cancelled call copied: %+v", tr)
	}
	check(t, l.Close())
}

// TestManyCallers has calls, copies to the host and releases on one lane at the
// same time.
func TestManyCallers(t *testing.T) {
	eachLane(t, func(t *testing.T, l *gpu.Lane) {
		a := floats(t, []float64{1, 1, 0, 1}, 2, 2)
		shared, err := l.Upload(context.Background(), a)
		check(t, err)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					x, err := run(context.Background(), l, gpu.OpGemm, plain.Append(nil), shared, a)
					if err != nil {
						t.Error(err)
						return
					}
					v, err := x.ToHost(kernels.DefaultAllocator())
					x.Release()
					if err != nil {
						t.Error(err)
						return
					}
					if got := kernels.At[float64](v.(*kernels.Block), 0, 1); got != 2 {
						t.Errorf("the product has %v, want 2", got)
					}
					v.Release()
				}
			})
		}
		wg.Wait()
		shared.Release()
	})
}

// TestSameInputGoesOnce copies a block that is both factors to the device once.
func TestSameInputGoesOnce(t *testing.T) {
	l, err := gpu.NewLane(gpu.Fake(gpu.FakeOptions{}))
	check(t, err)
	a, err := kernels.FromSlice([]float64{1, 2, 3, 4}, 2, 2)
	check(t, err)
	b, err := kernels.FromSlice([]float64{1, 2, 3, 4}, 2, 2)
	check(t, err)
	op, err := graph.Lookup(gpu.OpGemm)
	check(t, err)
	for want, in := range map[int64]graph.List{1: {a, a}, 2: {a, b}} {
		before := l.Device().Traffic().CopiesIn
		c, err := l.Run(context.Background(), op, &graph.Call{Attr: kernels.GemmSpec{Alpha: 1}.Append(nil), In: in})
		check(t, err)
		host, err := gpu.ToHost(kernels.DefaultAllocator(), c)
		check(t, err)
		if got := kernels.Data[float64](host.(*kernels.Block)); got[0] != 7 || got[3] != 22 {
			t.Errorf("the product is %v", got)
		}
		if got := l.Device().Traffic().CopiesIn - before; got != want {
			t.Errorf("%d blocks took %d copies", want, got)
		}
		c.Release()
	}
	check(t, l.Close())
}
