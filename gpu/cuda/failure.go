//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"gorgonia.org/cu"
)

// sticky are the results after which a context takes no more work, by what
// they mean.
var sticky = map[error]error{
	cu.IllegalAddress:      device.ErrAddress,
	cu.MisalignedAddress:   device.ErrAddress,
	cu.InvalidAddressSpace: device.ErrAddress,
	cu.LaunchFailed:        device.ErrLaunch,
	cu.LaunchTimeout:       device.ErrLaunch,
	cu.HardwareStackError:  device.ErrLaunch,
	cu.IllegalInstruction:  device.ErrLaunch,
	cu.InvalidPc:           device.ErrLaunch,
	cu.Assert:              device.ErrLaunch,
	cu.EccUncorrectable:    device.ErrLost,
	cu.NvlinkUncorrectable: device.ErrLost,
	cu.Deinitialized:       device.ErrLost,
	cu.ContextIsDestroyed:  device.ErrLost,
	cu.InvalidContext:      device.ErrLost,
	cu.NoDevice:            device.ErrLost,
	cu.InvalidDevice:       device.ErrLost,
	cu.Unknown:             device.ErrLost,
}

// explain says on which device and in what call err happened. Errors that end
// the context are kept, and are the answer to every later call.
func (d *Device) explain(what string, err error) error {
	if err == nil {
		return nil
	}
	for code, means := range sticky { // order-free: err is one code
		if errors.Is(err, code) {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.failed == nil {
				d.failed = fmt.Errorf("gpu: %w: device %d (%s): %s: %w", means, d.info.Ordinal, d.info.Name, what, err)
			}
			return d.failed
		}
	}
	return fmt.Errorf("gpu: device %d (%s): %s: %w", d.info.Ordinal, d.info.Name, what, err)
}
