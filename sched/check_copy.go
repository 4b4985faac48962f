package sched

import (
	"fmt"
	"maps"
)

// checkCopies recounts the copies that are being made.
func (m *Machine) checkCopies([]uint32) error {
	type sums struct {
		making, parting     int
		arriving, departing int64
	}
	per, all := map[WorkerID]sums{}, 0
	for i, cs := range m.copyings { // order-free: any fault will do
		if len(cs) == 0 || m.tasks.hot(i).state != StateMemory {
			return fmt.Errorf("%d copies of task %v are made, which is %v", len(cs), m.id(i), m.tasks.hot(i).state)
		}
		for _, c := range cs {
			to := m.worker(c.to)
			if to == nil || !to.makes(i) {
				return fmt.Errorf("worker %d does not know that it copies %v", c.to, m.id(i))
			}
			all++
			s := per[c.to]
			s.making, s.arriving = s.making+1, s.arriving+c.bytes
			per[c.to] = s
			s = per[c.from]
			s.parting, s.departing = s.parting+1, s.departing+c.bytes
			per[c.from] = s
		}
	}
	if all != m.replicas.UnderWay {
		return fmt.Errorf("%d copies are made, counted %d", all, m.replicas.UnderWay)
	}
	for _, w := range m.inOrder() {
		if has := (sums{len(w.making), w.parting, w.arriving, w.departing}); has != per[w.id] {
			return fmt.Errorf("worker %s counts copies %+v, has %+v", w.name, has, per[w.id])
		}
	}
	if err := m.checkRelays(); err != nil {
		return err
	}
	return m.checkReplicas()
}

// checkRelays: only values are handed on, and everybody stands once in the row.
func (m *Machine) checkRelays() error {
	for i, r := range m.relays { // order-free: any fault will do
		if s := m.tasks.hot(i).state; s != StateMemory {
			return fmt.Errorf("task %v is handed on and %v", m.id(i), s)
		}
		if len(r.in) != len(r.ids) || r.next > r.round || r.round > len(r.ids) {
			return fmt.Errorf("value %v is handed on to %d workers, known %d; turn %d of %d", m.id(i), len(r.ids), len(r.in), r.next, r.round)
		}
	}
	return nil
}

// checkReplicas: what is to be looked at again will be.
func (m *Machine) checkReplicas() error {
	spread, retirees, listed := map[uint32]bool{}, map[*worker]bool{}, map[uint32]bool{}
	for _, s := range m.spreads {
		spread[s.task] = true
	}
	for _, i := range m.lacking {
		if listed[i] {
			return fmt.Errorf("task %v is twice among those that lack copies", m.id(i))
		}
		listed[i] = true
	}
	if !maps.Equal(listed, m.listed) {
		return fmt.Errorf("%d tasks are among those that lack copies, known %d", len(listed), len(m.listed))
	}
	for i := range m.copies { // order-free: any fault will do
		if !spread[i] {
			return fmt.Errorf("task %v has copies that nobody will ever drop", m.id(i))
		}
	}
	for i, copies := range m.asked { // order-free: any fault will do
		if copies < 2 {
			return fmt.Errorf("%d copies of task %v are asked for", copies, m.id(i))
		}
		if m.tasks.hot(i).state == StateMemory && !listed[i] && 1+len(m.copies[i]) < copies {
			return fmt.Errorf("task %v has %d copies of the %d that were asked for, and is not listed", m.id(i), 1+len(m.copies[i]), copies)
		}
	}
	for _, w := range m.retirees {
		retirees[w] = true
	}
	for _, w := range m.inOrder() {
		if w.retiring && !retirees[w] {
			return fmt.Errorf("worker %s retires, and is not looked at", w.name)
		}
	}
	return nil
}
