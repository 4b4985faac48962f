package check_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	_ "github.com/ashlar-go/ashlar/array" // the CPU side of the ops
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/gpu/check"
	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/fake"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// eachLane runs a test on a fake device, and on every real one.
func eachLane(t *testing.T, test func(t *testing.T, ctx context.Context, l *gpu.Lane)) {
	fresh, err := gpu.NewLane(gpu.Fake(gpu.FakeOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	lanes, err := gpu.Open(gpu.Options{Limit: 1 << 30})
	if err != nil && !errors.Is(err, gpu.ErrNoDriver) {
		t.Fatal(err)
	}
	for _, l := range append([]*gpu.Lane{fresh}, lanes...) {
		t.Run(l.Device().Info().Name, func(t *testing.T) {
			test(t, kernels.WithAllocator(context.Background(), kerneltest.Alloc(t)), l)
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOps(t *testing.T) {
	eachLane(t, func(t *testing.T, ctx context.Context, l *gpu.Lane) {
		rs := check.Ops(ctx, l)
		for _, r := range rs {
			t.Run(r.Name, func(t *testing.T) {
				if r.Err != nil {
					t.Error(r.Err)
				}
			})
		}
		if len(rs) < 40 {
			t.Errorf("only %d checks", len(rs))
		}
	})
}

// TestOpsSee a device that computes something else, one without memory, and one
// that is gone.
func TestOpsSee(t *testing.T) {
	for name, x := range map[string]struct {
		device device.Device
		says   *regexp.Regexp
	}{
		"wrong sums": {crooked{fake.New(fake.Options{})}, regexp.MustCompile("on the CPU|not positive")},
		"no memory":  {fake.New(fake.Options{Memory: 4096}), regexp.MustCompile("memory")},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := gpu.NewLane(x.device)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			failed := 0
			for _, r := range check.Ops(context.Background(), l) {
				if r.Err != nil {
					failed++
					if !x.says.MatchString(r.Err.Error()) {
						t.Errorf("%s: %v, want something about %q", r.Name, r.Err, x.says)
					}
				}
			}
			if failed == 0 {
				t.Error("every check passed")
			}
		})
	}
}

// TestOpsSeeOtherWays: copies that do not go through pinned memory, and a library that
// is said to multiply and does not.
func TestOpsSeeOtherWays(t *testing.T) {
	l, err := gpu.NewLane(boasting{fake.New(fake.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	failed := map[string]string{}
	for _, r := range check.Ops(context.Background(), l) {
		if r.Err != nil {
			failed[r.Name] = r.Err.Error()
		}
	}
	if len(failed) != 2 || failed["products by cuBLAS 0"] != "no product went there" ||
		!strings.Contains(failed["copies through pinned memory"], "were of other host memory") {
		t.Errorf("failed: %q", failed)
	}
}

// boasting is a device that says that it has cuBLAS, and whose pinned memory is none.
type boasting struct{ device.Device }

func (d boasting) Info() device.Info {
	in := d.Device.Info()
	in.Products = "cuBLAS 0"
	return in
}

func (d boasting) AllocHost(bytes int64) ([]byte, error) { return make([]byte, bytes), nil }
func (d boasting) FreeHost([]byte)                       {}

// crooked is a device whose copies to the host change the first byte.
type crooked struct{ device.Device }

type crookedStream struct{ device.Stream }

func (d crooked) NewStream() (device.Stream, error) {
	s, err := d.Device.NewStream()
	return &crookedStream{s}, err
}

func (d crooked) Free(p device.Ptr, after device.Stream) {
	d.Device.Free(p, after.(*crookedStream).Stream)
}

func (s *crookedStream) CopyOut(dst []byte, src device.Ptr) error {
	if err := s.Stream.CopyOut(dst, src); err != nil {
		return err
	}
	if err := s.Stream.Synchronize(); err != nil {
		return err
	}
	dst[len(dst)-1] ^= 0x40
	return nil
}

func TestMeasure(t *testing.T) {
	eachLane(t, func(t *testing.T, ctx context.Context, l *gpu.Lane) {
		r, err := check.Measure(ctx, l, 1<<20, 64)
		if err != nil || r.In <= 0 || r.Out <= 0 || r.Gemm64 <= 0 || r.Gemm32 <= 0 || r.Copied != 1<<20 || r.GemmSize != 64 {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := check.Measure(ctx, l, 7, 64); err == nil || !strings.Contains(err.Error(), "multiple of 8") {
			t.Errorf("copies of 7 bytes: %v", err)
		}
	})
}
