package server

import (
	"math"
	"testing"
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
