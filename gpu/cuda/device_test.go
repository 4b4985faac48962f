//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda_test

import (
	"errors"
	"testing"

	"github.com/ashlar-go/ashlar/gpu/cuda"
	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/devicetest"
)

// TestDevice runs on the first device, which may be the emulator's.
func TestDevice(t *testing.T) {
	infos, err := cuda.List()
	if errors.Is(err, cuda.ErrNoDriver) {
		t.Skip(err)
	}
	if err != nil || len(infos) == 0 {
		t.Fatalf("devices %v: %v", infos, err)
	}
	t.Logf("on %+v", infos[0])
	devicetest.Run(t, func(t *testing.T) device.Device {
		d, err := cuda.Open(0, cuda.Options{Limit: 128 << 20})
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}
