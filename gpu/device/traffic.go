package device

import "sync/atomic"

// Counters count Traffic. They are for implementations of Device; the zero
// Counters are ready.
type Counters struct {
	copiesIn, bytesIn, copiesOut, bytesOut, staged, launches, library atomic.Int64
}

// In counts a copy to the device.
func (c *Counters) In(bytes int) {
	c.copiesIn.Add(1)
	c.bytesIn.Add(int64(bytes))
}

// Out counts a copy to the host.
func (c *Counters) Out(bytes int) {
	c.copiesOut.Add(1)
	c.bytesOut.Add(int64(bytes))
}

// Staged counts a copy, counted as such, of host memory that is not pinned.
func (c *Counters) Staged() { c.staged.Add(1) }

// Launch counts a kernel.
func (c *Counters) Launch() { c.launches.Add(1) }

// Library counts a launch, counted as such, as one of a library.
func (c *Counters) Library() { c.library.Add(1) }

// Traffic returns the counts.
func (c *Counters) Traffic() Traffic {
	return Traffic{
		CopiesIn: c.copiesIn.Load(), BytesIn: c.bytesIn.Load(),
		CopiesOut: c.copiesOut.Load(), BytesOut: c.bytesOut.Load(),
		Staged: c.staged.Load(), Launches: c.launches.Load(), Library: c.library.Load(),
	}
}
