package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Rebalance: a client asks to even out how much the workers hold: of the values
// of these keys, or of all if there are none.
type Rebalance struct {
	At     time.Duration
	Client ClientID
	Keys   []graph.Key
}

func (Rebalance) event() {}

const (
	// Without being asked, a worker whose memory is filled to more than
	// tooFull, and by tooUneven more than the average, is relieved.
	tooFull   = 0.5
	tooUneven = 0.2
	// evenLook is how many values of one worker a step looks at.
	evenLook = 32
)

// balance is what a tick does about where values are.
func (m *Machine) balance() {
	ended := m.count()
	m.goOnDraining()
	m.supply()
	m.trim()
	if ended {
		m.even()
		m.adapt()
	}
}

func (m *Machine) rebalance(e Rebalance) {
	if m.clients[e.Client] == nil {
		return
	}
	if len(e.Keys) == 0 {
		m.evening = m.census.ends + 2 // a walk that has begun already saw the past
		return
	}
	for _, k := range e.Keys {
		if n := m.names.find(k); n != nil && m.tasks.hot(n.task).state == StateMemory {
			m.relocate(n.task, m.workers[m.tasks.hot(n.task).holder])
		}
	}
}

// even has values of the fullest workers moved to the emptiest: all of those if
// a client asked for it, until nothing more moves, else those that are too full.
func (m *Machine) even() {
	t := &m.census.tally
	moved := false
	for _, id := range t.fullest {
		w := m.worker(id)
		if w == nil || w.retiring {
			continue
		}
		over := w.fullness() - t.fullness/float64(max(1, t.workers))
		if m.evening > 0 && over > 0 || w.fullness() > tooFull && over > tooUneven {
			moved = m.relieveOf(w) || moved
		}
	}
	if !moved && m.census.ends >= m.evening && m.replicas.UnderWay == 0 {
		m.evening = 0
	}
}

// relieveOf has some values of w moved, and reports whether any is.
func (m *Machine) relieveOf(w *worker) (moved bool) {
	for range min(evenLook, w.held.n) {
		i := w.held.head
		m.tasks.unlink(&w.held, i) // next time another one is the first
		m.tasks.push(&w.held, i)
		moved = m.relocate(i, w) || moved
	}
	return moved
}

// relocate has i moved from w if it is nowhere else, no task is about to read
// it, and memory gets more even.
func (m *Machine) relocate(i uint32, w *worker) bool {
	if m.tasks.hot(i).needed > 0 || len(m.copies[i])+len(m.copyings[i]) > 0 || w.parting >= copiesAtOnce {
		return false
	}
	to := m.roomFor(i)
	if to == nil || !evens(w, to, m.tasks.hot(i).bytes) {
		return false
	}
	m.order(i, to, w)
	return true
}

// evens reports whether w has more left than to has then, after b bytes moved.
func evens(w, to *worker, b int64) bool {
	x, y := float64(w.content()-b), float64(to.content()+b)
	if w.memory > 0 && to.memory > 0 {
		x, y = x/float64(w.memory), y/float64(to.memory)
	}
	return b > 0 && x >= y
}
