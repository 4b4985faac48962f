package sched

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// A pin is a want of a key that no client has: a publication's, or that of an
// errand, which is work to be done though nobody waits for it. A key that is
// pinned is known.

func (m *Machine) pin(n *name) {
	m.pins[n.key]++
	m.tasks.cold(n.task).wants++
}

func (m *Machine) unpin(k graph.Key) {
	n := m.names.find(k)
	if m.pins[k]--; m.pins[k] == 0 {
		delete(m.pins, k)
	}
	m.tasks.cold(n.task).wants--
	m.loosen(n.task)
}

// movePins takes the pins of n from its task, which n no longer names. The next
// task of that key gets them: see newName.
func (m *Machine) movePins(n *name) {
	if p := m.pins[n.key]; p > 0 {
		m.tasks.cold(n.task).wants -= p
		m.loosen(n.task)
	}
}

// sendErrands pins what has not ended until it has.
func (m *Machine) sendErrands(e Forget) {
	for _, k := range e.Keys {
		n := m.names.find(k)
		if n == nil || m.errands[k] {
			continue
		}
		switch s := m.tasks.hot(n.task).state; {
		case s.active():
			m.errands[k] = true
			m.pin(n)
		case s == StateReleased: // wanted by nobody until now
			m.errands[k] = true
			m.pin(n)
			m.activate(n.task)
		}
	}
}

// endErrands: i has a value, or will have none.
func (m *Machine) endErrands(i uint32) {
	if len(m.errands) == 0 {
		return
	}
	for n := range m.namesOf(i) {
		if m.errands[n.key] {
			m.dropErrand(n.key)
		}
	}
}

func (m *Machine) dropErrand(k graph.Key) {
	delete(m.errands, k)
	m.unpin(k)
}

// wantKnown makes a client want keys that it has not submitted itself.
func (m *Machine) wantKnown(e Want) {
	c := m.clients[e.Client]
	if c == nil {
		return
	}
	for _, k := range e.Keys {
		if m.names.find(k) == nil {
			m.do(Erred{c.id, k, &graph.TaskError{Kind: graph.KindUnknownKey, Task: k.String(),
				Message: "it is not on the cluster: it was released, or never submitted, scattered or published"}})
			continue
		}
		m.hand(c, k)
	}
}

// restart makes everybody want nothing.
func (m *Machine) restart(e Restart) {
	for _, id := range m.clientIDs() {
		c := m.clients[id]
		for _, n := range m.sorted(c) {
			m.do(Erred{id, n.key, m.newError(n.task, graph.KindCancelled, "the cluster was restarted: "+e.Why)})
			m.unwant(c, n)
		}
		m.giveUpBrought(func(r *run, _ int) bool { return r.client == id }, "the cluster was restarted")
	}
	for _, name := range m.Datasets() {
		m.unpublish(name)
	}
	for _, k := range sortedKeys(m.errands) {
		m.dropErrand(k)
	}
	for _, k := range sortedKeys(m.keeps) {
		m.abandonKeep(k)
	}
}

// checkPins: what is pinned is known, and pinned for a reason.
func (m *Machine) checkPins() error {
	count := map[graph.Key]int32{}
	for k := range m.errands { // order-free: sums
		count[k]++
		if n := m.names.find(k); n != nil && !m.tasks.hot(n.task).state.active() {
			return fmt.Errorf("the errand of %v has ended, and is kept", k)
		}
	}
	for _, d := range m.datasets { // order-free: sums
		for _, k := range d.pinned {
			count[k]++
		}
	}
	if len(count) != len(m.pins) {
		return fmt.Errorf("%d keys are pinned, %d for a reason", len(m.pins), len(count))
	}
	for k, n := range count { // order-free: any fault will do
		if m.pins[k] != n || m.names.find(k) == nil {
			return fmt.Errorf("key %v has %d pins, not %d, and is known: %t", k, m.pins[k], n, m.names.find(k) != nil)
		}
	}
	return nil
}
