package sched

import (
	"math"

	"github.com/ashlar-go/ashlar/graph"
)

// The order of a run says where its tasks go among those of one user priority:
// the one with the lower order first, and of equals the one with the lower
// TaskID. It is the number of the run, or, if the run was submitted from inside
// a task, of the outermost run around that, over how deep inside it is; the
// deeper first. So what a task submits goes before everything that comes after
// the task, and recursion goes depth-first.

func outerOrder(run uint32) uint64 { return uint64(run)<<32 | math.MaxUint32 }

// innerOrder is the order of a run that a task of another submits.
func innerOrder(outer uint64) uint64 {
	if uint32(outer) == 0 {
		return outer
	}
	return outer - 1
}

// nest gives r, which a task of another run submits, its order and that task's
// user priority on top of its own. A parent that has ended makes no difference.
func (m *Machine) nest(r *run, parent graph.TaskID) {
	i := m.find(parent)
	if parent == 0 || i == none || m.tasks.hot(i).brought {
		return
	}
	outer := m.runs[m.tasks.hot(i).run]
	r.order, r.client, r.account = innerOrder(outer.order), outer.client, outer.account
	if p := m.class(i).Spec.Priority; p != 0 {
		r.g = withPriority(r.g, p)
	}
}

// withPriority returns g with p added to the priority of every task.
func withPriority(g *graph.Graph, p int32) *graph.Graph {
	h := *g
	h.Classes = append([]graph.Class(nil), g.Classes...)
	for i := range h.Classes {
		s := &h.Classes[i].Spec
		s.Priority = int32(min(max(int64(s.Priority)+int64(p), math.MinInt32), math.MaxInt32))
	}
	return &h
}

// orderFor is what a worker is told of the order of r: nothing, if it goes by
// its number.
func (r *run) orderFor() uint64 {
	if r.order == outerOrder(r.id) {
		return 0
	}
	return r.order
}
