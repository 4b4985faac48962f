package fake_test

import (
	"errors"
	"math"
	"testing"
	"unsafe"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/fake"
)

func open(t *testing.T) (*fake.Device, device.Stream) {
	t.Helper()
	d := fake.New(fake.Options{})
	s, err := d.NewStream()
	check(t, err)
	return d, s
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func alloc(t *testing.T, d device.Device, bytes int64) device.Ptr {
	t.Helper()
	p, err := d.Alloc(bytes)
	check(t, err)
	return p
}

// TestForgottenWait shows what each missing wait leads to, every time.
func TestForgottenWait(t *testing.T) {
	d, s := open(t)
	other, err := d.NewStream()
	check(t, err)
	p := alloc(t, d, 1)

	// The host reads before the copy is waited for.
	got := []byte{1}
	check(t, s.Launch(device.Fill(p, 1, 1, 9)))
	check(t, s.CopyOut(got, p))
	if got[0] != 1 {
		t.Errorf("a copy that nobody waited for has run: %d", got[0])
	}
	check(t, s.Synchronize())
	if got[0] != 9 {
		t.Errorf("after the wait: %d", got[0])
	}

	// The host writes its source again before the copy is waited for.
	src := []byte{5}
	check(t, s.CopyIn(p, src))
	src[0] = 6
	check(t, s.CopyOut(got, p))
	check(t, s.Synchronize())
	if got[0] != 6 {
		t.Errorf("the copy took %d, before it had to", got[0])
	}

	// A stream does not wait for the one that writes what it reads.
	check(t, s.Launch(device.Fill(p, 1, 1, 77)))
	check(t, other.CopyOut(got, p))
	check(t, other.Synchronize())
	if got[0] == 77 {
		t.Error("one stream saw what another had only queued")
	}
	d.Free(p, s)
	check(t, d.Close())
}

// TestStray checks that whatever leaves what is allocated fails the device.
func TestStray(t *testing.T) {
	for name, stray := range map[string]func(d device.Device, s device.Stream, p device.Ptr) error{
		"copy beyond the end": func(_ device.Device, s device.Stream, p device.Ptr) error { return s.CopyIn(p, make([]byte, 65)) },
		"copy from nowhere":   func(_ device.Device, s device.Stream, _ device.Ptr) error { return s.CopyOut(make([]byte, 1), 8) },
		"kernel beyond the end": func(_ device.Device, s device.Stream, p device.Ptr) error {
			return s.Launch(device.Fill(p+60, 2, 4, 0))
		},
		"copy from pinned memory that was freed": func(d device.Device, s device.Stream, p device.Ptr) error {
			h, err := d.AllocHost(64)
			if err == nil {
				err = s.CopyIn(p, h)
				d.FreeHost(h)
			}
			return err
		},
		"misaligned sum": func(_ device.Device, s device.Stream, p device.Ptr) error {
			return s.Launch(device.Reduction{Type: device.Float64, Outer: 1, N: 2, Inner: 1}.Launch(p, p+4, 1))
		},
		"use of freed memory":     useFreed,
		"gemm with wrong strides": strayGemm,
	} {
		d, s := open(t)
		p := alloc(t, d, 64)
		check(t, stray(d, s, p))
		if err := s.Synchronize(); !errors.Is(err, device.ErrAddress) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := d.Alloc(1); !errors.Is(err, device.ErrAddress) {
			t.Errorf("%s: the device goes on: %v", name, err)
		}
	}
}

func useFreed(d device.Device, s device.Stream, p device.Ptr) error {
	d.Free(p, s)
	return s.CopyOut(make([]byte, 1), p)
}

func strayGemm(_ device.Device, s device.Stream, p device.Ptr) error {
	m := device.Matrix{At: p, Row: 7, Col: 1}
	return s.Launch(device.Gemm(device.Float64, 2, 2, 2, 1, m, m, 0, device.Whole(p, 2))) // row 1 ends at element 8, where p does
}

func TestFreshMemoryIsNaN(t *testing.T) {
	d, s := open(t)
	p := alloc(t, d, 8)
	var v float64
	check(t, s.CopyOut(unsafe.Slice((*byte)(unsafe.Pointer(&v)), 8), p))
	check(t, s.Synchronize())
	if !math.IsNaN(v) {
		t.Errorf("fresh memory holds %v", v)
	}
	if err := d.Close(); !errors.Is(err, device.ErrLeak) {
		t.Errorf("closed with 8 bytes in use: %v", err)
	}
}

func TestUnknownKernel(t *testing.T) {
	_, s := open(t)
	err := s.Launch(device.Launch{Kernel: "nosuch", Grid: [3]int{1, 1, 1}, Block: [3]int{1, 1, 1}})
	if !errors.Is(err, device.ErrLaunch) {
		t.Errorf("launch of an unknown kernel: %v", err)
	}
	if err := s.Launch(device.Launch{Kernel: device.KernelFill}); !errors.Is(err, device.ErrLaunch) {
		t.Errorf("launch of an empty grid: %v", err)
	}
}
