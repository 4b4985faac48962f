package device

import "fmt"

// A Ptr is an address in the memory of a device. It is a number and not a
// pointer, so that no host code can look behind it. 0 is no memory.
type Ptr uint64

// String shows p in hexadecimal.
func (p Ptr) String() string { return fmt.Sprintf("dev:%#x", uint64(p)) }

// Info says which device it is.
type Info struct {
	Name    string // as its maker calls it
	Ordinal int    // its place among the devices that this process sees
	UUID    string // names the device on any host; empty if unknown
	Arch    string // such as "sm_90"; "fake" for the fake device
	Total   int64  // bytes of memory
	// Products says what multiplies matrices: a library and its version, or own
	// kernels and why no library. It is known when the device is open.
	Products string
	TF32     bool // the factors of float32 products are rounded to TF32
}

// Memory says how the memory of a device is used, in bytes.
type Memory struct {
	Total int64 // what the device has
	Free  int64 // what nobody uses, other processes included
	Limit int64 // what Alloc will hand out at most
	Used  int64 // what Alloc has handed out
	Peak  int64 // the most that Used has been
}

// Traffic counts what went over the bus and onto the device.
type Traffic struct {
	CopiesIn, BytesIn   int64 // host to device
	CopiesOut, BytesOut int64 // device to host
	Staged              int64 // of these copies, those of host memory that is not pinned
	Launches            int64
	Library             int64 // of these, products by a library of the device's maker
}

// A Device is one accelerator with memory of its own.
type Device interface {
	Info() Info
	Memory() (Memory, error)
	Traffic() Traffic

	// Alloc returns bytes of fresh memory, aligned to 256; nothing for 0
	// bytes. The error wraps graph.ErrMemory when there is not enough.
	Alloc(bytes int64) (Ptr, error)
	// Free gives p, which Alloc returned, back once the work that is now in
	// after is done. It panics if p is not allocated.
	Free(p Ptr, after Stream)

	// AllocHost returns host memory that the device copies from and to by itself,
	// beside whatever the host does: pinned memory. Copies of other host memory
	// are right as well, but the driver may move them in steps of its own, while
	// the caller waits. bytes is at least 1.
	AllocHost(bytes int64) ([]byte, error)
	// FreeHost gives back what AllocHost returned, when no copy uses it. It panics
	// if b is not that.
	FreeHost(b []byte)

	NewStream() (Stream, error)
	// Close gives the device back. It returns an error that wraps ErrLeak
	// if memory is still allocated, on it or pinned.
	Close() error
}

// A Stream runs work in the order in which it was put there. Each method
// returns as soon as the work is queued, Synchronize excepted.
type Stream interface {
	// CopyIn copies src to the device.
	CopyIn(dst Ptr, src []byte) error
	// CopyOut copies len(dst) bytes to the host.
	CopyOut(dst []byte, src Ptr) error
	// CopyWithin copies between two ranges that do not overlap.
	CopyWithin(dst, src Ptr, bytes int64) error
	Launch(l Launch) error
	// Record returns an event that is done when what is queued now is.
	Record() (Event, error)
	// Await makes what is queued from now on wait for e, of any stream of
	// the device. The host does not wait.
	Await(e Event) error
	// Synchronize returns when what is queued is done, or why it never will be.
	Synchronize() error
	Close() error
}

// An Event is a point in a stream.
type Event interface {
	// Wait returns when the stream has passed the point.
	Wait() error
	Close()
}
