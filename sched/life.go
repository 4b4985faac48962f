package sched

// activate sets a released task on its way to a value, and with it the
// ancestors whose values are not there.
func (m *Machine) activate(i uint32) {
	m.stack = append(m.stack[:0], i)
	for len(m.stack) > 0 {
		i := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		if m.tasks.hot(i).state != StateReleased {
			continue
		}
		r, deps := m.deps(i)
		for _, d := range deps {
			if j := r.at(d.Ref); j != none {
				m.tasks.hot(j).needed++
			}
		}
		m.await(i)
	}
}

// await makes i wait for those of its dependencies that have no value. It
// leaves the ones to activate on the stack.
func (m *Machine) await(i uint32) {
	m.move(i, StateWaiting)
	t := m.tasks.hot(i)
	t.waiting, t.holder = 0, none
	if t.brought {
		if !m.onWay(i) {
			m.fail(i, m.lostBrought(i, "its holders are gone, or it was released, and it cannot be computed"))
		}
		return
	}
	if m.isDead(i) {
		m.fail(i, m.actors[i].lost)
		return
	}
	r, deps := m.deps(i)
	for k, d := range deps {
		j := r.at(d.Ref)
		if j == none {
			m.fail(i, m.unknownInput(i, k))
			return
		}
		switch m.tasks.hot(j).state {
		case StateMemory:
		case StateErred:
			m.fail(i, m.errs[j])
			return
		case StateReleased:
			m.stack = append(m.stack, j)
			t.waiting++
		default:
			t.waiting++
		}
	}
	if t.waiting == 0 {
		m.ready = append(m.ready, i)
	}
}

// again makes an active task wait anew, and activates what it then waits for.
func (m *Machine) again(i uint32) {
	m.stack = m.stack[:0]
	m.await(i)
	for _, j := range append([]uint32(nil), m.stack...) {
		m.activate(j)
	}
}

// loosen notes that one reason to keep i is gone; settle looks if it was the
// last.
func (m *Machine) loosen(i uint32) { m.loose = append(m.loose, i) }

// unneed takes back what i, which is no longer active, asked of its
// dependencies.
func (m *Machine) unneed(i uint32) {
	r, deps := m.deps(i)
	for _, d := range deps {
		if j := r.at(d.Ref); j != none {
			t := m.tasks.hot(j)
			if t.needed--; t.needed == 0 {
				m.loosen(j)
			}
		}
	}
}

// settle releases and forgets what nobody has use for.
func (m *Machine) settle() {
	for len(m.loose) > 0 {
		i := m.loose[len(m.loose)-1]
		m.loose = m.loose[:len(m.loose)-1]
		if m.tasks.live == 0 {
			continue
		}
		t, c := m.tasks.hot(i), m.tasks.cold(i)
		if t.state == StateForgotten || t.needed > 0 || c.wants > 0 {
			continue
		}
		m.releaseActor(i)
		switch {
		case t.state == StateMemory:
			m.freeAll(i)
			m.move(i, StateReleased)
		case t.state.active():
			m.deactivate(i)
		}
		if c.refs == 0 {
			m.forget(i)
		}
	}
}

// deactivate stops a task on its way to a value.
func (m *Machine) deactivate(i uint32) {
	if m.tasks.hot(i).state == StateProcessing {
		m.abort(i)
		m.unassign(i)
	}
	m.dequeue(i)
	m.move(i, StateReleased)
	m.tasks.hot(i).holder = none
	m.unneed(i)
}

func (m *Machine) forget(i uint32) {
	t := m.tasks.hot(i)
	r, deps := m.deps(i)
	for _, d := range deps {
		if j := r.at(d.Ref); j != none {
			c := m.tasks.cold(j)
			if c.refs--; c.refs == 0 {
				m.loosen(j)
			}
		}
	}
	m.move(i, StateForgotten)
	m.counts[StateForgotten]--
	for n := range m.namesOf(i) {
		m.names.remove(n)
	}
	if len(m.actors) > 0 {
		delete(m.actors, i)
	}
	delete(m.errs, i)
	delete(m.kills, i)
	delete(m.asked, i)
	delete(m.uses, i)
	r.slots[t.row] = none
	r.live--
	m.closeRun(r)
	m.tasks.remove(i)
}
