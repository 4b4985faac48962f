package sched

import (
	"cmp"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// What follows on tasks that a worker works at is sent ahead of its inputs, so
// that the worker goes on without asking. Such a task is Processing, and
// task.waiting counts its inputs that are being computed. It is unripe until
// they are there.
//
// The worker keeps the order of its messages, so whenever an input will not
// come after all, what was sent ahead of it is taken back before anything else
// is decided: only finished leaves it with the worker.

const (
	// hop is how long it takes until a report has come and what was decided on it
	// has gone out, about. To send ahead saves that; it is not worth more.
	hop = 100 * time.Microsecond
	// A worker is given unripe tasks up to aheadWork for each thread, beside
	// the tinyWork that is ripe, and up to aheadTasks in all: what it does
	// while a report travels here and an answer back.
	aheadTasks = 2048
	aheadWork  = 2 * time.Millisecond
	// aheadFan is how many dependants in its run a task may have for them to
	// be sent ahead: what many wait for is better spread. What has more inputs is
	// not sent ahead when one of them comes.
	aheadFan = 64
	// awaitedLook is at how many of what follows on a task is looked, to see if
	// it is awaited elsewhere.
	awaitedLook = 4
)

// A front is the tasks of a worker whose dependants are still to be looked at,
// oldest first. It may hold others.
type front struct {
	tasks   []uint32
	first   int
	pending bool // the worker is in Machine.fronts
}

// lead notes that what follows on i, just given to w, may be sent ahead.
func (m *Machine) lead(i uint32, w *worker) {
	if m.tasks.cold(i).expect >= int64(tinyDuration) || !m.leads(i) {
		return
	}
	f := &w.front
	if n := len(f.tasks); n-f.first > 2*(w.proc.n+w.ahead.n)+64 || n > 64 && f.first > n/2 {
		m.sweepFront(w)
	}
	f.tasks = append(f.tasks, i)
	m.advance(w)
}

// sweepFront takes out what w does not work at any more.
func (m *Machine) sweepFront(w *worker) {
	f := &w.front
	kept := f.tasks[:0]
	for _, i := range f.tasks[f.first:] {
		if m.worksAt(i, w) {
			kept = append(kept, i)
		}
	}
	f.tasks, f.first = kept, 0
}

// leads reports whether i has dependants, and not too many.
func (m *Machine) leads(i uint32) bool {
	t := m.tasks.hot(i)
	r := m.runs[t.run]
	if r.dependantEnd == nil {
		return false
	}
	lo := uint32(0)
	if t.row > 0 {
		lo = r.dependantEnd[t.row-1]
	}
	n := r.dependantEnd[t.row] - lo
	return n > 0 && n <= aheadFan
}

// advance makes extend look at w at the end of the step.
func (m *Machine) advance(w *worker) {
	if f := &w.front; !f.pending && f.first < len(f.tasks) {
		f.pending = true
		m.fronts = append(m.fronts, w)
	}
}

// extendAll sends ahead what can be, wherever there is room.
func (m *Machine) extendAll() {
	m.complete()
	for k := 0; k < len(m.fronts); k++ {
		w := m.fronts[k]
		w.front.pending = false
		if !w.gone {
			m.extend(w)
		}
	}
	m.fronts = m.fronts[:0]
}

// complete sends ahead what waited for a value from elsewhere, if all that it
// lacks now is being computed in one place.
func (m *Machine) complete() {
	for _, j := range m.almost {
		if i := m.lacks(j); i != none {
			c, w := m.class(j), m.workers[m.tasks.hot(i).holder]
			if !w.mayExtend() {
				continue
			}
			if follows, _ := m.follows(j, w, c); follows {
				m.give(j, w, c)
				m.reweigh(w)
			}
		}
	}
	m.almost = m.almost[:0]
}

// lacks returns the first input of j, Waiting, that has no value, if it is being
// computed; else none.
func (m *Machine) lacks(j uint32) uint32 {
	if j >= m.tasks.used || m.tasks.hot(j).state != StateWaiting {
		return none
	}
	r, deps := m.deps(j)
	if len(deps) > aheadFan {
		return none // to look at all of them each time would take too long
	}
	for _, d := range deps {
		i := r.at(d.Ref)
		if i == none {
			return none
		}
		if t := m.tasks.hot(i); t.state != StateMemory {
			if t.state == StateProcessing {
				return i
			}
			return none
		}
	}
	return none
}

// extend sends what follows on the front of w, as far as there is room.
func (m *Machine) extend(w *worker) {
	f, before := &w.front, w.ahead.n
	f.pending = true // what is sent here is looked at here
	for w.mayExtend() && f.first < len(f.tasks) {
		i := f.tasks[f.first]
		if m.worksAt(i, w) && !m.follow(i, w) {
			break // the rest of them later
		}
		f.first++
	}
	f.pending = false
	if w.ahead.n != before {
		m.reweigh(w)
	}
}

// mayExtend reports whether w has room for unripe tasks.
func (w *worker) mayExtend() bool {
	threads := int64(w.threads)
	return w.ahead.n < aheadTasks && w.aheadWork < threads*int64(aheadWork) &&
		w.occupancy < threads*int64(tinyWork+aheadWork) && !w.closed()
}

// load is how much work each thread of w has, also of what waits for others.
func (w *worker) load() int64 { return (w.occupancy + w.backlog.work) / int64(w.threads) }

// worksAt reports whether i is given to w.
func (m *Machine) worksAt(i uint32, w *worker) bool {
	if i >= m.tasks.used {
		return false
	}
	t := m.tasks.hot(i)
	return t.state == StateProcessing && t.holder == w.slot
}

// follow sends the dependants of i after it, and reports whether there was room
// for all that could be. It notes if one of those that were not sent is at a seam.
func (m *Machine) follow(i uint32, w *worker) bool {
	seen, full := within, false
	for j := range m.dependants(i) {
		if m.tasks.hot(j).state != StateWaiting {
			continue
		}
		c := m.class(j)
		follows, straddles := m.follows(j, w, c)
		if straddles && !follows && m.leaves(j, w) {
			seen = atSeam
		}
		if full = follows && !w.mayExtend(); full {
			break
		}
		if follows {
			m.give(j, w, c)
		}
	}
	if full && seen == within {
		seen = unseen // by those behind
	}
	m.tasks.hot(i).seam = seen
	return !full
}

// follows reports whether j, Waiting, may be sent ahead to w: it is short, takes no
// resources, it may run there, it fits beside all that is expected there, every
// input is a value or being computed there, and those elsewhere are small and
// with nobody who could do it sooner. So of two workers that share a seam the
// one that lags gives way. If not, straddles is whether that is because of what is
// elsewhere.
func (m *Machine) follows(j uint32, w *worker, c *class) (follows, straddles bool) {
	r, deps := m.deps(j)
	if len(deps) > aheadFan {
		return false, false // to look at all of them each time would take too long
	}
	g := m.groups[c.group].serving()
	if !m.serves(g, w) {
		return false, true
	}
	// before is work here that j waits for; fetched what does not travel with j.
	far, fetched, inputs, before := int64(0), int64(0), int64(0), int64(0)
	lacks := c.durationOf() >= tinyDuration || m.tasks.hot(j).brought || m.isWary(j) || len(g.need) > 0
	for _, d := range deps {
		i := r.at(d.Ref)
		if i == none {
			return false, straddles
		}
		t := m.tasks.hot(i)
		here := t.holder == w.slot
		straddles = straddles || !here && t.holder != none
		switch {
		case t.state == StateMemory:
			b := m.share(i, d.Part)
			if inputs += b; !here {
				if far += max(b, 1); m.encoding(i) == "" {
					fetched += max(b, 1)
				}
			}
		case t.state == StateProcessing && here && !m.isAsked(i):
			d := m.tasks.cold(i)
			inputs += d.reserve
			before += d.expect
		default:
			lacks = true
		}
		if lacks && straddles {
			return false, true
		}
	}
	if lacks || far > 0 && (far > tinyInput || m.idler(r, deps, g, w.load()-before-int64(hop)-m.transfer(fetched, w))) {
		return false, straddles
	}
	return m.roomAhead(w, c, inputs), straddles
}

// idler reports whether a worker of g has nothing to do, or one that holds one of
// some inputs less than half of so much work.
func (m *Machine) idler(r *run, deps []graph.Dep, g *group, load int64) bool {
	if v := g.loads.least(); load > 0 && v != nil && v.occupancy == 0 {
		return true
	}
	for k := 0; load > 0 && k < len(deps); k++ {
		if t := m.tasks.hot(r.at(deps[k].Ref)); t.state == StateMemory {
			if v := m.workers[t.holder]; 2*v.load() < load && !v.closed() && m.serves(g, v) {
				return true
			}
		}
	}
	return false
}

// awaited reports whether somebody elsewhere waits for what a task yields that is
// about to be sent to w: something follows on it that was not sent with it because
// of what is elsewhere. What takes longer is awaited if anything follows on it.
func (m *Machine) awaited(a *Assignment, w *worker) bool {
	i := m.find(a.Task)
	if i == none || !m.leads(i) {
		return false
	}
	if m.tasks.cold(i).expect >= int64(tinyDuration) {
		return true
	}
	if s := m.tasks.hot(i).seam; s != unseen {
		return s == atSeam
	}
	look := awaitedLook
	for j := range m.dependants(i) {
		if m.tasks.hot(j).state == StateWaiting && m.leaves(j, w) {
			return true
		}
		if look--; look == 0 {
			break
		}
	}
	return false
}

// leaves reports whether j probably goes elsewhere than to w: at least as many of
// its inputs are elsewhere as on w, or it may not run there. One that has more of
// them on w comes there once the others have come, which what w yields does not
// hasten.
func (m *Machine) leaves(j uint32, w *worker) bool {
	r, deps := m.deps(j)
	if len(deps) > aheadFan {
		return false // of so many no single one is waited for
	}
	here, far := 0, 0
	for _, d := range deps {
		if i := r.at(d.Ref); i != none {
			switch m.tasks.hot(i).holder {
			case none:
			case w.slot:
				here++
			default:
				far++
			}
		}
	}
	return far > 0 && far >= here || !m.serves(m.groups[m.class(j).group].serving(), w)
}

// isAsked reports whether the worker of i is asked to give it back.
func (m *Machine) isAsked(i uint32) bool {
	if len(m.thefts) == 0 {
		return false
	}
	_, asked := m.thefts[i]
	return asked
}

func (m *Machine) serves(g *group, w *worker) bool {
	if g.index == 0 {
		return true // whom it is not open for is closed
	}
	return g.loads.has(w)
}

// roomAhead reports whether a task of class c with such inputs fits into the
// part of the memory of w that is given out.
func (m *Machine) roomAhead(w *worker, c *class, inputs int64) bool {
	return w.memory == 0 || fits(w, inputs+c.Cost.Output+c.Cost.Scratch) &&
		float64(w.bytes+w.reserved+c.output()) <= budget*float64(w.memory)
}

// ripen follows up when an input of j, sent ahead, is there.
func (m *Machine) ripen(j uint32) {
	u := m.tasks.hot(j)
	if u.waiting--; u.waiting == 0 {
		w := m.workers[u.holder]
		m.tasks.unlink(&w.ahead, j)
		w.aheadWork -= m.tasks.cold(j).expect
		m.work(j, w)
	}
}

// refit takes back from w what was sent there ahead of a value, now there, that
// is larger than expected, and does not fit beside it. What had all its inputs
// when it was given stays: the worker may have fetched what has been lost since.
func (m *Machine) refit(w *worker) {
	for _, j := range m.fuller {
		if c := m.class(j); m.worksAt(j, w) && !fits(w, m.expected(j)+c.Cost.Output+c.Cost.Scratch) {
			m.retract(j)
		}
	}
	m.fuller = m.fuller[:0]
}

// expected is the bytes of the inputs of j, as far as they are not there as
// expected, each counted once.
func (m *Machine) expected(j uint32) (inputs int64) {
	r, deps := m.deps(j)
	seen := make(map[graph.Dep]bool, len(deps))
	for _, d := range deps {
		if i := r.at(d.Ref); !seen[d] {
			seen[d] = true
			if m.tasks.hot(i).state == StateMemory {
				inputs += m.share(i, d.Part)
			} else {
				inputs += m.tasks.cold(i).reserve
			}
		}
	}
	return inputs
}

// unassign takes a Processing task from its worker before its next transition,
// which is not to a value, and takes back what was sent ahead of it.
func (m *Machine) unassign(i uint32) {
	for _, j := range m.followers(i) {
		m.retreat(j)
	}
	m.refund(i)
	m.detach(i)
	m.reweigh(m.workers[m.tasks.hot(i).holder])
}

// retract takes j, sent ahead, back, with what was sent ahead of it.
func (m *Machine) retract(j uint32) {
	w := m.workers[m.tasks.hot(j).holder]
	for _, k := range m.followers(j) {
		m.retreat(k)
	}
	m.retreat(j)
	m.reweigh(w)
	if m.tasks.hot(j).waiting == 0 {
		m.ready = append(m.ready, j)
	}
}

// retreat makes j, sent ahead, wait here.
func (m *Machine) retreat(j uint32) {
	m.abort(j)
	m.refund(j)
	m.detach(j)
	m.move(j, StateWaiting)
	t := m.tasks.hot(j)
	t.holder = none
	r, deps := m.deps(j)
	for _, d := range deps {
		if m.tasks.hot(r.at(d.Ref)).state != StateMemory {
			t.waiting++
		}
	}
}

// followers returns what was sent ahead of i, the last first.
func (m *Machine) followers(i uint32) []uint32 {
	slot := m.tasks.hot(i).holder
	if m.workers[slot].ahead.n == 0 {
		return nil
	}
	seen := map[uint32]bool{}
	var all []uint32
	for stack := []uint32{i}; len(stack) > 0; {
		i, stack = stack[len(stack)-1], stack[:len(stack)-1]
		for j := range m.dependants(i) {
			if t := m.tasks.hot(j); t.state == StateProcessing && t.holder == slot && t.waiting > 0 && !seen[j] {
				seen[j] = true
				all = append(all, j)
				stack = append(stack, j)
			}
		}
	}
	slices.SortFunc(all, func(a, b uint32) int { return cmp.Compare(m.id(b), m.id(a)) })
	return all
}

// retractReaders takes back what waits on a worker for other inputs than i, whose
// value is lost. On a worker that is gone, that is seen to with all the rest.
func (m *Machine) retractReaders(i uint32) {
	for j := range m.dependants(i) {
		if t := m.tasks.hot(j); t.state == StateProcessing && t.waiting > 0 && !m.workers[t.holder].gone {
			m.retract(j)
		}
	}
}

// queuedAt returns what w is given and did not secede, what has its inputs first.
func (m *Machine) queuedAt(w *worker) []uint32 {
	return append(m.tasks.all(&w.proc), m.tasks.all(&w.ahead)...)
}
