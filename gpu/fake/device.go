package fake

import (
	"errors"
	"fmt"
	"sync"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// DefaultMemory is the memory of a device whose Options name none.
const DefaultMemory = 256 << 20

// Options describe a fake device. The zero Options are a usable device.
type Options struct {
	Ordinal int
	Memory  int64 // bytes; 0 is DefaultMemory
}

// Device is a fake device. It implements device.Device.
type Device struct {
	info    device.Info
	account *device.Account
	device.Counters
	pinned device.Pinned

	mu      sync.Mutex // guards what follows, and the streams
	space   space
	streams map[*stream]struct{}
	faults  faults
	failed  error // sticky, once the device refuses work
	closed  bool
}

var _ device.Device = (*Device)(nil)

// New returns a fake device.
func New(o Options) *Device {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	return &Device{
		info: device.Info{
			Name: "fake", Ordinal: o.Ordinal, UUID: fmt.Sprintf("FAKE-%d", o.Ordinal), Arch: "fake", Total: o.Memory,
			Products: "own kernels, in Go",
		},
		account: device.NewAccount(o.Memory),
		streams: map[*stream]struct{}{},
	}
}

// Info implements device.Device.
func (d *Device) Info() device.Info { return d.info }

// Memory implements device.Device.
func (d *Device) Memory() (device.Memory, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.account.Memory()
	m.Total, m.Free = d.info.Total, d.info.Total-m.Used
	return m, d.failed
}

// Alloc implements device.Device.
func (d *Device) Alloc(bytes int64) (device.Ptr, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.enter(); err != nil || bytes == 0 {
		return 0, err
	}
	if bytes < 0 || d.faults.hit(OutOfMemory) || !d.account.Reserve(bytes) {
		m := d.account.Memory()
		return 0, device.OutOfMemory(d.info, m, bytes)
	}
	p := d.space.open(bytes)
	d.account.Opened(p, bytes)
	return p, nil
}

// Free implements device.Device. The memory counts as free at once, and goes
// when the stream gets there; as no address is used twice, the next allocation
// need not wait for that.
func (d *Device) Free(p device.Ptr, after device.Stream) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.account.Closed(p)
	if d.failed == nil && !d.closed { // else nothing that is queued will run
		after.(*stream).push(func() error {
			d.space.close(p)
			return nil
		})
	}
}

// AllocHost implements device.Device.
func (d *Device) AllocHost(bytes int64) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.enter(); err != nil {
		return nil, err
	}
	b := make([]byte, bytes)
	d.pinned.Add(b)
	return b, nil
}

// FreeHost implements device.Device. A copy of b that is still queued is one of
// memory that is not there: it is found when it runs.
func (d *Device) FreeHost(b []byte) { d.pinned.Remove(b) }

// Close implements device.Device. It runs what is queued.
func (d *Device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for s := range d.streams { // order-free: streams that matter to each other wait by events
		s.runTo(s.queued)
	}
	d.closed = true
	return errors.Join(d.account.Leak(), d.pinned.Leak())
}

// enter starts a call: it reports why the device takes no work, if so.
func (d *Device) enter() error {
	switch {
	case d.closed:
		panic("fake: use of a closed device")
	case d.failed == nil && d.faults.hit(DeviceLost):
		d.fail(fmt.Errorf("gpu: %w: device %d (%s): injected", device.ErrLost, d.info.Ordinal, d.info.Name))
	}
	return d.failed
}

// fail makes the device refuse all further work. What is queued is dropped.
func (d *Device) fail(err error) {
	if d.failed != nil {
		return
	}
	d.failed = err
	for s := range d.streams { // order-free: nothing runs
		s.queue = nil
	}
}
