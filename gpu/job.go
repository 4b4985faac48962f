package gpu

import (
	"context"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A job is one call on a lane. What it borrows and allocates for itself lives
// until the device is done.
type job struct {
	ctx    context.Context
	lane   *Lane
	blocks []*Block         // released at the end
	hosts  []*kernels.Block // released at the end
	back   []*buffer        // evicted ones, on their way to the device
}

// work runs f as the lane's only call, waits for the device, and returns what f
// made. If either fails, the result is released.
func work[V graph.Value](ctx context.Context, l *Lane, f func(*job) (V, error)) (v V, err error) {
	l.calls.Lock()
	defer l.calls.Unlock()
	var none V
	if err := ctx.Err(); err != nil {
		return none, err
	}
	l.turn++
	j := &job{ctx: ctx, lane: l}
	made := false
	defer func() { // also when f panics: the device must not outlive its memory
		busy := l.compute.Synchronize()
		if e := l.in.Synchronize(); busy == nil {
			busy = e
		}
		j.lane.up.reset()
		j.arrived(busy == nil)
		j.release()
		if err == nil && busy != nil {
			err = busy
		}
		if err != nil && made {
			v.Release()
			v = none
		}
	}()
	v, err = f(j)
	made = err == nil
	return v, err
}

func (j *job) release() {
	for _, b := range j.blocks {
		b.Release()
	}
	for _, b := range j.hosts {
		b.Release()
	}
}

// input returns a value as a block on this device, which lives as long as the
// job and is not the caller's to release.
func (j *job) input(v graph.Value) (*Block, error) {
	switch b := v.(type) {
	case *Block:
		if b.mem.lane == j.lane {
			return b, j.bringBack(b.mem)
		}
		host, err := b.ToHost(kernels.AllocatorFrom(j.ctx)) // from another device
		if err != nil {
			return nil, err
		}
		j.hosts = append(j.hosts, host.(*kernels.Block))
		return j.input(host)
	case *kernels.Block:
		up, err := j.upload(b)
		if err == nil {
			j.blocks = append(j.blocks, up)
		}
		return up, err
	}
	return nil, fmt.Errorf("gpu: the input is a %T, not a block", v)
}

// bringBack starts copying m to the device, if it was evicted. Until the job
// has ended well the host's copy stays, which may be all there is.
func (j *job) bringBack(m *buffer) error {
	if m.bytes == 0 || m.at() != 0 {
		return nil
	}
	l := j.lane
	p, err := l.room(m.bytes)
	if err != nil {
		return fmt.Errorf("bringing back an evicted block: %w", err)
	}
	if err := j.copyIn(p, m.kept()); err != nil {
		l.dev.Free(p, l.in)
		return err
	}
	l.tier.mu.Lock()
	defer l.tier.mu.Unlock()
	l.tier.settle(m, p)
	j.back = append(j.back, m)
	return nil
}

// arrived ends what bringBack began: for well, when the copies are done, or as
// if it had not been.
func (j *job) arrived(well bool) {
	t := &j.lane.tier
	for _, m := range j.back {
		t.mu.Lock()
		if well {
			t.forget(m)
			t.counts.BroughtBack += m.bytes
			t.mu.Unlock()
			continue
		}
		p := t.unsettle(m)
		t.mu.Unlock()
		j.lane.dev.Free(p, j.lane.compute)
	}
}

// sameBlock returns where among vs the block v of host memory is, or −1.
func sameBlock(vs []graph.Value, v graph.Value) int {
	b, ok := v.(*kernels.Block)
	if !ok {
		return -1
	}
	return slices.IndexFunc(vs, func(w graph.Value) bool {
		x, ok := w.(*kernels.Block)
		return ok && x == b
	})
}

// manyInputs is among how many inputs the same block is looked for.
const manyInputs = 8

// inputs is input for all of vs.
func (j *job) inputs(vs []graph.Value) ([]*Block, error) {
	bs := make([]*Block, len(vs))
	for _, v := range vs { // before any of them makes room for itself
		if b, ok := v.(*Block); ok && b.mem.lane == j.lane {
			j.lane.need(b.mem)
		}
	}
	for i, v := range vs {
		if k := sameBlock(vs[:min(i, manyInputs)], v); k >= 0 {
			bs[i] = bs[k]
			continue
		}
		var err error
		if bs[i], err = j.input(v); err != nil {
			return nil, err
		}
	}
	return bs, nil
}

// upload starts copying a block to the device; kernels of this job wait for it.
func (j *job) upload(b *kernels.Block) (*Block, error) {
	dense, err := kernels.Contiguous(kernels.AllocatorFrom(j.ctx), b)
	if err != nil {
		return nil, err
	}
	defer dense.Release()
	up, err := j.lane.alloc(b.DType(), b.Shape())
	if err != nil {
		return nil, err
	}
	if err := j.copyIn(up.at(), kernels.Payload(dense)); err != nil {
		up.Release()
		return nil, err
	}
	return up, nil
}

func (j *job) copyIn(dst device.Ptr, src []byte) error {
	if len(src) == 0 {
		return nil
	}
	if err := j.lane.up.copyIn(dst, src); err != nil {
		return err
	}
	e, err := j.lane.in.Record()
	if err != nil {
		return err
	}
	defer e.Close()
	return j.lane.compute.Await(e)
}

// table copies what a kernel reads to memory that lives as long as the job.
func (j *job) table(words []byte) (device.Ptr, error) {
	b, err := j.scratch(kernels.Uint8, len(words))
	if err != nil {
		return 0, err
	}
	return b.at(), j.copyIn(b.at(), words)
}

// scratch returns a fresh block that lives as long as the job.
func (j *job) scratch(t kernels.DType, shape ...int) (*Block, error) {
	b, err := j.lane.alloc(t, shape)
	if err == nil {
		j.blocks = append(j.blocks, b)
	}
	return b, err
}

// launch queues a kernel; one over no elements is none.
func (j *job) launch(l device.Launch) error {
	if slices.Min(l.Grid[:]) == 0 {
		return nil
	}
	return j.lane.compute.Launch(l)
}

// result makes a block with f, which fills it. It is the job's result, or is
// released.
func (j *job) result(t kernels.DType, shape []int, f func(*Block) error) (*Block, error) {
	b, err := j.lane.alloc(t, shape)
	if err != nil {
		return nil, err
	}
	if err := f(b); err != nil {
		b.Release()
		return nil, err
	}
	return b, nil
}
