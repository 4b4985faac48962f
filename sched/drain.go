package sched

import (
	"fmt"
	"slices"
)

// drainStep is how many values of a retiring worker one step looks at.
const drainStep = 64

func (m *Machine) retire(e Retire) {
	if w := m.worker(e.Worker); w != nil && !w.retiring {
		w.retiring = true
		m.retirees = append(m.retirees, w)
		m.quitAll(w)
		m.cancelOrders(w)
		m.soil(w)
	}
}

// evacuate has values that only w holds copied elsewhere, a few at a time. What is
// safe leaves the list of those it holds first: when that is empty w may go. Its
// values stay with it until then.
func (m *Machine) evacuate(w *worker) {
	for range min(drainStep, w.held.n) {
		i := w.held.head
		switch {
		case m.cede(i, w):
			continue
		case len(m.copyings[i]) > 0 || w.parting >= copiesAtOnce:
			return // goes on when that is there
		}
		m.tasks.unlink(&w.held, i) // next time another one is the first
		m.tasks.push(&w.held, i)
		if m.actorOf(i) != nil {
			w.stuck = fmt.Sprintf("actor %s lives there and cannot be moved: release it", m.nameOf(i))
			continue
		}
		to := m.roomFor(i)
		if to == nil {
			w.stuck = fmt.Sprintf("no other worker was found that can take %d bytes of %s", m.tasks.hot(i).bytes, m.nameOf(i))
			return
		}
		w.stuck = ""
		m.order(i, to, w)
	}
}

// cede makes another holder of i the first one instead of w, if there is one
// that stays.
func (m *Machine) cede(i uint32, w *worker) bool {
	cs := m.copies[i]
	k := slices.IndexFunc(cs, func(s uint32) bool { return !m.workers[s].retiring })
	if k < 0 {
		return false
	}
	v := m.workers[cs[k]]
	delete(v.copies, i)
	m.tasks.unlink(&w.held, i)
	m.tasks.hot(i).holder = v.slot
	m.tasks.push(&v.held, i)
	cs[k] = w.slot
	w.copies[i] = struct{}{}
	return true
}

// dismissIfDrained ends a retiring worker that does nothing and is the first
// holder of nothing: others hold all that it holds.
func (m *Machine) dismissIfDrained(w *worker) {
	if !w.retiring || w.gone {
		return
	}
	if m.evacuate(w); w.processing() > 0 || w.held.n > 0 {
		return
	}
	m.send(w)
	m.do(Dismiss{w.id, "retired"})
	m.removeWorker(w)
}

// goOnDraining looks at every worker that retires.
func (m *Machine) goOnDraining() {
	m.retirees = slices.DeleteFunc(m.retirees, func(w *worker) bool { return w.gone })
	for _, w := range m.retirees {
		m.soil(w)
	}
}
