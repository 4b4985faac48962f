package sched

import "github.com/ashlar-go/ashlar/graph"

// assign gives a ready task to w.
func (m *Machine) assign(i uint32, w *worker, c *class) {
	m.give(i, w, c)
	m.reweigh(w)
}

// give gives a task to w, one that is ready or that may be sent ahead, and
// reserves what it takes. To reweigh w is left to the caller.
func (m *Machine) give(i uint32, w *worker, c *class) {
	t, d := m.tasks.hot(i), m.tasks.cold(i)
	d.attempt++
	t.holder, t.seam = w.slot, unseen
	m.move(i, StateProcessing)
	d.expect, d.reserve = int64(c.durationOf()), c.output()
	m.charge(i, d.expect)
	m.assigns++
	w.occupancy += d.expect
	w.reserved += d.reserve
	w.take(c.Spec.Resources, -1)
	if t.waiting > 0 {
		m.tasks.push(&w.ahead, i)
		w.aheadWork += d.expect
	} else {
		m.work(i, w)
	}
	m.box.assign(w, m.assignment(i, w, d.attempt))
	m.lead(i, w)
}

// work enters i, with all its inputs, among what w can do.
func (m *Machine) work(i uint32, w *worker) {
	m.tasks.push(&w.proc, i)
	if w.proc.n > w.threads && !w.laden {
		m.lade(w)
	}
}

func (m *Machine) assignment(i uint32, w *worker, attempt uint32) Assignment {
	r, deps := m.deps(i)
	a := Assignment{Task: m.id(i), Attempt: attempt, Graph: r.g, Deps: m.box.deps.cut(len(deps)), Order: r.orderFor()}
	for k, d := range deps {
		j := r.at(d.Ref)
		a.Deps[k] = Dep{Task: m.id(j), Part: d.Part}
		if t := m.tasks.hot(j); t.state == StateMemory {
			a.Deps[k].Bytes, a.Deps[k].Holders, a.Deps[k].Inline = m.share(j, d.Part), m.holderIDs(j), m.encodingFor(w, j)
			if d.Part < 0 {
				a.Deps[k].First = m.via(w, j)
			}
		}
	}
	return a
}

// detach takes a Processing task from its worker, before its next transition.
// To reweigh the worker is left to the caller.
func (m *Machine) detach(i uint32) {
	t, d := m.tasks.hot(i), m.tasks.cold(i)
	w := m.workers[t.holder]
	if len(m.thefts) > 0 {
		m.endTheft(i, w)
	}
	if t.waiting > 0 {
		t.waiting = 0
		m.tasks.unlink(&w.ahead, i)
		w.aheadWork -= d.expect
	} else {
		m.leaveProc(i, w)
	}
	w.occupancy -= d.expect
	w.reserved -= d.reserve
	w.take(m.class(i).Spec.Resources, 1)
	if w.only == i {
		w.only = none
	}
	m.soil(w)
}

// take adds sign × need to what is free of w. A task whose resources yield takes
// none of a worker that has not all of them.
func (w *worker) take(need graph.Resources, sign int64) {
	if !w.total.Covers(need) {
		return
	}
	k := 0
	for _, n := range need { // both are sorted by name
		for w.free[k].Name != n.Name {
			k++
		}
		w.free[k].Milli += sign * n.Milli
	}
}

// abort tells the worker of a Processing task to forget it.
func (m *Machine) abort(i uint32) {
	w := m.workers[m.tasks.hot(i).holder]
	w.ghosts = 2
	m.send(w)
	m.do(Abort{w.id, m.id(i), m.tasks.cold(i).attempt})
}
