//go:build !(cuda && cgo && linux && (amd64 || arm64))

package cuda

import (
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
)

var errTag = fmt.Errorf("gpu: %w: this program is built without the tag cuda (linux on amd64 or arm64, with cgo)", ErrNoDriver)

// List returns the devices that this process may use. The error wraps
// ErrNoDriver and says what is missing.
func List() ([]device.Info, error) { return nil, errTag }

// Open opens the device with an ordinal of List. The error wraps ErrNoDriver.
func Open(ordinal int, o Options) (device.Device, error) { return nil, errTag }
