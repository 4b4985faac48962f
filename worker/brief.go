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

// A pace is how long executions of an op take, on average; 0 is not known.
type pace time.Duration

// pace returns that of the op; nil if nothing is started ahead.
func (m *Machine) pace(op string) *pace {
	if m.cfg.Ahead == 0 {
		return nil
	}
	if m.lastPace != nil && op == m.lastOp {
		return m.lastPace
	}
	p := m.paces[op]
	if p == nil {
		p = new(pace)
		m.paces[op] = p
	}
	m.lastOp, m.lastPace = op, p
	return p
}

// note notes how long an execution took.
func (p *pace) note(took time.Duration) {
	if p == nil {
		return
	}
	took = max(took, 1)
	if *p == 0 {
		*p = pace(took)
	}
	*p += (pace(took) - *p) / paceWeight
}

func (t *task) brief() bool { return t.pace != nil && *t.pace > 0 && *t.pace < pace(briefly) }

// room returns how many tasks may have begun in lane i for t to begin as well.
func (m *Machine) room(i int, t *task) int {
	l, slots := &m.lanes[i], m.cfg.Lanes[i].Slots
	if l.heavy == 0 && len(l.comebacks) == 0 && t.brief() {
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
