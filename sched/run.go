package sched

import (
	"iter"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A run is what came with one Submit or Scatter. It lives as long as a task of
// it is known, and its graph with it.
type run struct {
	id      uint32
	slot    uint32
	client  ClientID
	account *account     // of the client
	order   uint64       // see rank.go
	g       *graph.Graph // nil for a scatter
	keys    []graph.Key  // of a scatter
	places  []uint32     // of a scatter: the slot of the worker that each value is on its way to; none when there
	onWay   int          // how many are
	slots   []uint32     // the task of each row: a new one, one known before, or none
	inputs  []uint32     // the task of each input, or none
	classes []class
	live    int

	// The rows of this run that depend on each row of it, as often as they do.
	dependants   []uint32
	dependantEnd []uint32
}

// A class is a graph.Class as the scheduler sees it.
type class struct {
	*graph.Class
	op    *op
	group uint32
	prior time.Duration // what the op's own cost says of its duration; 0 is unknown
}

// A use is a dependant in another run than its dependency.
type use struct {
	task uint32
	id   graph.TaskID // to know if task is somebody else by now
}

func (m *Machine) openRun(id uint32, c ClientID, rows int) *run {
	r := &run{id: id, client: c, account: m.clients[c].account, order: outerOrder(id), slots: make([]uint32, rows)}
	if n := len(m.freeRuns); n > 0 {
		r.slot, m.freeRuns = m.freeRuns[n-1], m.freeRuns[:n-1]
		m.runs[r.slot] = r
	} else {
		r.slot = uint32(len(m.runs))
		m.runs = append(m.runs, r)
	}
	m.runByID[id] = r
	return r
}

// closeRun forgets r if nothing of it is left.
func (m *Machine) closeRun(r *run) {
	if r.live > 0 || r.onWay > 0 {
		return
	}
	m.disuse(r)
	delete(m.runByID, r.id)
	m.recent = nil
	m.runs[r.slot] = nil
	m.freeRuns = append(m.freeRuns, r.slot)
}

// at returns the task that ref names in r, or none for an input that was not
// known when r came.
func (r *run) at(ref graph.Ref) uint32 {
	if ref.IsInput() {
		return r.inputs[ref.Index()]
	}
	return r.slots[ref.Index()]
}

// deps returns the dependencies of task i as rows of its run.
func (m *Machine) deps(i uint32) (*run, []graph.Dep) {
	t := m.tasks.hot(i)
	r := m.runs[t.run]
	if r.g == nil {
		return r, nil
	}
	return r, r.g.TaskDeps(int(t.row))
}

func (m *Machine) class(i uint32) *class {
	t := m.tasks.hot(i)
	r := m.runs[t.run]
	return &r.classes[r.g.Class[t.row]]
}

// dependants yields the known tasks that depend on i, as often as they do.
func (m *Machine) dependants(i uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		t := m.tasks.hot(i)
		if r := m.runs[t.run]; r.dependantEnd != nil {
			lo := uint32(0)
			if t.row > 0 {
				lo = r.dependantEnd[t.row-1]
			}
			for _, row := range r.dependants[lo:r.dependantEnd[t.row]] {
				if j := r.slots[row]; j != none && !yield(j) {
					return
				}
			}
		}
		for _, u := range m.uses[i] {
			if m.stands(u) && !yield(u.task) {
				return
			}
		}
	}
}

func (m *Machine) stands(u use) bool { return m.find(u.id) == u.task }

// addUse notes that j, of another run, depends on i.
func (m *Machine) addUse(i, j uint32) {
	us := m.uses[i]
	if len(us) == cap(us) { // before it grows, leave out who is gone
		kept := us[:0]
		for _, u := range us {
			if m.stands(u) {
				kept = append(kept, u)
			}
		}
		us = kept
	}
	m.uses[i] = append(us, use{j, m.id(j)})
}
