package fake

// A Fault is something that goes wrong.
type Fault uint8

// The faults.
const (
	// OutOfMemory fails an allocation, with memory left.
	OutOfMemory Fault = iota
	// LaunchFailure fails a kernel when it runs. The device refuses all
	// further work, as CUDA does.
	LaunchFailure
	// DeviceLost fails any call, and all that follow.
	DeviceLost
	faultCount
)

// faults counts down to each fault; 0 is none.
type faults [faultCount]int

// Inject makes the n-th allocation, launch or call from now on fail, counted
// from 1.
func (d *Device) Inject(f Fault, n int) {
	if n < 1 {
		panic("fake: Inject counts from 1")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults[f] = n
}

// hit counts one occasion for f and reports whether it goes wrong.
func (fs *faults) hit(f Fault) bool {
	if fs[f] == 0 {
		return false
	}
	fs[f]--
	return fs[f] == 0
}

// Planted reports whether a fault is still to come.
func (d *Device) Planted(f Fault) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.faults[f] > 0
}
