package worker

// A lane's ready tasks and how many of its slots are taken.
type lane struct {
	ready     heap[*task]
	comebacks heap[comeback] // may hold stale ones
	busy      int
	heavy     int // of busy: those that are not brief
}

// dispatchRuns starts what is ready wherever a slot is free and memory allows.
func (m *Machine) dispatchRuns() {
	for i := range m.lanes {
		l := &m.lanes[i]
		m.resume(l, m.cfg.Lanes[i].Slots)
		for !m.paused {
			t := l.next()
			if t == nil || l.busy >= m.room(i, t) || !m.fits(t) {
				break
			}
			l.ready.pop()
			m.start(t, l)
		}
	}
}

// next returns the first task that is still ready, without taking it.
func (l *lane) next() *task {
	for len(l.ready) > 0 {
		if t := l.ready[0]; t.state == ready {
			return t
		}
		l.ready.pop()
	}
	return nil
}

// fits reports whether t may start: see Admission in the package comment.
func (m *Machine) fits(t *task) bool {
	if m.cfg.Memory <= 0 || m.managed+m.coming+m.reserved+m.disk.read+t.yield.need(t)+m.mapped(t) <= m.space {
		return true
	}
	return m.Busy() == 0 && len(m.flights) == 0 && !m.canSpill()
}

func (m *Machine) start(t *task, l *lane) {
	t.state = running
	m.activate(t, 1)
	t.reserve = t.yield.need(t)
	m.reserved += t.reserve
	x := &execution{task: t, brief: t.brief()}
	l.sit(x)
	m.execs.add(x)
	m.do(Run{&t.Task})
}
