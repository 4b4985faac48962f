package sched

// Tasks without inputs that one event makes ready together are siblings: what
// follows on them mostly needs neighbours. So each worker is given a share of
// them in a row, as far as it has room, and not every other one: then what
// follows finds its inputs in one place, but at the seams.

// A flock is the siblings that are being placed.
type flock struct {
	size int     // how many there are
	w    *worker // who is being given some; nil: nobody yet
	left int     // how many more it gets
	run  uint32  // they are of this one
	g    *group  // and restricted so
}

// flockOf counts what is without inputs in a list of ready tasks.
func (m *Machine) flockOf(ready []uint32) flock {
	n := 0
	for _, i := range ready {
		if _, deps := m.deps(i); len(deps) == 0 {
			n++
		}
	}
	return flock{size: n}
}

// beside returns the worker that was given the sibling before i, if it is to have
// i as well, or nil.
func (m *Machine) beside(i uint32, g *group, c *class, need int64) *worker {
	f := &m.flock
	if f.w == nil || f.left <= 0 || f.run != m.tasks.hot(i).run || f.g != g || len(m.shunned) > 0 ||
		!g.open(f.w) || !fits(f.w, need) || !m.room(f.w, c) {
		return nil
	}
	if _, deps := m.deps(i); len(deps) > 0 {
		return nil
	}
	f.left--
	return f.w
}

// follow notes that i was given to w, which gets its share of those after it.
func (f *flock) follow(w *worker, g *group, run uint32) {
	f.w, f.run, f.g = w, run, g
	f.left = f.size*w.threads/g.threads - 1
}
