package server

import (
	"math"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
)

// TestEvicted: devices may evict to a quarter of a worker's memory, or as much
// as they like where it has no limit.
func TestEvicted(t *testing.T) {
	for memory, want := range map[int64]int64{0: math.MaxInt64, 1 << 30: 1 << 28} {
		o, stop, err := Options{Memory: memory, GPU: GPUFake}.withDevices()
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Lanes[0].Residency().HostLimit; got != want {
			t.Errorf("of %d bytes evicted blocks may take %d, want %d", memory, got, want)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}

func TestDeviceOptions(t *testing.T) {
	for list, want := range map[string]gpu.Options{
		"": {}, "cublas=none": {CuBLAS: "none"}, "tf32,cublas=/lib/x.so": {CuBLAS: "/lib/x.so", TF32: true},
	} {
		if got, err := deviceOptions(list); got != want || err != nil {
			t.Errorf("%q is %+v, %v", list, got, err)
		}
	}
	for mode, want := range map[string]string{
		"auto,cublas": `"cublas" is neither`, "auto,tf32=1": "neither", "fake,tf32": `mode "fake" takes no options`, "cuda": "none of auto, fake and none",
	} {
		if _, err := openLanes(mode); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("mode %q: %v, want %q", mode, err, want)
		}
	}
}
