package sched

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/coord"
)

type client struct {
	id      ClientID
	account *account
	wants   wants
}

func (m *Machine) joinClient(e ClientJoined) {
	if m.clients[e.Client] == nil {
		m.clients[e.Client] = &client{id: e.Client, account: &account{}, wants: newWants()}
	}
}

func (m *Machine) leaveClient(e ClientLeft) {
	c := m.clients[e.Client]
	if c == nil {
		return
	}
	for _, n := range m.sorted(c) {
		m.unwant(c, n)
	}
	delete(m.clients, e.Client)
	m.effect(m.coord.Leave(m.now, coord.Client(e.Client)))
	m.abandonScatters(e.Client)
}

func (m *Machine) release(e Release) {
	c := m.clients[e.Client]
	if c == nil {
		return
	}
	for _, k := range e.Keys {
		m.forgo(c, k)
	}
}

func (m *Machine) cancel(e Cancel) {
	for _, k := range e.Keys {
		n := m.names.find(k)
		if n == nil {
			continue
		}
		te := m.newError(n.task, graph.KindCancelled, fmt.Sprintf("client %d cancelled it", e.Client))
		for _, id := range m.wanters(n) {
			m.do(Erred{id, k, te})
			m.unwant(m.clients[id], n)
		}
		m.abandonKeep(k)
		if m.errands[k] {
			m.dropErrand(k)
		}
	}
}

// retry takes the errors behind the keys away, those of ancestors included,
// and starts over.
func (m *Machine) retry(e Retry) {
	for _, k := range e.Keys {
		n := m.names.find(k)
		if n == nil {
			continue
		}
		for _, i := range m.pardon(n.task) {
			if m.tasks.cold(i).wants > 0 {
				m.activate(i)
			}
		}
	}
}

// pardon releases i and its ancestors as far as they erred, and returns them.
func (m *Machine) pardon(i uint32) (released []uint32) {
	stack := []uint32{i}
	for len(stack) > 0 {
		i, stack = stack[len(stack)-1], stack[:len(stack)-1]
		if t := m.tasks.hot(i); t.state != StateErred || t.brought || m.isDead(i) {
			continue
		}
		m.move(i, StateReleased)
		delete(m.errs, i)
		delete(m.kills, i)
		c := m.tasks.cold(i)
		c.retries, c.misses = 0, 0
		m.loosen(i)
		released = append(released, i)
		r, deps := m.deps(i)
		for _, d := range deps {
			if j := r.at(d.Ref); j != none {
				stack = append(stack, j)
			}
		}
	}
	return released
}

func (m *Machine) tellReady(c ClientID, n *name) {
	m.do(Ready{c, n.key, m.id(n.task), m.tasks.hot(n.task).bytes, m.holderIDs(n.task), m.encoding(n.task)})
}

func (m *Machine) tellErred(c ClientID, n *name) { m.do(Erred{c, n.key, m.errs[n.task]}) }
