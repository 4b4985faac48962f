package sched

import (
	"cmp"
	"slices"
	"time"
)

// A census is what a walk over the workers found, a bounded number of them each
// tick. It is as old as the last walk took.
type census struct {
	tally
	next uint32 // slot that the walk goes on with
	now  tally  // of the walk that is under way
	ends int    // walks that have ended
}

// A tally is the sums and extremes over workers that can be given something.
type tally struct {
	workers   int
	threads   int
	occupancy time.Duration // expected, of all that they process
	bytes     int64         // of all values that they hold
	memory    int64         // their limits
	fullness  float64       // sum
	emptiest  []WorkerID    // a few, the emptiest first
	fullest   []WorkerID    // a few, the fullest first
	poorest   []WorkerID    // a few that have no task, those with the fewest bytes first
}

const (
	censusPerTick = 256
	extremes      = 8
)

// count goes on with the walk, and reports whether it has ended.
func (m *Machine) count() bool {
	c := &m.census
	for range censusPerTick {
		if int(c.next) >= len(m.workers) {
			c.tally, c.now, c.next = c.now, tally{}, 0
			c.ends++
			return true
		}
		if w := m.workers[c.next]; w != nil && !w.retiring {
			m.tally(&c.now, w)
		}
		c.next++
	}
	return false
}

func (m *Machine) tally(t *tally, w *worker) {
	t.workers++
	t.threads += w.threads
	t.occupancy += time.Duration(w.occupancy)
	t.bytes += w.bytes
	t.memory += w.memory
	t.fullness += w.fullness()
	full := func(a, b *worker) int {
		return cmp.Or(cmp.Compare(a.fullness(), b.fullness()), cmp.Compare(a.id, b.id))
	}
	if !w.closed() {
		t.emptiest = m.insert(t.emptiest, w, full)
	}
	t.fullest = m.insert(t.fullest, w, func(a, b *worker) int { return full(b, a) })
	if w.tasks()+w.processing() == 0 {
		t.poorest = m.insert(t.poorest, w, func(a, b *worker) int {
			return cmp.Or(cmp.Compare(a.bytes, b.bytes), cmp.Compare(b.id, a.id)) // the youngest first
		})
	}
}

// insert puts w among the first few in the order of f.
func (m *Machine) insert(ids []WorkerID, w *worker, f func(a, b *worker) int) []WorkerID {
	k, _ := slices.BinarySearchFunc(ids, w, func(id WorkerID, w *worker) int {
		if v := m.worker(id); v != nil {
			return f(v, w)
		}
		return 1 // gone since: behind
	})
	if k >= extremes {
		return ids
	}
	return slices.Insert(ids, k, w.id)[:min(len(ids)+1, extremes)]
}
