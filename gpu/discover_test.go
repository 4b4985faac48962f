package gpu_test

import (
	"errors"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
)

// TestDiscover holds on a machine with devices and on one without.
func TestDiscover(t *testing.T) {
	infos, err := gpu.Discover()
	if err != nil && !errors.Is(err, gpu.ErrNoDriver) {
		t.Fatal(err)
	}
	lanes, openErr := gpu.Open(gpu.Options{})
	if errors.Is(err, gpu.ErrNoDriver) != errors.Is(openErr, gpu.ErrNoDriver) || len(lanes) != len(infos) {
		t.Fatalf("%d devices (%v), %d lanes (%v)", len(infos), err, len(lanes), openErr)
	}
	t.Logf("devices %+v, %v", infos, err)
	for i, l := range lanes {
		if in := l.Device().Info(); in != infos[i] || in.Total <= 0 || in.Name == "" {
			t.Errorf("lane %s drives %+v, discovered %+v", l.Name(), in, infos[i])
		}
		check(t, l.Close())
	}
}
