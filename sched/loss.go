package sched

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

const (
	missesBeforeDrop = 3  // a holder that was not reached so often is none
	missesInAll      = 24 // then the task errs
)

func (m *Machine) leaveWorker(e WorkerLeft) {
	w := m.worker(e.Worker)
	if w == nil {
		return
	}
	var guilty []uint32
	cause := cmp.Or(e.Cause, "it was lost")
	if !e.Clean {
		guilty = m.mark(w, cause)
	}
	m.killActors(w, cause)
	m.removeWorker(w, guilty...)
}

// removeWorker takes w away, and sees to what it did and held. The guilty of that
// is erred.
func (m *Machine) removeWorker(w *worker, guilty ...uint32) {
	w.gone = true
	delete(m.workerByID, w.id)
	m.quitAll(w)
	m.cancelOrders(w)
	held := m.tasks.all(&w.held)
	for i := range w.copies { // sorted below
		held = append(held, i)
	}
	slices.SortFunc(held, m.byID)
	for _, i := range held {
		m.dropHolder(i, w)
	}
	for _, i := range held {
		if m.tasks.hot(i).holder == none {
			m.lose(i)
		}
	}
	m.loseScatters(w)
	for _, i := range append(m.queuedAt(w), m.tasks.all(&w.away)...) {
		m.refund(i)
		m.detach(i) // what was sent ahead of it comes later
		if slices.Contains(guilty, i) {
			m.convict(i)
			continue
		}
		m.again(i)
	}
	m.workers[w.slot] = nil
	m.freeWorkers = append(m.freeWorkers, w.slot)
}

// lose deals with a value that nobody holds any more. Whoever waits for it or
// wants it makes it be computed again. Those who are Processing may have it;
// if not, their workers say so.
func (m *Machine) lose(i uint32) {
	m.cancelCopies(i)
	m.retractReaders(i)
	m.move(i, StateReleased)
	wanted := m.tasks.cold(i).wants > 0
	for j := range m.dependants(i) {
		u := m.tasks.hot(j)
		switch u.state {
		case StateQueued, StateNoWorker:
			m.dequeue(j)
			m.move(j, StateWaiting)
			u.waiting = 1
			wanted = true
		case StateWaiting:
			u.waiting++
			wanted = true
		}
	}
	m.tell(i, func(c ClientID, n *name) { m.do(Lost{c, n.key}) })
	if wanted {
		m.activate(i)
	} else {
		m.loosen(i)
	}
}

func (m *Machine) missingDep(e Missing) {
	w, i := m.worker(e.Worker), m.find(e.Task)
	if w == nil || i == none || !m.current(i, w, e.Attempt) {
		return
	}
	c := m.tasks.cold(i)
	if m.tasks.hot(i).waiting == 0 { // else it was sent ahead, and what came before it ended without a value
		c.misses++
	}
	m.unassign(i)
	if c.misses > missesInAll {
		m.fail(i, m.newError(i, graph.KindLost, fmt.Sprintf(
			"its input %v could not be fetched in %d attempts", e.Dep, c.misses)))
		return
	}
	if j := m.find(e.Dep); j != none && c.misses >= missesBeforeDrop {
		for _, h := range e.Holders {
			m.disown(j, m.worker(h))
		}
	}
	m.again(i)
}

// disown takes a holder that nobody can reach from those of i, unless it has
// the only copy of what cannot be computed: that is gone when the worker is.
func (m *Machine) disown(i uint32, w *worker) {
	t := m.tasks.hot(i)
	if w == nil || t.state != StateMemory || !m.holds(i, w) || t.brought && len(m.copies[i]) == 0 || m.actorOf(i) != nil {
		return
	}
	m.dropHolder(i, w)
	m.box.free(w, m.id(i), m.tasks.hot(i).bytes)
	if t.holder == none {
		m.lose(i)
	}
}

// goneFrom deals with a client that could not get a value: a copy is given up
// at once, the only holder after some attempts.
func (m *Machine) goneFrom(e Gone) {
	n := m.names.find(e.Key)
	if n == nil || m.tasks.hot(n.task).state != StateMemory {
		return // if it was lost, the client was told
	}
	w := m.worker(e.Worker)
	if n.gone++; w != nil && (len(m.copies[n.task]) > 0 || n.gone >= missesBeforeDrop) {
		n.gone = 0
		m.disown(n.task, w)
	}
	if m.tasks.hot(n.task).state == StateMemory && m.wantedBy(n, e.Client) {
		m.tellReady(e.Client, n)
	}
}
