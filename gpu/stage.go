package gpu

import (
	"errors"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// stageChunk is how many bytes a copy moves at a time, and half of the pinned
// memory of a direction.
const stageChunk = 2 << 20

// A stage is the pinned host memory through which the copies of one direction go.
// There are two chunks of it, so that the host fills or empties one while the
// device copies the other. Whoever has the stream has the stage.
type stage struct {
	dev    device.Device
	stream device.Stream
	chunks [2]chunk
	now    int // the chunk that is being filled
}

// A chunk is in use up to used, and by the device until busy is passed.
type chunk struct {
	mem  []byte
	used int
	busy device.Event // nil: the device is done with it
}

func newStage(d device.Device, s device.Stream) (*stage, error) {
	g := &stage{dev: d, stream: s}
	for i := range g.chunks {
		var err error
		if g.chunks[i].mem, err = d.AllocHost(stageChunk); err != nil {
			g.close()
			return nil, err
		}
	}
	return g, nil
}

// close gives the memory back. The stream is closed before.
func (g *stage) close() {
	for i := range g.chunks {
		g.chunks[i].forget()
		if mem := g.chunks[i].mem; mem != nil {
			g.dev.FreeHost(mem)
		}
	}
}

// forget makes c free, of which the device is done.
func (c *chunk) forget() {
	if c.busy != nil {
		c.busy.Close()
	}
	c.busy, c.used = nil, 0
}

// settle waits until the device is done with c.
func (c *chunk) settle() error {
	if c.busy == nil {
		return nil
	}
	if err := c.busy.Wait(); err != nil {
		return err
	}
	c.forget()
	return nil
}

// mark records that what is queued now is the last that uses c.
func (g *stage) mark(c *chunk) error {
	e, err := g.stream.Record()
	if err != nil {
		return err
	}
	if c.busy != nil {
		c.busy.Close()
	}
	c.busy = e
	return nil
}

// copyIn queues a copy to the device. The host may change src when it returns.
func (g *stage) copyIn(dst device.Ptr, src []byte) error {
	for len(src) > 0 {
		c := &g.chunks[g.now]
		if c.used == len(c.mem) {
			g.now = 1 - g.now
			if c = &g.chunks[g.now]; c.used > 0 {
				if err := c.settle(); err != nil {
					return err
				}
			}
		}
		n := copy(c.mem[c.used:], src)
		if err := g.stream.CopyIn(dst, c.mem[c.used:c.used+n]); err != nil {
			return err
		}
		c.used += n
		if err := g.mark(c); err != nil {
			return err
		}
		dst, src = dst+device.Ptr(n), src[n:]
	}
	return nil
}

// reset makes all of the stage free. What the stream had is done, or never will
// be.
func (g *stage) reset() {
	for i := range g.chunks {
		g.chunks[i].forget()
	}
	g.now = 0
}

// copyOut copies to the host and returns when that is done.
func (g *stage) copyOut(dst []byte, src device.Ptr) (err error) {
	defer func() {
		if err != nil { // the device may still write to the chunks
			err = errors.Join(err, ifOther(err, g.stream.Synchronize()))
		}
		g.reset()
	}()
	var before []byte // where what is on its way goes
	for k := 0; len(dst) > 0; k++ {
		c := &g.chunks[k%2]
		n := min(len(c.mem), len(dst))
		if err := g.stream.CopyOut(c.mem[:n], src); err != nil {
			return err
		}
		if err := g.mark(c); err != nil {
			return err
		}
		if err := g.empty(k-1, before); err != nil {
			return err
		}
		before, dst, src = dst[:n], dst[n:], src+device.Ptr(n)
		if len(dst) == 0 {
			return g.empty(k, before)
		}
	}
	return nil
}

// empty waits for chunk k of a copy to the host, and copies it on.
func (g *stage) empty(k int, dst []byte) error {
	if k < 0 {
		return nil
	}
	c := &g.chunks[k%2]
	if err := c.settle(); err != nil {
		return err
	}
	copy(dst, c.mem)
	return nil
}

// ifOther returns other unless it says what err says.
func ifOther(err, other error) error {
	if other == nil || err.Error() == other.Error() {
		return nil
	}
	return other
}
