package sched

import (
	"bytes"
	"cmp"
	"slices"
)

// Who wants a name: name.owner first, then Machine.sharers.

// wants is the names that a client wants: the list of those that it owns, and
// the set of those that it shares.
type wants struct {
	head   uint32
	owned  int
	shared map[uint32]struct{}
}

func newWants() wants { return wants{head: none} }

func (c *client) wanted() int { return c.wants.owned + len(c.wants.shared) }

func (m *Machine) isWanted(c *client, n *name) bool {
	if n.owner == c.id {
		return true
	}
	_, shares := c.wants.shared[n.id]
	return shares
}

// wanters returns the clients that want n, in a slice of its own.
func (m *Machine) wanters(n *name) []ClientID {
	if n.owner == 0 {
		return nil
	}
	return append([]ClientID{n.owner}, m.sharers[n.id]...)
}

func (m *Machine) want(c *client, n *name) {
	if m.isWanted(c, n) {
		return
	}
	m.tasks.cold(n.task).wants++
	if n.owner == 0 {
		m.own(c, n)
		return
	}
	if c.wants.shared == nil {
		c.wants.shared = map[uint32]struct{}{}
	}
	c.wants.shared[n.id] = struct{}{}
	m.sharers[n.id] = append(m.sharers[n.id], c.id)
}

func (m *Machine) own(c *client, n *name) {
	n.owner, n.prev, n.next = c.id, none, c.wants.head
	if n.next != none {
		m.names.at(n.next).prev = n.id
	}
	c.wants.head = n.id
	c.wants.owned++
}

func (m *Machine) disclaim(c *client, n *name) {
	if n.prev == none {
		c.wants.head = n.next
	} else {
		m.names.at(n.prev).next = n.next
	}
	if n.next != none {
		m.names.at(n.next).prev = n.prev
	}
	n.owner, n.prev, n.next = 0, none, none
	c.wants.owned--
}

// unwant: c, which wants n, does so no more. If it was the owner, who wanted n
// next becomes that.
func (m *Machine) unwant(c *client, n *name) {
	m.tasks.cold(n.task).wants--
	m.loosen(n.task)
	ids := m.sharers[n.id]
	if n.owner != c.id {
		delete(c.wants.shared, n.id)
		m.setSharers(n, slices.DeleteFunc(ids, func(id ClientID) bool { return id == c.id }))
		return
	}
	m.disclaim(c, n)
	if len(ids) > 0 {
		heir := m.clients[ids[0]]
		delete(heir.wants.shared, n.id)
		m.own(heir, n)
		m.setSharers(n, slices.Delete(ids, 0, 1))
	}
}

func (m *Machine) setSharers(n *name, ids []ClientID) {
	if len(ids) == 0 {
		delete(m.sharers, n.id)
		return
	}
	m.sharers[n.id] = ids
}

// sorted returns what c wants, in the order of the tasks.
func (m *Machine) sorted(c *client) []*name {
	ns := make([]*name, 0, c.wanted())
	for id := c.wants.head; id != none; id = ns[len(ns)-1].next {
		ns = append(ns, m.names.at(id))
	}
	for id := range c.wants.shared { // sorted below
		ns = append(ns, m.names.at(id))
	}
	slices.SortFunc(ns, func(a, b *name) int {
		return cmp.Or(cmp.Compare(m.id(a.task), m.id(b.task)),
			bytes.Compare(a.key.Hash[:], b.key.Hash[:]), cmp.Compare(a.key.Name, b.key.Name))
	})
	return ns
}

// tell does f for every client and key of task i.
func (m *Machine) tell(i uint32, f func(ClientID, *name)) {
	for n := range m.namesOf(i) {
		if n.owner == 0 {
			continue
		}
		f(n.owner, n)
		if len(m.sharers) > 0 {
			for _, c := range m.sharers[n.id] {
				f(c, n)
			}
		}
	}
}

// wantedBy reports whether a client, which may be gone, wants n.
func (m *Machine) wantedBy(n *name, id ClientID) bool {
	c := m.clients[id]
	return c != nil && m.isWanted(c, n)
}
