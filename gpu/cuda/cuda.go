package cuda

import "errors"

// ErrNoDriver: this program or this machine has no CUDA driver.
var ErrNoDriver = errors.New("no CUDA driver")

// Options describe how a device is used.
type Options struct {
	// Limit is how much device memory may be in use at a time, in bytes;
	// 0 is nine tenths of what is free when the device is opened.
	Limit int64
}
