package worker

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// fetched ends the request that e answers.
func (m *Machine) fetched(e Fetched) {
	f := m.flights[e.Request]
	if f == nil {
		panic(fmt.Sprintf("worker: peer %d answers request %d, which was not made", e.Peer, e.Request))
	}
	delete(m.flights, e.Request)
	m.land(f)
	var copies []graph.TaskID
	for _, a := range e.Got {
		if m.got(a) {
			copies = append(copies, a.Task)
		}
	}
	if len(copies) > 0 {
		m.reportReplicas(copies)
	}
	gone := m.landed(f.peer, e.Err)
	absent := make(map[Item]bool, len(e.Absent))
	for _, it := range e.Absent {
		absent[it] = true
	}
	for _, w := range f.wants {
		if w.from = 0; !w.settled {
			m.unanswered(w, f.peer, gone || absent[w.item])
		}
	}
}

// got enters an item that was fetched, and reports whether it is a copy that
// others can use.
func (m *Machine) got(a Arrival) bool {
	w := m.wants.get(a.Item)
	if w == nil || !w.wanted() {
		if w != nil {
			m.settle(w)
		}
		m.unwanted(a.Item)
		return false
	}
	m.arrive(a.Item, a.Bytes)
	if v := m.values.get(a.Item); a.Leased && !w.copy && v.users > 0 {
		v.freed = true
		return false
	}
	return a.Part < 0
}

// unwanted drops what arrived too late, unless the store has it for a reason.
func (m *Machine) unwanted(it Item) {
	if m.values.get(it) == nil {
		m.do(Drop{it})
	}
}

// unanswered puts w back after a request to p that did not bring it; absent
// says that it never will.
func (m *Machine) unanswered(w *want, p *peer, absent bool) {
	if absent {
		w.tried = append(w.tried, p.id)
	}
	w.first = 0 // now all can be asked
	switch {
	case !w.wanted():
		m.settle(w)
	case len(w.tried) == len(w.holders):
		if !m.producing(w.item) {
			m.miss(w)
		}
	default:
		m.queueAgain(w) // it may have been popped from any queue
	}
}

// miss gives up the tasks that wait for w: nobody is left to ask.
func (m *Machine) miss(w *want) {
	m.settle(w)
	if w.copy {
		m.do(ReportUncopied{[]graph.TaskID{w.item.Task}})
	}
	waiters := slices.Clone(w.waiters)
	for _, t := range waiters {
		if t.state != waiting {
			continue
		}
		m.do(ReportMissing{t.ID, t.Attempt, w.item.Task, slices.Clone(w.tried)})
		m.giveUp(t)
	}
}
