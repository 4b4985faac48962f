// Package fake is a device in host memory, so that everything about devices but
// their speed can be tested without one.
//
// Its memory is an address space of its own: an address means nothing to the
// host, allocations lie apart, fresh memory is full of NaN, and a copy or kernel
// that leaves what is allocated fails the device, as it does on CUDA.
//
// Its streams are as lazy as the rules of package device allow: nothing that is
// queued runs before somebody waits for it, and then only what that needs. A
// forgotten wait, a host buffer reused too early, memory freed too early or a
// missing dependency between streams is therefore an error in every run, and
// not in one run of thousands. There is no goroutine; what runs, runs in the
// caller that waits, and runs the same every time.
//
// Faults ([Device.Inject]) make an allocation, a launch or the whole device
// fail at a chosen call.
package fake
