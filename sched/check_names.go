package sched

import (
	"fmt"
	"slices"
)

func (m *Machine) checkNames(known []uint32) error {
	wants, err := m.checkNamed(known)
	if err == nil {
		err = m.checkWants()
	}
	if err == nil {
		err = m.checkPins()
	}
	if err != nil {
		return err
	}
	for k, kp := range m.keeps { // order-free: any fault will do
		if kp.places <= 0 || kp.of != nil && m.names.find(k) != kp.of {
			return fmt.Errorf("key %v is kept in %d places, as another", k, kp.places)
		}
		if kp.of != nil {
			wants[kp.of.task]++
		}
	}
	for _, i := range known {
		if m.tasks.cold(i).wants != wants[i] {
			return fmt.Errorf("task %v is wanted %d times, not %d", m.id(i), wants[i], m.tasks.cold(i).wants)
		}
	}
	return nil
}

// checkNamed looks every name of every task up, and counts the wants of clients
// and the pins of each task.
func (m *Machine) checkNamed(known []uint32) (wants map[uint32]int32, err error) {
	wants = map[uint32]int32{}
	names := 0
	for _, i := range known {
		for n := range m.namesOf(i) {
			names++
			if n.task != i || m.names.find(n.key) != n {
				return nil, fmt.Errorf("key %v is a name of task %v, and is not found as that", n.key, m.id(i))
			}
			ids := m.wanters(n)
			if n.owner == 0 && len(m.sharers[n.id]) > 0 {
				return nil, fmt.Errorf("key %v is shared by %v, and has no owner", n.key, m.sharers[n.id])
			}
			wants[i] += int32(len(ids)) + m.pins[n.key]
			for _, id := range ids {
				if !m.wantedBy(n, id) {
					return nil, fmt.Errorf("client %d does not know that it wants %v", id, n.key)
				}
			}
		}
	}
	places := 0
	for _, p := range m.names.table {
		if p.name != 0 {
			places++
		}
	}
	if names != m.names.live || places != names {
		return nil, fmt.Errorf("%d names of tasks, %d in the table, counted %d", names, places, m.names.live)
	}
	return wants, nil
}

// checkWants looks from the clients at what they want.
func (m *Machine) checkWants() error {
	shares := 0
	for id, c := range m.clients { // order-free: any fault will do
		owned, before := 0, none
		for at := c.wants.head; at != none; at = m.names.at(at).next {
			n := m.names.at(at)
			if n.owner != id || n.prev != before {
				return fmt.Errorf("client %d wants %v, which client %d owns", id, n.key, n.owner)
			}
			owned++
			before = at
		}
		if owned != c.wants.owned {
			return fmt.Errorf("client %d owns %d names, counted %d", id, owned, c.wants.owned)
		}
		for at := range c.wants.shared { // order-free: any fault will do
			if n := m.names.at(at); n.owner == id || !slices.Contains(m.sharers[at], id) {
				return fmt.Errorf("client %d shares %v, and is none of %v", id, n.key, m.sharers[at])
			}
			shares++
		}
	}
	for _, ids := range m.sharers { // order-free: a sum
		shares -= len(ids)
	}
	if shares != 0 {
		return fmt.Errorf("clients share %d names more than are shared", shares)
	}
	return nil
}
