package gpu

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A Lane runs the GPU kernels of ops on one device, one call at a time in the
// order in which they come. It implements graph.Lane. All methods may be
// called from any goroutine.
type Lane struct {
	dev  device.Device
	name string

	calls   sync.Mutex    // held by the call that runs
	turn    uint64        // counts calls
	compute device.Stream // kernels; also what frees wait for
	in      device.Stream // copies to the device
	up      *stage        // of in
	word    []byte        // pinned, for what the host reads of a running call

	copies sync.Mutex    // held while out is used
	out    device.Stream // copies to the host, beside kernels
	down   *stage        // of out

	tier tier
}

// NewLane returns a lane for a device, which the lane closes when it is closed.
func NewLane(d device.Device) (*Lane, error) {
	in := d.Info()
	l := &Lane{dev: d, name: fmt.Sprintf("gpu%d", in.Ordinal)}
	l.tier.gone.L = &l.tier.mu
	for _, s := range []*device.Stream{&l.compute, &l.in, &l.out} {
		var err error
		if *s, err = d.NewStream(); err != nil {
			return nil, fmt.Errorf("gpu: lane of device %d (%s): %w", in.Ordinal, in.Name, err)
		}
	}
	if err := l.pin(); err != nil {
		return nil, fmt.Errorf("gpu: lane of device %d (%s): pinned host memory: %w", in.Ordinal, in.Name, err)
	}
	return l, nil
}

// wordBytes is the most that read takes.
const wordBytes = 64

// pin gets the host memory that copies go through. On error there is none.
func (l *Lane) pin() (err error) {
	if l.up, err = newStage(l.dev, l.in); err != nil {
		return err
	}
	if l.down, err = newStage(l.dev, l.out); err != nil {
		l.up.close()
		return err
	}
	if l.word, err = l.dev.AllocHost(wordBytes); err != nil {
		l.up.close()
		l.down.close()
	}
	return err
}

// unpin gives it back.
func (l *Lane) unpin() {
	l.up.close()
	l.down.close()
	l.dev.FreeHost(l.word)
}

// Name returns "gpu" and the ordinal of the device.
func (l *Lane) Name() string { return l.name }

// Device returns what the lane drives.
func (l *Lane) Device() device.Device { return l.dev }

// Err returns why the device takes no more work, or nil. Such a device stays as
// it is; the lane's blocks are lost, but for those evicted to the host.
func (l *Lane) Err() error {
	_, err := l.dev.Memory()
	return err
}

// Run executes an op on the device. Its inputs may be blocks of host memory,
// which are copied there for the call, or resident blocks; its result stays on
// the device. When Run returns, the device has done the work, so an error
// belongs to this call. The error wraps ErrNoGPU, and names the op, if it has
// no GPU kernel.
func (l *Lane) Run(ctx context.Context, op *graph.Op, c *graph.Call) (graph.Value, error) {
	if op.GPU == nil {
		return nil, fmt.Errorf("gpu: %w: op %q runs on CPUs only; leave out the resource %s", ErrNoGPU, op.Name, graph.GPU)
	}
	onLane := *c
	onLane.Lane = l
	return graph.Execute(ctx, op.Name, op.GPU, &onLane)
}

// Upload copies a block to the device. The caller releases the result.
func (l *Lane) Upload(ctx context.Context, b *kernels.Block) (*Block, error) {
	return work(ctx, l, func(j *job) (*Block, error) { return j.upload(b) })
}

// Close closes the device. The error wraps ErrLeak if blocks are still in use.
func (l *Lane) Close() error {
	l.calls.Lock()
	defer l.calls.Unlock()
	l.copies.Lock()
	defer l.copies.Unlock()
	err := errors.Join(l.compute.Close(), l.in.Close(), l.out.Close())
	l.unpin()
	err = errors.Join(err, l.dev.Close())
	if n := l.Residency().HostBytes; n > 0 {
		err = errors.Join(err, fmt.Errorf("gpu: %w: %d bytes of blocks evicted to the host", ErrLeak, n))
	}
	return err
}
