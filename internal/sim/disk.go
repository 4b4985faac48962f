package sim

import (
	"time"

	"github.com/ashlar-go/ashlar/worker"
)

// spillable is from which size on values are moved to disk, in bytes.
const spillable = 64 << 10

// A disk takes what memory has no room for.
type disk struct {
	size    int64                  // bytes; what is over fails
	used    int64                  // bytes
	writing int                    // values
	leaving map[worker.Item]uint64 // of these, those that are still there: the request
	failed  time.Duration          // when it last did
}

// newMemory draws a store and its disk. Some disks are small.
func (w *world) newMemory() memory {
	s := memory{limit: w.limit(), reading: map[worker.Item]int{}, onDisk: map[worker.Item]bool{}}
	s.disk.failed, s.disk.size, s.disk.leaving = -time.Hour, 1<<40, map[worker.Item]uint64{}
	if w.fate.IntN(4) == 0 && w.faults&Disk != 0 && !w.calm {
		s.disk.size = int64(w.fate.IntN(400_000))
	}
	return s
}

// spill writes a value to disk.
func (n *node) spill(a worker.Spill) {
	v, has := n.store[a.Item]
	switch {
	case !has:
		n.w.fail("worker process %d moves %v to disk, which it does not have", n.number, a.Item)
	case v.bytes < spillable || n.mem.onDisk[a.Item] || n.acts(a.Item):
		n.w.fail("worker process %d moves %v to disk: %d bytes, there already: %t", n.number, a.Item, v.bytes, n.mem.onDisk[a.Item])
	}
	n.mem.disk.writing++
	n.mem.disk.leaving[a.Item] = a.Request
	n.w.after(time.Duration(1+n.w.fate.IntN(20))*time.Millisecond, func() { n.wrote(a, v) })
}

// wrote ends the writing of v. Who waits for memory looks again before the
// machine hears of it, and may ask again.
func (n *node) wrote(a worker.Spill, v datum) {
	n.mem.pleaded = false
	n.feed()
	n.w.after(0, func() { n.written(a, v) })
}

// written says that the writing of v has ended. If it was dropped meanwhile, so
// is what was written.
func (n *node) written(a worker.Spill, v datum) {
	d := &n.mem.disk
	d.writing--
	ok := false
	if d.leaving[a.Item] == a.Request {
		delete(d.leaving, a.Item)
		if ok = d.used+v.bytes <= d.size && !n.w.odds(Disk, 10); ok {
			n.mem.onDisk[a.Item] = true
			d.used += v.bytes
			n.w.res.Spilled++
		} else {
			d.failed = n.w.now
			n.w.res.Unwritten++
		}
	}
	n.step(worker.Spilled{At: n.w.now, Request: a.Request, OK: ok, Bytes: v.bytes})
	n.rejoin()
}

// drop removes a value, wherever it is.
func (n *node) drop(it worker.Item) {
	v, has := n.store[it]
	if !has {
		n.w.fail("worker process %d drops %v, which it does not have", n.number, it)
	}
	delete(n.store, it)
	delete(n.mem.disk.leaving, it)
	if n.mem.onDisk[it] {
		delete(n.mem.onDisk, it)
		n.mem.disk.used -= v.bytes
	}
	n.mem.pleaded = false
}

// acts reports whether a value is the state of an actor that was called.
func (n *node) acts(it worker.Item) bool { return it.Part < 0 && n.actors[it.Task] }

// checkMemory: what the machine counts is what is there, and more than the mark
// is used only while values are being moved, or none can be.
func (n *node) checkMemory() {
	if n.hung || len(n.inbox) > 0 || n.w.res.Steps%n.w.cfg.Checks != 0 {
		return
	}
	var inMemory, onDisk int64
	for it, v := range n.store { // order-free: sums
		if n.mem.onDisk[it] {
			onDisk += v.bytes
		} else {
			inMemory += v.bytes
		}
	}
	if inMemory != n.m.Managed() || onDisk != n.m.OnDisk() || onDisk != n.mem.disk.used {
		n.w.fail("worker process %d counts %d bytes in memory and %d on disk; there are %d and %d",
			n.number, n.m.Managed(), n.m.OnDisk(), inMemory, onDisk)
	}
	if float64(inMemory) > spillAbove*float64(n.mem.limit) && n.mem.disk.writing == 0 && n.canSpill() {
		n.w.fail("worker process %d has %d bytes of %d in memory, and moves none to disk", n.number, inMemory, n.mem.limit)
	}
}

// canSpill reports whether there is a value that could be moved to disk.
func (n *node) canSpill() bool {
	if n.w.now < n.mem.disk.failed+diskRest {
		return false
	}
	for it, v := range n.store { // order-free: any will do
		if v.bytes >= spillable && !n.mem.onDisk[it] && n.mem.reading[it] == 0 && !n.acts(it) {
			return true
		}
	}
	return false
}

// fromDisk reports whether a peer has to read what it is asked for.
func (w *world) fromDisk(peer *node, it worker.Item) bool {
	return peer.mem.onDisk[it] || peer.mem.onDisk[worker.Item{Task: it.Task, Part: -1}]
}
