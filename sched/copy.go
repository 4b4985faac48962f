package sched

import (
	"maps"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Copies that the scheduler orders: to move the values of a worker that
// retires, to have as many as a client asked for, to spread popular data, and
// to even out memory. A copy counts when its worker reports it ([Replicated]);
// until then every holder stays what it is.

// Replicate tells a worker to fetch values and keep them, behind whatever its
// tasks wait for. A [Replicated] or [Uncopied] answers for each; so does the
// end of the value, or of the worker.
type Replicate struct {
	Worker WorkerID
	Items  []Dep // whole values
}

func (Replicate) action() {}

// Uncopied: the worker cannot copy these values: none of the holders that it
// was told has them, or it has no room.
type Uncopied struct {
	At     time.Duration
	Worker WorkerID
	Tasks  []graph.TaskID
}

func (Uncopied) event() {}

// Replicas counts copies since the start, and those that are being made.
type Replicas struct {
	UnderWay int
	Made     int64 // that were ordered; those that tasks fetch come on top
	Moved    int64 // of those, with the original dropped or given up
	Failed   int64
	Dropped  int64 // surplus copies
}

// A copying is one copy that a worker was told to make.
type copying struct {
	to    WorkerID
	from  WorkerID // a holder that the copy is to replace; 0 if none
	bytes int64
}

const (
	// copiesAtOnce is how many copies a worker makes, or is relieved of, at a
	// time.
	copiesAtOnce = 32
	// copyRoom is the part of a worker's memory that copies may fill.
	copyRoom = 0.8
	// copyPause is how long a worker is left alone that could not copy.
	copyPause = time.Second
	// samples is how many workers are looked at to find room for a copy,
	// besides the emptiest that are known.
	samples = 8
)

// order has a worker copy i. The copy replaces the one at from, if there is one.
func (m *Machine) order(i uint32, to, from *worker) {
	c := copying{to: to.id, bytes: m.tasks.hot(i).bytes}
	if from != nil {
		c.from = from.id
		from.departing += c.bytes
		from.parting++
	}
	m.copyings[i] = append(m.copyings[i], c)
	to.making[i] = struct{}{}
	to.arriving += c.bytes
	m.replicas.UnderWay++
	m.box.replicate(to, Dep{Task: m.id(i), Part: -1, Bytes: c.bytes, Holders: m.holderIDs(i)})
}

// makes reports whether w was told to copy i.
func (w *worker) makes(i uint32) bool { _, makes := w.making[i]; return makes }

// endCopy forgets that w was told to copy i, and returns what for; false if it
// was not.
func (m *Machine) endCopy(i uint32, w *worker) (c copying, was bool) {
	if !w.makes(i) {
		return c, false
	}
	cs := m.copyings[i]
	k := slices.IndexFunc(cs, func(c copying) bool { return c.to == w.id })
	c = cs[k]
	if cs = slices.Delete(cs, k, k+1); len(cs) == 0 {
		delete(m.copyings, i)
	} else {
		m.copyings[i] = cs
	}
	delete(w.making, i)
	w.arriving -= c.bytes
	m.replicas.UnderWay--
	if v := m.worker(c.from); v != nil {
		v.departing -= c.bytes
		v.parting--
		if v.retiring {
			m.soil(v)
		}
	}
	return c, true
}

// copied follows up when w has a copy of i.
func (m *Machine) copied(i uint32, w *worker) {
	c, was := m.endCopy(i, w)
	if !was {
		return
	}
	m.replicas.Made++
	w.lookAgain = m.now // what it can read now may be worth taking
	m.soil(w)
	v := m.worker(c.from)
	if v == nil || !m.holds(i, v) {
		return
	}
	if m.replicas.Moved++; !v.retiring && m.tasks.hot(i).needed == 0 && m.surplus(i) > 0 {
		m.dropCopy(i, v)
	}
}

// uncopied has what w could not copy done by another.
func (m *Machine) uncopied(e Uncopied) {
	w := m.worker(e.Worker)
	if w == nil {
		return
	}
	w.copyAfter = m.now + copyPause
	for _, id := range e.Tasks {
		if i := m.find(id); i != none {
			if _, was := m.endCopy(i, w); was {
				m.replicas.Failed++
				m.lack(i)
			}
		}
	}
}

// cancelCopies takes all orders of copies of i back: its value is gone.
func (m *Machine) cancelCopies(i uint32) {
	for _, c := range slices.Clone(m.copyings[i]) {
		w := m.worker(c.to)
		m.endCopy(i, w)
		m.box.free(w, m.id(i), m.tasks.hot(i).bytes)
	}
}

// cancelOrders takes back all that w was told to copy.
func (m *Machine) cancelOrders(w *worker) {
	for _, i := range m.inOrderOfID(w.making) {
		m.endCopy(i, w)
		m.box.free(w, m.id(i), m.tasks.hot(i).bytes)
		m.replicas.Failed++
		m.lack(i)
	}
}

// inOrderOfID returns the tasks of a set by id.
func (m *Machine) inOrderOfID(set map[uint32]struct{}) []uint32 {
	return slices.SortedFunc(maps.Keys(set), m.byID)
}

// dropCopy makes v, which is not the only holder of i, drop it.
func (m *Machine) dropCopy(i uint32, v *worker) {
	m.dropHolder(i, v)
	m.box.free(v, m.id(i), m.tasks.hot(i).bytes)
	m.soil(v)
}

// roomFor returns the emptiest worker that is found with room for a copy of i,
// or nil. It looks at few, each time at others.
func (m *Machine) roomFor(i uint32) (best *worker) {
	if m.actorOf(i) != nil {
		return nil // it cannot be copied
	}
	b := m.tasks.hot(i).bytes
	consider := func(w *worker) {
		if w == nil || w == best || w.closed() || len(w.making) >= copiesAtOnce || m.now < w.copyAfter || m.holds(i, w) || w.makes(i) ||
			w.memory > 0 && float64(w.content()+b) > copyRoom*float64(w.memory) {
			return
		}
		if best == nil || w.fullness() < best.fullness() || w.fullness() == best.fullness() && w.id < best.id {
			best = w
		}
	}
	for _, id := range m.census.emptiest {
		consider(m.worker(id))
	}
	all := m.groups[0].members
	for range min(samples, len(all)) {
		m.sample++
		consider(all[m.sample%len(all)])
	}
	return best
}

// content is the bytes that w will have in memory when all copies are made: what
// it holds, without what it last said to have on disk.
func (w *worker) content() int64 {
	return max(0, w.bytes-w.status.Spilled) + w.arriving - w.departing
}

// fullness compares workers: the part of its memory that is filled. Those
// without a limit are compared by bytes, and are emptier than all others.
func (w *worker) fullness() float64 {
	if w.memory == 0 {
		return float64(w.content()) / (1 << 60)
	}
	return float64(w.content()) / float64(w.memory)
}
