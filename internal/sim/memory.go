package sim

import (
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/worker"
)

// Marks of a store, as parts of its limit: between which values are moved to
// disk, and where a process pauses and goes on.
const (
	spillAbove = 0.7
	spillTo    = 0.5
	pauseMark  = 0.85
	resumeMark = 0.75
)

// limit draws how much memory a new worker has, in bytes; 0 is no limit.
func (w *world) limit() int64 {
	k := w.fate.IntN(4)
	if w.faults&Memory == 0 || w.calm || k == 0 {
		return 0
	}
	return int64(k) * 300_000
}

// A memory is what a process with a limit has of it, and its disk.
type memory struct {
	limit   int64                // bytes; 0 is none
	held    int64                // by executions, for their results
	working int                  // executions that hold some
	hungry  []hunger             // executions that wait, in order
	pleaded bool                 // the machine knows that they do
	pressed bool                 // it is paused until less is used
	reading map[worker.Item]int  // by how many executions
	onDisk  map[worker.Item]bool // values that were moved there
	disk    disk
}

// A hunger is an execution that waits for so many bytes.
type hunger struct {
	bytes int64
	goOn  func()
}

// used is the bytes of all values in memory, and of those that are being made.
func (n *node) used() int64 { return n.m.Managed() + n.mem.held }

// allocate does f when there are so many bytes of memory.
func (n *node) allocate(bytes int64, f func()) {
	n.mem.hungry = append(n.mem.hungry, hunger{bytes, func() {
		n.mem.held += bytes
		n.mem.working++
		f()
	}})
	n.feed()
}

// freed gives back what allocate gave.
func (n *node) freed(bytes int64) {
	n.mem.held -= bytes
	n.mem.working--
}

// feed lets those go on who have enough by now. If nobody works, nobody will
// give back any: then the machine is asked to make room.
func (n *node) feed() {
	s := &n.mem
	for len(s.hungry) > 0 && (s.limit == 0 || n.used()+s.hungry[0].bytes <= s.limit) {
		n.goOn()
	}
	if len(s.hungry) == 0 || s.working > 0 || s.pleaded {
		return
	}
	s.pleaded = true
	n.w.after(0, func() {
		if len(s.hungry) > 0 {
			n.w.res.Short++
			n.step(worker.Short{At: n.w.now, Bytes: n.used() + s.hungry[0].bytes - s.limit})
		}
	})
}

func (n *node) goOn() {
	first := n.mem.hungry[0]
	n.mem.hungry = slices.Delete(n.mem.hungry, 0, 1)
	first.goOn()
}

// starve is what happens to those who wait when there is no more to be had: one
// goes on all the same, as does what is alone.
func (n *node) starve() {
	n.mem.pleaded = false
	if n.mem.disk.writing > 0 || n.canSpill() {
		n.w.fail("worker process %d is to do without memory, though values can be moved to disk", n.number)
	}
	if len(n.mem.hungry) > 0 && n.mem.working == 0 {
		n.w.res.Starved++
		n.goOn()
	}
}

// read notes which values an execution reads, and returns how to end that.
func (n *node) read(t *worker.Task) (end func()) {
	var its []worker.Item
	for _, d := range t.Deps {
		for _, it := range [2]worker.Item{{Task: d.Task, Part: -1}, d.Item} {
			if _, has := n.store[it]; has && d.Inline == nil {
				its = append(its, it)
				n.mem.reading[it]++
				break
			}
		}
	}
	return func() {
		for _, it := range its {
			if n.mem.reading[it]--; n.mem.reading[it] == 0 {
				delete(n.mem.reading, it)
			}
		}
	}
}

// watch pauses a process while its memory is nearly full, and something runs.
func (n *node) watch() {
	n.feed()
	if n.mem.limit == 0 || n.dead {
		return
	}
	mark := pauseMark
	if n.mem.pressed {
		mark = resumeMark
	}
	if pressed := n.m.Busy() > 0 && float64(n.used()) > mark*float64(n.mem.limit); pressed != n.mem.pressed {
		n.mem.pressed = pressed
		if pressed {
			n.w.res.Pressed++
		}
		n.w.after(0, func() { n.setPaused(n.mem.pressed || n.told) })
	}
	n.checkMemory()
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

// diskRest is how long a disk that failed may be left alone.
const diskRest = 5*time.Second + 100*time.Millisecond
