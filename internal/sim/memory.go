package sim

import "time"

// Marks of a store, as parts of its limit: where it pauses and spills, and how
// far.
const (
	fullMark  = 0.8
	emptyMark = 0.4
)

// limit draws how much memory a new worker has, in bytes; 0 is no limit.
func (w *world) limit() int64 {
	k := w.fate.IntN(4)
	if w.faults&Memory == 0 || w.calm || k == 0 {
		return 0
	}
	return int64(k) * 300_000
}

// watch pauses a process whose memory is full until it has spilled.
func (n *node) watch() {
	managed := n.m.Managed()
	n.onDisk = min(n.onDisk, managed)
	if n.memory == 0 || n.spilling || n.dead || n.link == nil || float64(managed-n.onDisk) < fullMark*float64(n.memory) {
		return
	}
	n.spilling = true
	n.w.res.Spilled++
	n.setPaused(true)
	n.w.after(time.Duration(1+n.w.fate.IntN(100))*time.Millisecond, func() {
		if n.spilling {
			n.onDisk = n.m.Managed() - int64(emptyMark*float64(n.memory))
			n.spilling = false
			n.setPaused(false)
		}
	})
}

// tight reports whether thing i, or something that it depends on, may be too
// large for a worker of this world.
func (w *world) tight(i int) bool {
	return w.faults&Memory != 0 && w.things.any(i, func(t *thing) bool { return t.class.Cost.Output+2*w.things.inputs(t) > 300_000 })
}

// inputs is the most that the inputs of t take, in bytes.
func (u universe) inputs(t *thing) (sum int64) {
	for _, d := range t.deps {
		sum += u[d.thing].bytes
	}
	return sum
}
