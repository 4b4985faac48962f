package sched

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// toMake marks a row that needs a new task.
const toMake = none - 1

func (m *Machine) submit(e Submit) {
	m.nextRun(e.Run)
	c := m.clients[e.Client]
	if c == nil {
		return // it left
	}
	r := m.openRun(e.Run, e.Client, e.Graph.Len())
	r.g = e.Graph
	m.nest(r, e.Parent)
	m.resolve(r)
	for i := range r.g.Classes {
		r.classes = append(r.classes, m.newClass(&r.g.Classes[i]))
	}
	first := len(m.fresh)
	for row, s := range r.slots {
		if s == toMake {
			r.slots[row] = m.newTask(r, row)
			m.fresh = append(m.fresh, r.slots[row])
		}
	}
	m.enrol(r, m.fresh[first:])
	m.link(r, m.fresh[first:])
	m.stirBulky()
	m.takeOutputs(c, r)
	for _, i := range m.fresh[first:] { // dependencies first, urgent ones first
		m.activate(i)
	}
	m.fresh = m.fresh[:first]
	m.closeRun(r)
}

func (m *Machine) nextRun(id uint32) {
	if id <= m.lastRun {
		panic(fmt.Sprintf("sched: run %d comes after run %d", id, m.lastRun))
	}
	m.lastRun = id
}

func (m *Machine) newTask(r *run, row int) uint32 {
	i := m.tasks.add(r.slot, uint32(row))
	m.counts[StateReleased]++
	r.live++
	return i
}

// resolve finds which inputs and outputs of r are known, and marks the rows
// that the others need.
func (m *Machine) resolve(r *run) {
	for _, in := range r.g.Inputs {
		i := none
		if n := m.names.find(in.Key); n != nil {
			i = n.task
		}
		r.inputs = append(r.inputs, i)
	}
	for row := range r.slots {
		r.slots[row] = none
	}
	m.names.reserve(len(r.g.Outputs))
	for _, o := range r.g.Outputs {
		n := m.names.find(o.Key)
		if n != nil && m.spent(n.task) {
			m.unname(n) // now it can be computed
			n = nil
		}
		if n != nil {
			r.slots[o.Task] = n.task
		} else if r.slots[o.Task] == none {
			r.slots[o.Task] = toMake
		}
	}
	for row := len(r.slots) - 1; row >= 0; row-- {
		if r.slots[row] != toMake {
			continue
		}
		for _, d := range r.g.TaskDeps(row) {
			if !d.Ref.IsInput() && r.slots[d.Ref.Index()] == none {
				r.slots[d.Ref.Index()] = toMake
			}
		}
	}
}

// link makes every dependency of the new tasks known from its other end.
func (m *Machine) link(r *run, fresh []uint32) {
	own := func(d graph.Dep) bool {
		return !d.Ref.IsInput() && m.tasks.hot(r.slots[d.Ref.Index()]).run == r.slot
	}
	if len(r.g.Deps) > 0 {
		r.dependantEnd = make([]uint32, len(r.slots))
	}
	for _, i := range fresh {
		for _, d := range r.g.TaskDeps(int(m.tasks.hot(i).row)) {
			j := r.at(d.Ref)
			if j == none {
				continue
			}
			c := m.tasks.cold(j)
			c.refs++
			c.readers = max(c.readers, c.refs)
			if own(d) {
				r.dependantEnd[d.Ref.Index()]++
			} else {
				m.addUse(j, i)
			}
		}
	}
	sum := uint32(0)
	for row, n := range r.dependantEnd {
		r.dependantEnd[row] = sum // the start for now; filling moves it to the end
		sum += n
	}
	r.dependants = make([]uint32, sum)
	for _, i := range fresh {
		row := m.tasks.hot(i).row
		for _, d := range r.g.TaskDeps(int(row)) {
			if own(d) {
				end := &r.dependantEnd[d.Ref.Index()]
				r.dependants[*end] = row
				*end++
			}
		}
	}
}

// takeOutputs names the outputs of r, lets c want them, and answers for those
// that were known before.
func (m *Machine) takeOutputs(c *client, r *run) {
	for _, o := range r.g.Outputs {
		i := r.slots[o.Task]
		n := m.names.find(o.Key)
		if n == nil {
			n = m.newName(o.Key, i)
		} else if n.task != i {
			m.loosen(i) // two tasks of this graph have one key: the first stands for both
		}
		m.want(c, n)
		if m.tasks.hot(n.task).run == r.slot {
			continue
		}
		switch m.tasks.hot(n.task).state {
		case StateReleased:
			m.activate(n.task)
		case StateMemory:
			m.tellReady(c.id, n)
		case StateErred:
			m.tellErred(c.id, n)
		}
	}
}
