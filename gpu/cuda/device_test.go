//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu/cuda"
	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/devicetest"
)

// TestDevice runs on the first device, which may be the emulator's, with products
// of the kernels here.
func TestDevice(t *testing.T) { suite(t, cuda.NoCuBLAS) }

// TestDeviceWithCuBLAS runs with the products of the cuBLAS that is found by name.
func TestDeviceWithCuBLAS(t *testing.T) { suite(t, "") }

func suite(t *testing.T, cublas string) {
	infos, err := cuda.List()
	if errors.Is(err, cuda.ErrNoDriver) {
		t.Skip(err)
	}
	if err != nil || len(infos) == 0 {
		t.Fatalf("devices %v: %v", infos, err)
	}
	devicetest.Run(t, func(t *testing.T) device.Device {
		d, err := cuda.Open(0, cuda.Options{Limit: 128 << 20, CuBLAS: cublas})
		if err != nil {
			t.Fatal(err)
		}
		if cublas != cuda.NoCuBLAS && !strings.HasPrefix(d.Info().Products, "cuBLAS") {
			t.Skip(d.Info().Products, d.Close())
		}
		return d
	})
}
