package sched

// stir notes that something was queued in g behind what waits there for
// others, or that the first of what waits there has gone: there may be workers
// with room for the next.
func (m *Machine) stir(g *group) {
	if !g.astir {
		g.astir = true
		m.astir = append(m.astir, g)
	}
}

// stirBulky stirs where large tasks wait: a value that got more readers is
// taken to have smaller parts, so that a task may fit where it did not.
func (m *Machine) stirBulky() {
	for _, g := range m.groups {
		if g.bulky.live > 0 {
			m.stir(g)
		}
	}
}

// serveAstir gives what is queued in groups that are astir to their least
// loaded workers, until these take nothing.
func (m *Machine) serveAstir() {
	for len(m.astir) > 0 {
		n := len(m.astir) - 1
		g := m.astir[n]
		m.astir, g.astir = m.astir[:n], false
		for _, q := range g.queues() {
			m.serve(g, q)
		}
	}
}

func (m *Machine) serve(g *group, q *queue) {
	for i := m.head(q); i != none; i = m.head(q) {
		w := m.leastThatFits(g, m.need(g, i))
		if w == nil {
			w = g.loads.least() // what is behind i may be for others
		}
		if w == nil {
			return
		}
		before := w.proc.n
		if m.fill(w); w.proc.n == before && w.only == none {
			return
		}
	}
}

// need is the memory that i, of g, needs: inputs that it uses twice are counted
// twice, unless that makes it too large for some.
func (m *Machine) need(g *group, i uint32) int64 {
	c := &m.class(i).Cost
	need := c.Output + c.Scratch + m.inputs(i)
	if g.smallest > 0 && need > g.smallest {
		need = c.Output + c.Scratch + m.distinctInputs(i)
	}
	return need
}
