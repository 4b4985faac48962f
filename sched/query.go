package sched

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A Possession is a value that a worker holds, or a task that it processes.
type Possession struct {
	Key   graph.Key // zero if it has none
	Task  graph.TaskID
	Op    string        // empty if a client brought it
	Bytes int64         // of a value
	Since time.Duration // when a task was assigned, as far as its story is remembered
}

func (m *Machine) possession(i uint32) Possession {
	t := m.tasks.hot(i)
	p := Possession{Task: m.id(i), Bytes: t.bytes}
	if n := m.firstName(i); n != nil {
		p.Key = n.key
	}
	if m.runs[t.run].g != nil {
		p.Op = m.class(i).Op
	}
	return p
}

// Holders returns the workers that hold the value of a key.
func (m *Machine) Holders(k graph.Key) []WorkerID {
	n := m.names.find(k)
	if n == nil || m.tasks.hot(n.task).state != StateMemory {
		return nil
	}
	return m.holderIDs(n.task)
}

// Holding returns what a worker holds.
func (m *Machine) Holding(id WorkerID) (ps []Possession) {
	w := m.worker(id)
	if w == nil {
		return nil
	}
	for _, i := range m.tasks.all(&w.held) {
		ps = append(ps, m.possession(i))
	}
	for _, i := range m.sortedTasks(w.copies) {
		ps = append(ps, m.possession(i))
	}
	return ps
}

// Processing returns what is assigned to a worker, oldest first.
func (m *Machine) Processing(id WorkerID) (ps []Possession) {
	w := m.worker(id)
	if w == nil {
		return nil
	}
	at := map[graph.TaskID]int{}
	for _, i := range m.tasks.all(&w.proc) {
		at[m.id(i)] = len(ps)
		p := m.possession(i)
		p.Bytes = 0
		ps = append(ps, p)
	}
	for _, t := range m.story.ring {
		if k, is := at[t.Task]; is && t.To == StateProcessing && t.At > ps[k].Since {
			ps[k].Since = t.At
		}
	}
	return ps
}

// sortedTasks returns a set of tasks in their order.
func (m *Machine) sortedTasks(set map[uint32]struct{}) []uint32 {
	return slices.SortedFunc(maps.Keys(set), func(a, b uint32) int { return cmp.Compare(m.id(a), m.id(b)) })
}
