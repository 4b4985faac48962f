package sched

import "github.com/ashlar-go/ashlar/graph"

// An entry is a queued task. It is stale once the task has left the queue.
type entry struct {
	prio int32
	task uint32
	id   graph.TaskID
}

// before is the order in which tasks go: user priority, then age.
func (a entry) before(b entry) bool {
	if a.prio != b.prio {
		return a.prio > b.prio
	}
	return a.id < b.id
}

// A queue is a binary heap with stale entries in it.
type queue struct {
	heap []entry
	live int // entries that are not stale
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

func (m *Machine) entry(i uint32) entry { return entry{m.class(i).Spec.Priority, i, m.id(i)} }

func (m *Machine) enqueue(g *group, i uint32) {
	m.move(i, StateQueued)
	m.tasks.cold(i).group = g.index
	g.queue.push(m.entry(i))
	g.queue.live++
}

// dequeue makes the entry of i stale, if it has one.
func (m *Machine) dequeue(i uint32) {
	c := m.tasks.cold(i)
	if c.group == none {
		return
	}
	g := m.groups[c.group]
	c.group = none
	if m.tasks.hot(i).state != StateQueued {
		return
	}
	q := &g.queue
	if q.live--; len(q.heap) > 2*q.live+64 {
		m.sweep(g)
	}
}

func (m *Machine) queuedIn(g *group, e entry) bool {
	return m.find(e.id) == e.task && m.tasks.hot(e.task).state == StateQueued && m.tasks.cold(e.task).group == g.index
}

// sweep takes the stale entries out.
func (m *Machine) sweep(g *group) {
	q := &g.queue
	kept := q.heap[:0]
	for _, e := range q.heap {
		if m.queuedIn(g, e) {
			kept = append(kept, e)
		}
	}
	q.heap = kept
	for k := len(kept)/2 - 1; k >= 0; k-- {
		q.sift(k)
	}
}

// head returns the first task queued in g, or none.
func (m *Machine) head(g *group) uint32 {
	for len(g.queue.heap) > 0 {
		if e := g.queue.heap[0]; m.queuedIn(g, e) {
			return e.task
		}
		g.queue.pop()
	}
	return none
}
