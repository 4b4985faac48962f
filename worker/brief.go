package worker

import "time"

// A task is brief if the last executions of its op here took less than briefly
// on average. To hand one to a thread and to hear of its end costs more than it
// does, so brief ones are started ahead: they line up behind the slots, where
// threads find the next without asking. Nothing lines up behind a task that is
// not brief, and nothing while somebody waits to come back to a slot.
const briefly = 50 * time.Microsecond

// paceWeight is how many executions an average remembers, roughly.
const paceWeight = 8

// paced notes how long an execution of an op took.
func (m *Machine) paced(op string, took time.Duration) {
	if m.cfg.Ahead == 0 {
		return
	}
	old, known := m.paces[op]
	if !known {
		old = took
	}
	m.paces[op] = old + (took-old)/paceWeight
}

func (m *Machine) brief(t *task) bool {
	if m.cfg.Ahead == 0 {
		return false
	}
	pace, known := m.paces[t.Class.Op]
	return known && pace < briefly
}

// room returns how many tasks may have begun in lane i for t to begin as well.
func (m *Machine) room(i int, t *task) int {
	l, slots := &m.lanes[i], m.cfg.Lanes[i].Slots
	if l.heavy == 0 && len(l.comebacks) == 0 && m.brief(t) {
		return slots * (1 + m.cfg.Ahead)
	}
	return slots
}

// sit gives an execution a slot, or a place behind the slots.
func (l *lane) sit(x *execution) {
	x.stance = seated
	l.busy++
	if !x.brief {
		l.heavy++
	}
}

func (l *lane) rise(x *execution) {
	l.busy--
	if !x.brief {
		l.heavy--
	}
}
