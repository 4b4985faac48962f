package sched

import "github.com/ashlar-go/ashlar/graph"

// An entry is a queued task. It is stale once the task has left the queue.
type entry struct {
	prio  int32
	task  uint32
	order uint64 // of the run
	id    graph.TaskID
}

// before is the order in which the tasks of one client go: user priority, then
// the order of their runs, then age. See sooner for those of several.
func (a entry) before(b entry) bool {
	if a.prio != b.prio {
		return a.prio > b.prio
	}
	if a.order != b.order {
		return a.order < b.order
	}
	return a.id < b.id
}

// A queue is the tasks that wait for one thing, client by client. It belongs to a
// group or is the backlog of a worker.
type queue struct {
	id     uint32  // 4 × index of the group, + 2 if bulky, or 2 × slot of the worker + 1
	shares []share // in any order; none is empty
	size   int     // entries
	live   int     // entries that are not stale
	work   int64   // their estimated duration, ns
}

// A share is what one client has in a queue: a binary heap with stale entries
// in it.
type share struct {
	account *account
	heap    []entry
}

func (q *queue) push(a *account, e entry) {
	q.size++
	for k := range q.shares {
		if q.shares[k].account == a {
			q.shares[k].push(e)
			return
		}
	}
	q.shares = append(q.shares, share{a, []entry{e}})
}

// pop takes out the first entry of a share, and the share with its last one.
func (q *queue) pop(k int) {
	q.size--
	if q.shares[k].pop(); len(q.shares[k].heap) > 0 {
		return
	}
	last := len(q.shares) - 1
	q.shares[k], q.shares[last] = q.shares[last], share{}
	q.shares = q.shares[:last]
}

func (s *share) push(e entry) {
	h := append(s.heap, e)
	k := len(h) - 1
	for k > 0 && e.before(h[(k-1)/2]) {
		h[k] = h[(k-1)/2]
		k = (k - 1) / 2
	}
	h[k] = e
	s.heap = h
}

func (s *share) pop() {
	n := len(s.heap) - 1
	s.heap[0] = s.heap[n]
	s.heap = s.heap[:n]
	s.sift(0)
}

func (s *share) sift(k int) {
	h := s.heap
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
	a := m.accountOf(i)
	m.line(a)
	q.push(a, m.entry(i))
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
	m.accountOf(i).queued--
	if q.live--; q.size > 2*q.live+64 {
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
	shares := q.shares[:0]
	q.size = 0
	for _, s := range q.shares {
		kept := s.heap[:0]
		for _, e := range s.heap {
			if m.isIn(q, e) {
				kept = append(kept, e)
			}
		}
		if s.heap = kept; len(kept) == 0 {
			continue
		}
		q.size += len(kept)
		for k := len(kept)/2 - 1; k >= 0; k-- {
			s.sift(k)
		}
		shares = append(shares, s)
	}
	clear(q.shares[len(shares):])
	q.shares = shares
}

// head returns the first task of q, or none.
func (m *Machine) head(q *queue) uint32 {
	var first entry
	best := none
	for k := 0; k < len(q.shares); {
		e := q.shares[k].heap[0]
		if !m.isIn(q, e) {
			q.pop(k)
			continue // here is the next one now, or another share, or none
		}
		if best == none || m.sooner(e, first) {
			best, first = e.task, e
		}
		k++
	}
	return best
}
