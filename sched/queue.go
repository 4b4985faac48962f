package sched

import "github.com/ashlar-go/ashlar/graph"

// An entry is a queued task. It is stale once the task has left the queue.
type entry struct {
	prio  int32
	task  uint32
	order uint64 // of the run
	id    graph.TaskID
}

// before is the order in which tasks go: user priority, then the order of their
// runs, then age.
func (a entry) before(b entry) bool {
	if a.prio != b.prio {
		return a.prio > b.prio
	}
	if a.order != b.order {
		return a.order < b.order
	}
	return a.id < b.id
}

// A queue is a binary heap with stale entries in it. It belongs to a group or
// is the backlog of a worker.
type queue struct {
	id   uint32 // 4 × index of the group, + 2 if bulky, or 2 × slot of the worker + 1
	heap []entry
	live int   // entries that are not stale
	work int64 // their estimated duration, ns
}

func (q *queue) push(e entry) {
	h := append(q.heap, e)
	k := len(h) - 1
	for k > 0 && e.before(h[(k-1)/2]) {
		h[k] = h[(k-1)/2]
		k = (k - 1) / 2
	}
	h[k] = e
	q.heap = h
}

func (q *queue) pop() {
	n := len(q.heap) - 1
	q.heap[0] = q.heap[n]
	q.heap = q.heap[:n]
	q.sift(0)
}

func (q *queue) sift(k int) {
	h := q.heap
	if k >= len(h) {
		return
	}
	e := h[k]
	for {
		c := 2*k + 1
		if c+1 < len(h) && h[c+1].before(h[c]) {
			c++
		}
		if c >= len(h) || !h[c].before(e) {
			break
		}
		h[k] = h[c]
		k = c
	}
	h[k] = e
}

func (m *Machine) entry(i uint32) entry {
	return entry{m.class(i).Spec.Priority, i, m.runs[m.tasks.hot(i).run].order, m.id(i)}
}

func (m *Machine) enqueue(q *queue, i uint32) {
	m.move(i, StateQueued)
	d := m.tasks.cold(i)
	d.queue, d.expect = q.id, int64(m.class(i).durationOf())
	q.push(m.entry(i))
	q.live++
	q.work += d.expect
	m.queuedWork += d.expect
}

// dequeue makes the entry of i stale, if it has one.
func (m *Machine) dequeue(i uint32) {
	d := m.tasks.cold(i)
	id := d.queue
	d.queue = none
	if m.tasks.hot(i).state != StateQueued {
		return
	}
	q := m.queueOf(id)
	q.work -= d.expect
	m.queuedWork -= d.expect
	if q.live--; len(q.heap) > 2*q.live+64 {
		m.sweep(q)
	}
	switch {
	case id&1 == 1:
		m.postponed(m.workers[id>>1])
	case id&2 == 2:
		m.stir(m.groups[id>>2]) // what comes next in it may be for others
	}
}

func (m *Machine) queueOf(id uint32) *queue {
	switch {
	case id&1 == 1:
		return &m.workers[id>>1].backlog
	case id&2 == 2:
		return &m.groups[id>>2].bulky
	}
	return &m.groups[id>>2].queue
}

func (m *Machine) isIn(q *queue, e entry) bool {
	return m.find(e.id) == e.task && m.tasks.hot(e.task).state == StateQueued && m.tasks.cold(e.task).queue == q.id
}

// sweep takes the stale entries out.
func (m *Machine) sweep(q *queue) {
	kept := q.heap[:0]
	for _, e := range q.heap {
		if m.isIn(q, e) {
			kept = append(kept, e)
		}
	}
	q.heap = kept
	for k := len(kept)/2 - 1; k >= 0; k-- {
		q.sift(k)
	}
}

// head returns the first task of q, or none.
func (m *Machine) head(q *queue) uint32 {
	for len(q.heap) > 0 {
		if e := q.heap[0]; m.isIn(q, e) {
			return e.task
		}
		q.pop()
	}
	return none
}
