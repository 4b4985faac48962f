package sched

import (
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A stranded task is one that no worker may run, since a time. A task that had
// a worker meanwhile was stranded anew, under another number.
type stranded struct {
	task   uint32
	number uint32
	id     graph.TaskID
	since  time.Duration
}

// strand puts a ready task of g, which no worker serves, aside until one
// joins.
func (m *Machine) strand(g *group, i uint32) {
	m.move(i, StateNoWorker)
	if len(g.unplaced) == cap(g.unplaced) { // before it grows, leave out who is gone
		g.unplaced = slices.DeleteFunc(g.unplaced, func(j uint32) bool { return !m.isUnplaced(g, j) })
	}
	m.strandings++
	d := m.tasks.cold(i)
	d.queue, d.stranding = g.queue.id, m.strandings
	g.unplaced = append(g.unplaced, i)
	m.stranded = append(m.stranded, stranded{i, m.strandings, m.id(i), m.now})
}

// expire gives up on tasks that waited too long for a worker.
func (m *Machine) expire() {
	n := 0
	for _, s := range m.stranded {
		if m.now-s.since < m.cfg.NoWorkerTimeout {
			break
		}
		n++
		if m.find(s.id) != s.task {
			continue
		}
		d := m.tasks.cold(s.task)
		if m.tasks.hot(s.task).state != StateNoWorker || d.stranding != s.number {
			continue
		}
		g := m.groups[d.queue>>2]
		m.fail(s.task, m.newError(s.task, graph.KindNoWorker,
			m.missing(g)+"; waited "+m.cfg.NoWorkerTimeout.String()))
	}
	m.stranded = m.stranded[n:]
}
