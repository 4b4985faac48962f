//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu/device"
	"gorgonia.org/cu"
)

// TestExplain tells what ends a context from what does not.
func TestExplain(t *testing.T) {
	for _, c := range []struct {
		err    error
		means  error
		sticky bool
	}{
		{cu.IllegalAddress, device.ErrAddress, true},
		{fmt.Errorf("wrapped: %w", cu.LaunchFailed), device.ErrLaunch, true},
		{cu.EccUncorrectable, device.ErrLost, true},
		{cu.OutOfMemory, cu.OutOfMemory, false},
		{cu.InvalidValue, cu.InvalidValue, false},
	} {
		d := &Device{info: device.Info{Name: "card", Ordinal: 2}}
		err := d.explain("launch gemm_f64", c.err)
		if !errors.Is(err, c.means) || !errors.Is(err, errors.Unwrap(c.err)) && errors.Unwrap(c.err) != nil ||
			!strings.Contains(err.Error(), "device 2 (card): launch gemm_f64") {
			t.Errorf("%v is explained as %v", c.err, err)
		}
		if (d.failed != nil) != c.sticky {
			t.Errorf("%v: the device keeps %v", c.err, d.failed)
			continue
		}
		if c.sticky {
			again := d.do("alloc", func() error { panic("called on a failed device") })
			if !errors.Is(again, c.means) {
				t.Errorf("after %v the next call says %v", c.err, again)
			}
		}
	}
}
