package sim

import "time"

// A clock is virtual time: what is to happen, in the order of time, and of
// being scheduled.
type clock struct {
	now  time.Duration
	heap []occasion
	seq  uint64
}

type occasion struct {
	at  time.Duration
	seq uint64
	do  func()
}

func (a occasion) before(b occasion) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	return a.seq < b.seq
}

// after does f when d has passed.
func (c *clock) after(d time.Duration, f func()) { c.at(c.now+d, f) }

func (c *clock) at(t time.Duration, f func()) {
	c.seq++
	h := append(c.heap, occasion{max(t, c.now), c.seq, f})
	k := len(h) - 1
	for k > 0 && h[k].before(h[(k-1)/2]) {
		h[k], h[(k-1)/2] = h[(k-1)/2], h[k]
		k = (k - 1) / 2
	}
	c.heap = h
}

// next does what comes next, and reports whether there was anything.
func (c *clock) next() bool {
	if len(c.heap) == 0 {
		return false
	}
	h := c.heap
	first := h[0]
	n := len(h) - 1
	h[0], h[n] = h[n], occasion{}
	c.heap = h[:n]
	for k := 0; ; {
		l := 2*k + 1
		if l+1 < n && h[l+1].before(h[l]) {
			l++
		}
		if l >= n || !h[l].before(h[k]) {
			break
		}
		h[k], h[l] = h[l], h[k]
		k = l
	}
	c.now = first.at
	first.do()
	return true
}
