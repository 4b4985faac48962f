package coord

// A variable is in use while it has a value or is waited for.
type variable struct {
	name  string
	has   bool
	value Value
	line  fifo[*reading]
}

// A reading is a Read that waits for a value.
type reading struct {
	ticket Ticket
	of     *variable
	place  *place[*reading]
}

func (r *reading) waits() bool { return true }

func (m *Machine) variable(name string) *variable {
	v := m.variables[name]
	if v == nil {
		v = &variable{name: name}
		m.variables[name] = v
	}
	return v
}

func (m *Machine) tidyVariable(v *variable) {
	if !v.has && v.line.n == 0 {
		delete(m.variables, v.name)
	}
}

func (m *Machine) write(t Ticket, op Write) {
	v := m.variable(op.Name)
	defer m.tidyVariable(v)
	if !m.admit(t, op.Value, 1) {
		return
	}
	if v.has {
		m.drop(v.value)
	}
	v.has, v.value = true, op.Value
	for v.line.n > 0 {
		r := v.line.pop()
		m.close(r.ticket)
		m.show(v, r.ticket)
	}
	m.done(t, true)
}

// show sends the value. A key is kept until the client confirms.
func (m *Machine) show(v *variable, t Ticket) {
	if v.value.IsKey() {
		m.keep(v.value)
		m.open(t, &delivery{ticket: t, item: item{value: v.value}})
	}
	m.answer(t, Answer{Outcome: Done, Value: v.value})
}

func (m *Machine) read(t Ticket, op Read) {
	v := m.variable(op.Name)
	switch {
	case v.has:
		m.show(v, t)
	case op.Try:
		m.done(t, false)
	default:
		r := &reading{ticket: t, of: v}
		r.place = v.line.push(r)
		m.open(t, r)
	}
	m.tidyVariable(v)
}

func (r *reading) end(m *Machine) {
	r.place.leave()
	m.tidyVariable(r.of)
}

func (m *Machine) deleteVariable(t Ticket, op DeleteVariable) {
	v := m.variables[op.Name]
	has := v != nil && v.has
	if has {
		m.drop(v.value)
		v.has, v.value = false, Value{}
		m.tidyVariable(v)
	}
	m.done(t, has)
}
