package worker

import (
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// A task can be assigned before its inputs are there: what follows on another
// task of this worker comes with it. It then wants the whole value of that one,
// and nobody has to be asked for it.

// producing reports whether an execution of it here will yield the item, or
// may: its task is assigned here.
func (m *Machine) producing(it Item) bool { return it.Part < 0 && m.tasks.Get(it.Task) != nil }

// unproduced notes that a task has ended without a value, or that a want may
// have nobody left to ask: orphans looks if somebody waits in vain.
func (m *Machine) unproduced(id graph.TaskID) { m.suspects = append(m.suspects, id) }

// orphans gives up the tasks that wait for what no peer is left to be asked
// for and nobody produces here.
func (m *Machine) orphans() {
	for len(m.suspects) > 0 {
		it := Item{m.suspects[len(m.suspects)-1], -1}
		m.suspects = m.suspects[:len(m.suspects)-1]
		if w := m.wants.get(it); w != nil && w.hopeless() && !m.producing(it) {
			m.miss(w)
		}
	}
}

// hopeless reports whether nobody is left to be asked, and no answer comes.
func (w *want) hopeless() bool { return w.from == 0 && len(w.tried) == len(w.holders) }

// expect makes t wait for the whole value of a task that is assigned here.
func (m *Machine) expect(t *task, d Dep) {
	d.Item = Item{d.Task, -1}
	m.attach(m.seek(d), t)
}

// attach makes t wait for w.
func (m *Machine) attach(w *want, t *task) {
	w.waiters = append(w.waiters, t)
	w.live++
	switch {
	case w.urgent == nil:
		w.urgent = t
		m.queueAgain(w) // a mere copy stands behind all others
	case t.before(w.urgent):
		w.urgent = t // its place in the queues it already stands in stays
	}
}

// remove takes t out of the waiters, as often as it waits.
func (w *want) remove(t *task) {
	n := len(w.waiters)
	w.waiters = slices.DeleteFunc(w.waiters, func(u *task) bool { return u == t })
	w.live -= n - len(w.waiters)
}
