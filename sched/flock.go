package sched

// Tasks without inputs that one event makes ready together are siblings: what
// follows on them mostly needs neighbours. So each worker is given a share of
// them in a row, as far as it has room, and not every other one: then what
// follows finds its inputs in one place, but at the seams.

// A flock is the siblings that are being placed.
type flock struct {
	sizes map[sib]int // how many there are of each kind; nil: there are none
	w     *worker     // who is being given some; nil: nobody yet
	left  int         // how many more it gets
	kind  sib
}

// A sib is what siblings have in common.
type sib struct {
	run uint32
	g   *group // whose workers they may run on
}

// gather counts the siblings in a list of ready tasks.
func (f *flock) gather(m *Machine, ready []uint32) {
	f.w, f.left = nil, 0
	clear(f.sizes)
	if len(ready) < 2 {
		return
	}
	if f.sizes == nil {
		f.sizes = map[sib]int{}
	}
	kind, n := sib{}, 0
	for _, i := range ready {
		if !m.isSib(i) {
			continue
		}
		if k := (sib{m.tasks.hot(i).run, m.groups[m.class(i).group].serving()}); k != kind {
			f.sizes[kind] += n
			kind, n = k, 0
		}
		n++
	}
	f.sizes[kind] += n
}

func (m *Machine) isSib(i uint32) bool {
	_, deps := m.deps(i)
	return len(deps) == 0 && !m.isWary(i)
}

// beside returns the worker that was given the sibling before i, if it is to have
// i as well, or nil.
func (m *Machine) beside(i uint32, g *group, c *class, need int64) *worker {
	f := &m.flock
	w := f.w
	if w == nil || f.left <= 0 || f.kind != (sib{m.tasks.hot(i).run, g}) || len(m.shunned) > 0 || !m.isSib(i) ||
		!g.open(w) || !fits(w, need) || !m.room(w, c) {
		return nil
	}
	if v := g.loads.least(); w.proc.n >= w.threads && !c.op.tiny() && v != nil && v.tasks() < v.threads {
		return nil // somebody idles
	}
	f.left--
	return w
}

// follow notes that i was given to w, of g, which gets its share of those after it.
func (f *flock) follow(m *Machine, i uint32, w *worker, g *group) {
	if len(f.sizes) == 0 || !m.isSib(i) {
		return
	}
	f.w, f.kind = w, sib{m.tasks.hot(i).run, g}
	f.left = f.sizes[f.kind]*w.threads/g.threads - 1
}
