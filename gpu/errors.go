package gpu

import (
	"errors"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// What can go wrong with work on a device, for errors.Is. Out of device memory
// is graph.ErrMemory.
var (
	// ErrNoGPU: the op, or what its attributes ask for, has no GPU kernel.
	// The same task without the resource GPU runs on a CPU.
	ErrNoGPU = errors.New("no GPU kernel")

	ErrLost    = device.ErrLost    // the device is gone
	ErrLaunch  = device.ErrLaunch  // a kernel failed
	ErrAddress = device.ErrAddress // a kernel went astray; the device takes no more work
	ErrLeak    = device.ErrLeak    // a lane was closed with blocks in use
)
