package sched

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/coord"
)

// A name is a key of a known task, with the clients that want it.
type name struct {
	key     graph.Key
	task    uint32
	clients []ClientID // sorted
	gone    int        // how often a client could not get the value
}

type client struct {
	id      ClientID
	account *account
	wants   map[*name]struct{}
}

// sorted returns what c wants, in the order of the tasks.
func (m *Machine) sorted(c *client) []*name {
	ns := make([]*name, 0, len(c.wants))
	for n := range c.wants { // sorted below
		ns = append(ns, n)
	}
	slices.SortFunc(ns, func(a, b *name) int {
		return cmp.Or(cmp.Compare(m.id(a.task), m.id(b.task)),
			slices.Compare(a.key.Hash[:], b.key.Hash[:]), cmp.Compare(a.key.Name, b.key.Name))
	})
	return ns
}

func (m *Machine) newName(k graph.Key, i uint32) *name {
	n := &name{key: k, task: i}
	m.keys[k] = n
	m.names[i] = append(m.names[i], n)
	if kp := m.keeps[k]; kp != nil {
		kp.of = n
		m.tasks.cold(i).wants++
	}
	if len(m.pins) > 0 {
		m.tasks.cold(i).wants += m.pins[k] // see movePins
	}
	return n
}

func (m *Machine) want(c *client, n *name) {
	if _, has := c.wants[n]; has {
		return
	}
	c.wants[n] = struct{}{}
	at, _ := slices.BinarySearch(n.clients, c.id)
	n.clients = slices.Insert(n.clients, at, c.id)
	m.tasks.cold(n.task).wants++
}

func (m *Machine) unwant(c *client, n *name) {
	delete(c.wants, n)
	at, _ := slices.BinarySearch(n.clients, c.id)
	n.clients = slices.Delete(n.clients, at, at+1)
	m.tasks.cold(n.task).wants--
	m.loosen(n.task)
}

func (m *Machine) joinClient(e ClientJoined) {
	if m.clients[e.Client] == nil {
		m.clients[e.Client] = &client{id: e.Client, account: &account{}, wants: map[*name]struct{}{}}
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
		n := m.keys[k]
		if n == nil {
			continue
		}
		te := m.newError(n.task, graph.KindCancelled, fmt.Sprintf("client %d cancelled it", e.Client))
		for _, id := range slices.Clone(n.clients) {
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
		n := m.keys[k]
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

// tell does f for every client and key of task i.
func (m *Machine) tell(i uint32, f func(ClientID, *name)) {
	for _, n := range m.names[i] {
		for _, c := range n.clients {
			f(c, n)
		}
	}
}
