//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

/*
#cgo LDFLAGS: -Wl,--as-needed -ldl
const char *ashlar_driver_error(void);
*/
import "C"

import (
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"gorgonia.org/cu"
)

// List returns the devices that this process may use. The error wraps
// ErrNoDriver and says what is missing.
func List() ([]device.Info, error) {
	if why := C.GoString(C.ashlar_driver_error()); why != "" {
		return nil, fmt.Errorf("gpu: %w: %s", ErrNoDriver, why)
	}
	n, err := cu.NumDevices()
	if err != nil {
		return nil, fmt.Errorf("gpu: counting devices: %w", err)
	}
	infos := make([]device.Info, n)
	for i := range infos {
		if infos[i], err = info(i); err != nil {
			return nil, err
		}
	}
	return infos, nil
}

// info asks the driver about a device; it does not open it.
func info(ordinal int) (in device.Info, err error) {
	in.Ordinal = ordinal
	defer func() {
		if err != nil {
			err = fmt.Errorf("gpu: device %d: %w", ordinal, err)
		}
	}()
	d, err := cu.GetDevice(ordinal)
	if err != nil {
		return in, err
	}
	if in.Name, err = d.Name(); err != nil {
		return in, err
	}
	if in.Total, err = d.TotalMem(); err != nil {
		return in, err
	}
	id, err := d.UUID()
	if err != nil {
		return in, err
	}
	in.UUID = "GPU-" + id.String()
	major, err := d.Attribute(cu.ComputeCapabilityMajor)
	if err != nil {
		return in, err
	}
	minor, err := d.Attribute(cu.ComputeCapabilityMinor)
	in.Arch = fmt.Sprintf("sm_%d%d", major, minor)
	return in, err
}
