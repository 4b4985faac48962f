package sched

// A task that seceded is still Processing, and keeps its resources and the
// memory reserved for its result. But it counts no more for how much its worker
// has to do: it is in the list away instead of proc, and nothing is expected of
// it.

func (m *Machine) seceded(e Seceded) {
	w, i := m.worker(e.Worker), m.find(e.Task)
	if w == nil || i == none || !m.current(i, w, e.Attempt) || m.isAway(i) || m.tasks.hot(i).waiting > 0 {
		return
	}
	m.endTheft(i, w) // it was started: the worker will say no
	d := m.tasks.cold(i)
	w.occupancy -= d.expect
	d.expect = 0
	m.tasks.unlink(&w.proc, i)
	m.tasks.push(&w.away, i)
	m.away[i] = struct{}{}
	if w.only == i && len(m.groups[0].members) < 2 {
		w.only = none // it may wait for others, and elsewhere they cannot be
	}
	m.reweigh(w)
	m.soil(w)
}

func (m *Machine) rejoined(e Rejoined) {
	w, i := m.worker(e.Worker), m.find(e.Task)
	if w == nil || i == none || !m.current(i, w, e.Attempt) || !m.isAway(i) {
		return
	}
	d := m.tasks.cold(i)
	d.expect = int64(m.class(i).durationOf())
	w.occupancy += d.expect
	m.comeBack(i, w)
	m.tasks.pushFront(&w.proc, i) // others are asked for the last ones
	if w.proc.n > w.threads && !w.laden {
		m.lade(w)
	}
	m.reweigh(w)
}

// isAway reports whether i, which is Processing, seceded.
func (m *Machine) isAway(i uint32) bool {
	if len(m.away) == 0 {
		return false
	}
	_, is := m.away[i]
	return is
}

// comeBack takes i off the list of those of w that seceded.
func (m *Machine) comeBack(i uint32, w *worker) {
	m.tasks.unlink(&w.away, i)
	delete(m.away, i)
}

// leaveProc takes i off the list of what w is processing that has it.
func (m *Machine) leaveProc(i uint32, w *worker) {
	if m.isAway(i) {
		m.comeBack(i, w)
		return
	}
	m.tasks.unlink(&w.proc, i)
}

// processing is how many tasks are assigned to w, those that seceded or
// were sent ahead included.
func (w *worker) processing() int { return w.proc.n + w.away.n + w.ahead.n }
