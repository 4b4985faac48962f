package graph

import "sync/atomic"

// A deque holds ready tasks of one worker of a Local. Its owner pushes and pops
// at the bottom, last in first out, so that it goes depth-first; others steal
// at the top, where what was readied longest ago is. It is the deque of Chase
// and Lev, "Dynamic Circular Work-Stealing Deque" (SPAA 2005); that Go's
// atomics are sequentially consistent supplies the fences.
type deque struct {
	// What thieves write and what the owner writes stand on lines of their own.
	_      [64]byte
	top    atomic.Int64 // only grows
	_      [56]byte
	bottom atomic.Int64 // written by the owner alone
	ring   atomic.Pointer[ring]
	_      [48]byte
}

// A ring is the array that a deque goes round in; its length is a power of two.
type ring []atomic.Uint32

func (r ring) at(i int64) *atomic.Uint32 { return &r[i&int64(len(r)-1)] }

// firstRing is the length of a deque's first ring: most never need another.
const firstRing = 256

func (d *deque) init() {
	r := make(ring, firstRing)
	d.ring.Store(&r)
}

// push adds a task at the bottom. Only the owner calls it.
func (d *deque) push(task uint32) {
	b, t := d.bottom.Load(), d.top.Load()
	r := *d.ring.Load()
	if b-t >= int64(len(r)) {
		r = d.grow(r, t, b)
	}
	r.at(b).Store(task)
	d.bottom.Store(b + 1)
}

// grow doubles the ring. A thief that still reads the old one finds the same
// tasks there.
func (d *deque) grow(old ring, t, b int64) ring {
	r := make(ring, 2*len(old))
	for i := t; i < b; i++ {
		r.at(i).Store(old.at(i).Load())
	}
	d.ring.Store(&r)
	return r
}

// pop takes the task that was pushed last. Only the owner calls it.
func (d *deque) pop() (task uint32, ok bool) {
	b := d.bottom.Load()
	if d.top.Load() >= b {
		return 0, false // and no thief can add anything
	}
	b--
	d.bottom.Store(b) // no thief takes this one any more, unless it is at it
	t := d.top.Load()
	if t > b {
		d.bottom.Store(t)
		return 0, false
	}
	task = (*d.ring.Load()).at(b).Load()
	if t == b { // the last: a thief may want it too
		ok = d.top.CompareAndSwap(t, t+1)
		d.bottom.Store(t + 1)
		return task, ok
	}
	return task, true
}

// steal takes the task that was pushed first. lost says that somebody else took
// that one in between, so that there may be more.
func (d *deque) steal() (task uint32, ok, lost bool) {
	t := d.top.Load()
	if t >= d.bottom.Load() {
		return 0, false, false
	}
	task = (*d.ring.Load()).at(t).Load()
	ok = d.top.CompareAndSwap(t, t+1)
	return task, ok, !ok
}

// size is how many tasks there are, at some moment of the call.
func (d *deque) size() int64 { return max(0, d.bottom.Load()-d.top.Load()) }
