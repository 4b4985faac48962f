package sched

import "github.com/ashlar-go/ashlar/graph"

func (m *Machine) finished(e Finished) {
	w := m.worker(e.Worker)
	if w == nil {
		return
	}
	for k, d := range e.Tasks {
		i := m.find(d.Task)
		if i == none || !m.current(i, w, d.Attempt) {
			m.stray(i, w, d.Task)
			continue
		}
		m.class(i).op.measure(d.Took, d.Bytes)
		m.detach(i)
		if e.Inline != nil {
			m.inline(i, e.Inline[k])
		}
		m.obtain(i, w, d.Bytes)
	}
	m.reweigh(w)
}

// current reports whether w works at this attempt of task i.
func (m *Machine) current(i uint32, w *worker, attempt uint32) bool {
	t := m.tasks.hot(i)
	return t.state == StateProcessing && t.holder == w.slot && m.tasks.cold(i).attempt == attempt
}

// stray deals with a result on w that nobody asked for. Where w is working at
// the task, it will report the same result as that, and must keep it.
func (m *Machine) stray(i uint32, w *worker, id graph.TaskID) {
	if i != none {
		t := m.tasks.hot(i)
		if t.state == StateProcessing && t.holder == w.slot {
			return
		}
		if t.state == StateMemory && m.holds(i, w) {
			return
		}
	}
	if r := m.runByID[id.Run()]; r != nil && r.comes(id.Index()) && r.places[id.Index()] == w.slot {
		return // its client is about to say that it is there
	}
	m.box.free(w, id, unknownBytes)
}

// obtain gives i its value, which w holds.
func (m *Machine) obtain(i uint32, w *worker, bytes int64) {
	t := m.tasks.hot(i)
	m.move(i, StateMemory)
	t.bytes = bytes
	t.holder = none
	d := m.tasks.cold(i)
	d.misses = 0 // another computation starts with none
	if len(m.kills) > 0 {
		delete(m.kills, i)
	}
	larger := bytes > d.reserve && w.memory > 0
	tiny := d.expect < int64(tinyDuration)
	m.addHolder(i, w)
	m.lack(i)
	m.unneed(i)
	for j := range m.dependants(i) {
		switch u := m.tasks.hot(j); u.state {
		case StateWaiting:
			if u.waiting--; u.waiting == 0 {
				m.ready = append(m.ready, j)
			} else if tiny {
				m.almost = append(m.almost, j)
			}
		case StateProcessing:
			if u.waiting > 0 {
				m.ripen(j)
				if larger {
					m.fuller = append(m.fuller, j)
				}
			}
		}
	}
	if larger {
		m.refit(w)
	}
	m.tell(i, m.tellReady)
	m.startActor(i)
	m.endErrands(i)
	if t.needed == 0 {
		m.loosen(i)
	}
}

func (m *Machine) replicated(e Replicated) {
	w := m.worker(e.Worker)
	if w == nil {
		return
	}
	w.heard = max(w.heard, e.Number)
	for _, id := range e.Tasks {
		i := m.find(id)
		if m.bringsTo(id, w) {
			continue // its client says so too
		}
		if i == none || m.tasks.hot(i).state != StateMemory || m.actorOf(i) != nil {
			m.stray(i, w, id)
			continue
		}
		if !m.holds(i, w) {
			m.addHolder(i, w)
		}
		m.copied(i, w)
	}
}
