package sched

// A worker's backlog is what was placed with it, for the sake of its inputs or
// its load, and not sent yet: it has enough to do. Nothing needs to be taken
// back from a worker when another one runs dry.

// ahead is how many tasks with inputs a worker is given per thread, so that it
// fetches while it computes.
const ahead = 8

// deep reports whether w may be given another task with inputs.
func (m *Machine) deep(w *worker, c *class) bool {
	return w.proc.n < max(w.window, ahead*w.threads) || m.tinyRoom(w, c)
}

// postpone queues i at w.
func (m *Machine) postpone(i uint32, w *worker) {
	m.enqueue(&w.backlog, i)
	if w.backlog.live == 1 {
		w.richAt = len(m.rich)
		m.rich = append(m.rich, w)
	}
	m.reweigh(w)
	m.soil(w)
}

// postponed follows up when a task has left the backlog of w.
func (m *Machine) postponed(w *worker) {
	if w.backlog.live == 0 {
		if w.only != none {
			w.only = none
			m.soil(w)
		}
		last := m.rich[len(m.rich)-1]
		m.rich[w.richAt], last.richAt = last, w.richAt
		m.rich = m.rich[:len(m.rich)-1]
	}
	m.reweigh(w)
}

// victims is how many of those that have a backlog are looked at when a
// worker runs dry.
const victims = 8

// steal returns a task for w, which has an idle thread, from the backlog of
// another worker: of those looked at the one where it would wait longest,
// provided that fetching its inputs takes less than that.
func (m *Machine) steal(w *worker) uint32 {
	best, longest := none, int64(0)
	if w.proc.n+w.coming >= w.threads || len(m.rich) == 0 || m.cfg.NoStealing {
		return none
	}
	m.turn++
	for k := range min(victims, len(m.rich)) {
		v := m.rich[(m.turn+k)%len(m.rich)]
		if v == w || v.only != none || v.queueing() <= longest {
			continue
		}
		if i := m.head(&v.backlog); m.worth(i, v, w) {
			best, longest = i, v.queueing()
		}
	}
	if best != none {
		m.stealing.Taken++
	}
	return best
}

// relieve lets idle workers take from the backlogs of others, the least loaded
// first and until one takes nothing: what was not worth fetching when they ran
// dry may be now, as a backlog grew or turned out to take longer. Others than
// that one look again when they are heard of.
func (m *Machine) relieve() {
	for len(m.rich)+len(m.laden) > 0 && !m.cfg.NoStealing {
		w := m.groups[0].loads.least()
		if w == nil || w.proc.n >= w.threads {
			return
		}
		before := w.proc.n
		if m.fill(w); w.proc.n == before && w.only == none {
			return
		}
	}
}

// worth reports whether i, in the backlog of v, had better run on w.
func (m *Machine) worth(i uint32, v, w *worker) bool {
	c := m.class(i)
	g := m.groups[c.group].serving()
	if !g.loads.has(w) || !g.open(w) || !m.fitsAt(w, g, i, c) {
		return false
	}
	inputs := m.survey(i)
	if w.stamp != m.stamp {
		w.stamp, w.local = m.stamp, 0
	}
	return m.transfer(inputs-w.local, w) < v.queueing()
}
