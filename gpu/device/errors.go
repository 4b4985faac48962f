package device

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// What can go wrong on a device, for errors.Is. Out of memory is
// graph.ErrMemory.
var (
	// ErrLost: the device fell off the bus, was reset or taken away.
	ErrLost = errors.New("device lost")
	// ErrLaunch: a kernel could not be started or did not end well.
	ErrLaunch = errors.New("kernel failed")
	// ErrAddress: a kernel or copy touched memory that is not allocated. The
	// device refuses all further work, as CUDA does.
	ErrAddress = errors.New("illegal device address")
	// ErrLeak: a device was closed with memory allocated.
	ErrLeak = errors.New("device memory still allocated")
)

// OutOfMemory returns the error for an allocation that does not fit. It wraps
// graph.ErrMemory.
func OutOfMemory(in Info, m Memory, want int64) error {
	return fmt.Errorf("gpu: %w on device %d (%s): %d bytes wanted, %d of %d in use; "+
		"use smaller chunks, or raise the limit of device memory",
		graph.ErrMemory, in.Ordinal, in.Name, want, m.Used, m.Limit)
}
