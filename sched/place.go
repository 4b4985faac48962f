package sched

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// tinyInput is how many bytes of input a task may have to be a root task: it
// can run anywhere, so it need not be given out before a worker has room.
const tinyInput = 64 << 10

// place gives a ready task to a worker, or queues it.
func (m *Machine) place(i uint32) {
	c := m.class(i)
	g := m.groups[c.group].serving()
	if len(g.members) == 0 {
		m.strand(g, i)
		return
	}
	inputs := m.survey(i)
	need := inputs + c.Cost.Output + c.Cost.Scratch
	if g.smallest > 0 && need > g.smallest {
		need = m.distinctInputs(i) + c.Cost.Output + c.Cost.Scratch
		if g.largest > 0 && need > g.largest {
			m.fail(i, m.tooLarge(i, g))
			return
		}
	}
	root := inputs <= tinyInput
	if (root || len(g.need) > 0) && g.queue.live+g.bulky.live > 0 {
		q := g.queueFor(need)
		m.enqueue(q, i) // behind, or before, those that wait already
		m.stir(g)
		if q == &g.bulky {
			if w := m.leastThatFits(g, need); w != nil { // the first of q may be for others
				m.soil(w)
			}
		}
		return
	}
	w := m.beside(i, g, c, need)
	if w == nil {
		if w = m.chooseElsewhere(i, g, c, inputs, need, root); w != nil {
			m.flock.follow(m, i, w, g)
		}
	}
	switch {
	case w == nil:
		m.enqueue(g.queueFor(need), i)
	case m.isWary(i):
		if e := m.leastThatFits(g, need); e != nil && e.tasks() == 0 {
			w = e
		}
		m.isolate(i, w)
	case root || len(g.need) > 0 || w.backlog.live == 0 && m.deep(w, c):
		m.assign(i, w, c)
	default:
		m.postpone(i, w)
	}
}

// survey notes at the holders of the inputs of i how many bytes are there, and
// in m.carried how many would come with the task, and returns the bytes in all.
func (m *Machine) survey(i uint32) (inputs int64) {
	m.stamp++
	m.near, m.carried = m.near[:0], 0
	r, deps := m.deps(i)
	for _, d := range deps {
		j := r.at(d.Ref)
		b := m.share(j, d.Part)
		inputs += b
		if m.encoding(j) != "" {
			m.carried += b
		}
		m.survey1(m.workers[m.tasks.hot(j).holder], b)
		for _, s := range m.copies[j] {
			m.survey1(m.workers[s], b)
		}
	}
	return inputs
}

func (m *Machine) survey1(w *worker, b int64) {
	if w.stamp != m.stamp {
		w.stamp, w.local = m.stamp, 0
		m.near = append(m.near, w)
	}
	w.local += b
}

// share estimates the size of a part of a value: its readers, also those that
// are forgotten by now, are taken to share it evenly.
func (m *Machine) share(j uint32, part int32) int64 {
	b := m.tasks.hot(j).bytes
	if part >= 0 {
		b /= int64(max(1, m.tasks.cold(j).readers))
	}
	return b
}

// choose returns the worker of g where a task with such inputs would be done
// waiting and fetching first; of equals the one with fewest tasks. Candidates
// are the holders of inputs and the least loaded worker.
func (m *Machine) choose(g *group, c *class, inputs, need int64, root bool) *worker {
	var best *worker
	var least int64
	consider := func(w *worker) {
		if w == nil || root && !m.room(w, c) {
			return
		}
		if w.stamp != m.stamp {
			w.stamp, w.local = m.stamp, 0
		}
		cost := w.queueing() + m.haul(inputs, w)
		if best == nil || cost < least || cost == least && (w.tasks() < best.tasks() || w.tasks() == best.tasks() && w.id < best.id) {
			best, least = w, cost
		}
	}
	consider(m.leastThatFits(g, need))
	for _, w := range m.near {
		if g.loads.has(w) && g.open(w) && fits(w, need) {
			consider(w)
		}
	}
	return best
}

// haul estimates how long the inputs of the task that was surveyed take to come
// to w, in ns. What is small comes with the task, if all else is there.
func (m *Machine) haul(inputs int64, w *worker) int64 {
	far := inputs - w.local
	if far <= m.carried {
		return min(far, 1) * int64(hop) / 2
	}
	return m.transfer(far, w)
}

func fits(w *worker, need int64) bool { return w.memory == 0 || need <= w.memory }

// leastThatFits looks beyond the least loaded member only if members differ in
// memory and that one has too little.
func (m *Machine) leastThatFits(g *group, need int64) *worker {
	w := g.loads.least()
	if w == nil || fits(w, need) {
		return w
	}
	w = nil
	for _, v := range g.members {
		if g.open(v) && fits(v, need) && (w == nil || lighter(v, w)) {
			w = v
		}
	}
	return w
}

// budget is the part of a worker's memory that root tasks may fill.
const budget = 0.6

// room reports whether w may be given another root task of class c.
func (m *Machine) room(w *worker, c *class) bool {
	if w.proc.n >= w.window && !m.tinyRoom(w, c) {
		return false
	}
	if w.proc.n == 0 || w.memory == 0 {
		return true
	}
	return float64(w.resident()+w.reserved+c.output()) <= budget*float64(w.memory)
}

// tinyRoom reports whether w may have more of c because it is tiny.
func (m *Machine) tinyRoom(w *worker, c *class) bool {
	return c.op.tiny() && w.proc.n < tinyTasks && w.occupancy < int64(w.threads)*int64(tinyWork)
}

// fill gives w what is queued for it, as far as it has room.
func (m *Machine) fill(w *worker) {
	if w.proc.n+w.ahead.n == 0 {
		w.vain = false
	}
	m.goAlone(w)
	for !w.closed() {
		i := m.nextFor(w)
		if i == none {
			i = m.steal(w)
		}
		if i == none {
			m.askFor(w)
			break
		}
		m.dequeue(i)
		if m.isWary(i) {
			m.move(i, StateWaiting)
			m.isolate(i, w)
			break
		}
		m.give(i, w, m.class(i))
	}
	m.reweigh(w)
	m.advance(w)
}

// nextFor returns the most urgent of what w has room for: of its backlog and
// of the queues of its groups.
func (m *Machine) nextFor(w *worker) uint32 {
	best := none
	var first entry
	if i := m.head(&w.backlog); i != none && m.deep(w, m.class(i)) {
		best, first = i, m.entry(i)
	}
	for _, g := range w.groups {
		i := m.headFor(w, g)
		if i == none || !g.open(w) {
			continue
		}
		if e := m.entry(i); (best == none || m.sooner(e, first)) && m.room(w, m.class(i)) {
			best, first = i, e
		}
	}
	return best
}

// headFor returns the most urgent of what is queued in g and can ever fit at w.
// If w has no room for that now, smaller ones must not overtake it there.
func (m *Machine) headFor(w *worker, g *group) uint32 {
	best := none
	for _, q := range g.queues() {
		i := m.head(q)
		if i == none || best != none && !m.sooner(m.entry(i), m.entry(best)) {
			continue
		}
		if !m.fitsAt(w, g, i, m.class(i)) {
			i = m.behind(w, g, q)
		}
		if i != none && (best == none || m.sooner(m.entry(i), m.entry(best))) {
			best = i
		}
	}
	return best
}

// bulkyLook is how much of a queue is looked at for what fits at a worker where
// its head does not: the top of each client's heap, so that the first four are among it.
const bulkyLook = 15

// behind returns the most urgent of what is queued behind the head of q and can
// ever fit at w, of what is looked at.
func (m *Machine) behind(w *worker, g *group, q *queue) uint32 {
	best := none
	for _, s := range q.shares {
		for _, e := range s.heap[:min(bulkyLook, len(s.heap))] {
			if m.isIn(q, e) && (best == none || m.sooner(e, m.entry(best))) && m.fitsAt(w, g, e.task, m.class(e.task)) {
				best = e.task
			}
		}
	}
	return best
}

// fitsAt reports whether i, of g, can ever fit into the memory of w.
func (m *Machine) fitsAt(w *worker, g *group, i uint32, c *class) bool {
	if g.smallest == 0 {
		return true
	}
	rest := c.Cost.Output + c.Cost.Scratch
	return fits(w, rest+m.inputs(i)) || fits(w, rest+m.distinctInputs(i))
}

// inputs is the bytes of the inputs of i, each counted as often as it is used.
func (m *Machine) inputs(i uint32) (inputs int64) {
	r, deps := m.deps(i)
	for _, d := range deps {
		inputs += m.share(r.at(d.Ref), d.Part)
	}
	return inputs
}

// distinctInputs is the bytes of the inputs of i, each counted once.
func (m *Machine) distinctInputs(i uint32) (inputs int64) {
	r, deps := m.deps(i)
	seen := make(map[graph.Dep]bool, len(deps))
	for _, d := range deps {
		if !seen[d] {
			seen[d] = true
			inputs += m.share(r.at(d.Ref), d.Part)
		}
	}
	return inputs
}

func (m *Machine) tooLarge(i uint32, g *group) *graph.TaskError {
	c := &m.class(i).Cost
	return m.newError(i, graph.KindMemory, fmt.Sprintf(
		"inputs of %d bytes, an estimated result of %d and scratch of %d do not fit into the %d bytes of the largest worker allowed; "+
			"use smaller chunks or workers with more memory", m.distinctInputs(i), c.Output, c.Scratch, g.largest))
}
