package gpu_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu"
)

// TestNoneVisible hides the devices of a machine that has some, in a process of
// its own, since the driver reads the variable once.
func TestNoneVisible(t *testing.T) {
	if os.Getenv("CUDA_VISIBLE_DEVICES") == "-1" {
		infos, err := gpu.Discover()
		if !errors.Is(err, gpu.ErrNoDriver) || len(infos) > 0 {
			t.Errorf("discovered %+v, %v", infos, err)
		}
		return
	}
	c := exec.Command(os.Args[0], "-test.run=^TestNoneVisible$", "-test.v")
	c.Env = append(os.Environ(), "CUDA_VISIBLE_DEVICES=-1")
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestNoneVisible") {
		t.Errorf("with no device visible: %v\n%s", err, out)
	}
}

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
		in := l.Device().Info()
		if in.Products == "" {
			t.Errorf("lane %s does not say what multiplies", l.Name())
		}
		if in.Products = ""; in != infos[i] || in.Total <= 0 || in.Name == "" {
			t.Errorf("lane %s drives %+v, discovered %+v", l.Name(), in, infos[i])
		}
		check(t, l.Close())
	}
}
