package sched

const (
	// A value that so many tasks on their way depend on is popular, ...
	popularNeeds = 4
	// ... and is copied until so many workers hold it.
	popularCopies = 8
)

// popularize is for a task that is not worth moving to w for the time that its
// input takes to fetch. If others need that input too, it is copied to w: then
// all of them can run there.
func (m *Machine) popularize(i uint32, w *worker) {
	r, deps := m.deps(i)
	for _, d := range deps {
		j := r.at(d.Ref)
		t := m.tasks.hot(j)
		if t.bytes <= tinyInput || m.actorOf(j) != nil || d.Part >= 0 || m.holds(j, w) || w.makes(j) || t.needed < popularNeeds ||
			len(m.copies[j])+len(m.copyings[j])+1 >= popularCopies || len(w.making) >= copiesAtOnce || m.now < w.copyAfter ||
			w.memory > 0 && float64(w.content()+t.bytes) > copyRoom*float64(w.memory) {
			continue
		}
		m.order(j, w, nil)
	}
}
