package sched

import (
	"cmp"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// ReplicateKeys: a client asks for as many copies of the values of these keys,
// each on a worker of its own, from now on and as far as there are workers. One
// copy, or none, is what is kept of any value.
type ReplicateKeys struct {
	At     time.Duration
	Client ClientID
	Keys   []graph.Key
	Copies int
}

func (ReplicateKeys) event() {}

const (
	// copiesPerTick is how many values that lack copies a tick looks at.
	copiesPerTick = 64
	// trimPerTick is how many values with copies it looks at.
	trimPerTick = 1024
	// crowded is the part of a worker's memory from which on it is short.
	crowded = 0.6
)

// A spread is a value with copies.
type spread struct {
	task  uint32
	since time.Duration // not needed by a task since then
}

func (m *Machine) replicateKeys(e ReplicateKeys) {
	if m.clients[e.Client] == nil {
		return
	}
	for _, k := range e.Keys {
		n := m.names.find(k)
		if n == nil {
			continue
		}
		if e.Copies > 1 {
			m.asked[n.task] = e.Copies
			m.lack(n.task)
		} else {
			delete(m.asked, n.task)
		}
	}
	m.supply()
}

// lack notes that i may have fewer copies than were asked for.
func (m *Machine) lack(i uint32) {
	if len(m.asked) == 0 {
		return
	}
	if _, asked := m.asked[i]; asked && !m.listed[i] {
		m.listed[i] = true
		m.lacking = append(m.lacking, i)
	}
}

// supply orders copies of what lacks some. While there are few holders, few are
// made at a time, so that not all fetch from the same one.
func (m *Machine) supply() {
	for range min(copiesPerTick, len(m.lacking)) {
		i := m.lacking[0]
		m.lacking = m.lacking[1:]
		delete(m.listed, i)
		copies, asked := m.asked[i]
		if !asked {
			continue // not any more
		}
		if m.tasks.hot(i).state != StateMemory {
			continue // if it is computed again, it is noted again
		}
		holders := 1 + len(m.copies[i])
		for under := len(m.copyings[i]); holders+under < copies && under < 2*holders; under++ {
			to := m.roomFor(i)
			if to == nil {
				break
			}
			m.order(i, to, nil)
		}
		if holders < copies {
			m.lack(i)
		}
	}
}

// surplus is how many copies of i, a value, are more than what is to be kept.
func (m *Machine) surplus(i uint32) int { return 1 + len(m.copies[i]) - max(1, m.asked[i]) }

// spreadOut notes that i has copies.
func (m *Machine) spreadOut(i uint32) {
	if len(m.spreads) > 2*len(m.copies)+64 { // leave out who has none, or is there twice
		kept, seen := m.spreads[:0], make(map[uint32]bool, len(m.copies))
		for _, s := range m.spreads {
			if len(m.copies[s.task]) > 0 && !seen[s.task] {
				seen[s.task] = true
				kept = append(kept, s)
			}
		}
		m.spreads = kept
	}
	m.spreads = append(m.spreads, spread{i, m.now})
}

// trim drops copies that nobody has use for.
func (m *Machine) trim() {
	for range min(trimPerTick, len(m.spreads)) {
		s := m.spreads[0]
		m.spreads = m.spreads[1:]
		if len(m.copies[s.task]) == 0 {
			continue
		}
		if m.tasks.hot(s.task).needed > 0 || len(m.copyings[s.task]) > 0 {
			s.since = m.now
		} else {
			m.trimOne(s)
		}
		if len(m.copies[s.task]) > 0 {
			m.spreads = append(m.spreads, s)
		}
	}
}

// trimOne drops surplus copies of a value that no task needs: those where they
// have been of no use for long, or memory is short.
func (m *Machine) trimOne(s spread) {
	for m.surplus(s.task) > 0 {
		w := m.fullestHolder(s.task)
		if m.now-s.since < m.cfg.KeepCopies && w.fullness() < crowded {
			return
		}
		m.replicas.Dropped++
		m.dropCopy(s.task, w)
	}
}

// fullestHolder returns the holder of i that had better lose it: one that
// retires, or the one with the fullest memory.
func (m *Machine) fullestHolder(i uint32) *worker {
	best := m.workers[m.tasks.hot(i).holder]
	for _, s := range m.copies[i] {
		w := m.workers[s]
		if w.retiring && !best.retiring || w.retiring == best.retiring &&
			cmp.Or(cmp.Compare(best.fullness(), w.fullness()), cmp.Compare(w.id, best.id)) < 0 {
			best = w
		}
	}
	return best
}
