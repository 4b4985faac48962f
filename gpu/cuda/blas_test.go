//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda_test

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu/cuda"
	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/devicetest"
)

// cublas is in the test, which may run where there is no source.
//
//go:embed testdata/cublas.c
var cublas string

// emulated skips a test that hands memory of the device to functions of the host.
func emulated(t *testing.T) {
	t.Helper()
	infos, err := cuda.List()
	if errors.Is(err, cuda.ErrNoDriver) {
		t.Skip(err)
	}
	if err != nil || len(infos) == 0 {
		t.Fatalf("devices %v: %v", infos, err)
	}
	if infos[0].Name != "emulator" {
		t.Skip("only the emulated device's memory is the host's")
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip(err)
	}
}

// standIn compiles cublas with the macros given.
func standIn(t *testing.T, macros ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "libcublas.so")
	args := append([]string{"-O1", "-shared", "-fPIC", "-ffp-contract=off", "-DVERSION=120403"}, macros...)
	gcc := exec.Command("gcc", append(args, "-o", path, "-x", "c", "-")...)
	gcc.Stdin = strings.NewReader(cublas)
	if out, err := gcc.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func open(t *testing.T, o cuda.Options) device.Device {
	t.Helper()
	o.Limit = 128 << 20
	d, err := cuda.Open(0, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLibrary runs the suite of devices with products by a cuBLAS.
func TestLibrary(t *testing.T) {
	emulated(t)
	path := standIn(t)
	devicetest.Run(t, func(t *testing.T) device.Device { return open(t, cuda.Options{CuBLAS: path}) })
}

// product computes a·b for vectors of n elements side by side, float32, with the
// given distance of elements in a row of a.
func product(t *testing.T, d device.Device, a, b []float32, step int64) float32 {
	t.Helper()
	s, err := d.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Alloc(4096)
	if err != nil {
		t.Fatal(err)
	}
	var host []byte
	for _, x := range append(append([]float32(nil), a...), b...) {
		host = binary.LittleEndian.AppendUint32(host, math.Float32bits(x))
	}
	n := int64(len(b))
	at := device.Matrix{At: p, Row: n * step, Col: step}
	bt := device.Whole(p+device.Ptr(4*len(a)), 1)
	out := make([]byte, 4)
	err = errors.Join(s.CopyIn(p, host),
		s.Launch(device.Gemm(device.Float32, 1, 1, n, 1, at, bt, 0, device.Whole(p+2048, 1))),
		s.CopyOut(out, p+2048), s.Synchronize())
	if err != nil {
		t.Fatal(err)
	}
	d.Free(p, s)
	if err := errors.Join(s.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(out))
}

// TestLibraryIsUsed for what BLAS has a form for, and the kernels here for the rest
// and where it is switched off.
func TestLibraryIsUsed(t *testing.T) {
	emulated(t)
	path := standIn(t)
	a, b := []float32{1, 9, 2, 9}, []float32{3, 5}
	for _, c := range []struct {
		o       cuda.Options
		a       []float32
		step    int64
		library int64
		by      string
	}{
		{cuda.Options{CuBLAS: path}, []float32{1, 2}, 1, 1, "cuBLAS 12.4.3 (" + path + ")"},
		{cuda.Options{CuBLAS: path}, a, 2, 0, "cuBLAS 12.4.3"}, // every other element
		{cuda.Options{CuBLAS: "none"}, []float32{1, 2}, 1, 0, "own kernels (no cuBLAS: cuBLAS is switched off)"},
	} {
		d := open(t, c.o)
		if by := d.Info().Products; !strings.HasPrefix(by, c.by) {
			t.Errorf("products by %q, want %q", by, c.by)
		}
		if got := product(t, d, c.a, b, c.step); got != 13 || d.Traffic().Library != c.library || d.Traffic().Launches != 1 {
			t.Errorf("%+v: %v, want 13; traffic %+v", c, got, d.Traffic())
		}
	}
}

// TestTF32 rounds the factors of float32, and says so.
func TestTF32(t *testing.T) {
	emulated(t)
	d := open(t, cuda.Options{CuBLAS: standIn(t), TF32: true})
	if in := d.Info(); !in.TF32 || !strings.Contains(in.Products, "TF32") {
		t.Errorf("it says %+v", in)
	}
	if got := product(t, d, []float32{1 + 1.0/2048, 1 + 1.0/512}, []float32{1, 1}, 1); got != 2+1.0/512 {
		t.Errorf("the sum of rounded factors is %v", got)
	}
}

// TestLibraryFails says which library cannot be used, and why; of those looked for
// by name it is the reason why there is none.
func TestLibraryFails(t *testing.T) {
	emulated(t)
	text := filepath.Join(t.TempDir(), "text.so")
	if err := os.WriteFile(text, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    cuda.Options
		says string
	}{
		{cuda.Options{CuBLAS: "/no/such/libcublas.so"}, "/no/such/libcublas.so: cannot open shared object file"},
		{cuda.Options{CuBLAS: text}, text},
		{cuda.Options{CuBLAS: standIn(t, "-DFAIL_CREATE=1")}, "cublasCreate: cuBLAS status 1 (not initialized)"},
		{cuda.Options{CuBLAS: standIn(t, "-DWITHOUT_SGEMM")}, "it has no function cublasSgemm_v2"},
		{cuda.Options{CuBLAS: "none", TF32: true}, "TF32 needs cuBLAS: cuBLAS is switched off"},
	} {
		d, err := cuda.Open(0, c.o)
		if err == nil {
			t.Errorf("%+v opens %+v", c.o, d.Info())
			continue
		}
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.o, err, c.says)
		}
	}
}
