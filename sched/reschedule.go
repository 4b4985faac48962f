package sched

// A task that asked to be rescheduled is placed anew at once, like one whose
// worker was lost, but with another worker if there is one that can take it now.

// chooseElsewhere is choose, and keeps a task away from the worker that it asked
// to leave unless only that one has room.
func (m *Machine) chooseElsewhere(i uint32, g *group, c *class, inputs, need int64, root bool) *worker {
	if len(m.shunned) > 0 {
		if s, asked := m.shunned[i]; asked && m.workers[s] != nil {
			w := m.workers[s]
			m.shun(w, true)
			best := m.choose(g, c, inputs, need, root)
			m.shun(w, false)
			if best != nil {
				return best
			}
		}
	}
	return m.choose(g, c, inputs, need, root)
}

// shun closes w to what is being placed, or opens it again.
func (m *Machine) shun(w *worker, on bool) {
	w.shunned = on
	m.reweigh(w)
}
