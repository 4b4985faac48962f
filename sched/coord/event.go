package coord

// An event is in use while it is set or waited for.
type event struct {
	name string
	set  bool
	line fifo[*await]
}

// An await is a request that waits for an event.
type await struct {
	ticket Ticket
	of     *event
	place  *place[*await]
}

func (a *await) waits() bool { return true }

func (m *Machine) event(name string) *event {
	e := m.events[name]
	if e == nil {
		e = &event{name: name}
		m.events[name] = e
	}
	return e
}

func (m *Machine) tidyEvent(e *event) {
	if !e.set && e.line.n == 0 {
		delete(m.events, e.name)
	}
}

func (m *Machine) setEvent(t Ticket, op SetEvent) {
	e := m.event(op.Name)
	e.set = op.On
	for e.set && e.line.n > 0 {
		a := e.line.pop()
		m.close(a.ticket)
		m.done(a.ticket, true)
	}
	m.tidyEvent(e)
	m.done(t, true)
}

func (m *Machine) awaitEvent(t Ticket, op AwaitEvent) {
	e := m.events[op.Name]
	if set := e != nil && e.set; set || op.Try {
		m.done(t, set)
		return
	}
	e = m.event(op.Name)
	a := &await{ticket: t, of: e}
	a.place = e.line.push(a)
	m.open(t, a)
}

func (a *await) end(m *Machine) {
	a.place.leave()
	m.tidyEvent(a.of)
}
