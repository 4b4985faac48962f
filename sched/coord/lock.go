package coord

// A lock is a name and the line for it. Who is first has it, if he needs no
// more than he is first in.
type lock struct {
	name string
	line fifo[*acquisition]
}

// An acquisition is a request for any n of some locks.
type acquisition struct {
	ticket Ticket
	n      int
	locks  []*lock // of those in whose line it is
	places []*place[*acquisition]
	firsts int // in how many lines it is first
}

func (a *acquisition) waits() bool { return a.firsts < a.n }

func (m *Machine) acquire(t Ticket, op Acquire) {
	if op.Try && m.freeLocks(op.Names) < op.N {
		m.done(t, false)
		return
	}
	a := &acquisition{ticket: t, n: op.N}
	m.open(t, a)
	for _, name := range op.Names {
		l := m.locks[name]
		if l == nil {
			l = &lock{name: name}
			m.locks[name] = l
		}
		p := l.line.push(a)
		a.locks, a.places = append(a.locks, l), append(a.places, p)
		if p.isFirst() && m.advance(a) {
			return
		}
	}
}

// freeLocks counts the locks that nobody has or waits for.
func (m *Machine) freeLocks(names []string) (n int) {
	for _, name := range names {
		if m.locks[name] == nil {
			n++
		}
	}
	return n
}

// advance notes that a is first in one more line, and reports whether it now
// has what it needs.
func (m *Machine) advance(a *acquisition) bool {
	if a.firsts++; a.firsts < a.n {
		return false
	}
	var names []string
	locks, places := a.locks[:0], a.places[:0]
	for i, l := range a.locks {
		if p := a.places[i]; p.isFirst() {
			locks, places = append(locks, l), append(places, p)
			names = append(names, l.name)
		} else {
			p.leave()
		}
	}
	a.locks, a.places = locks, places
	m.answer(a.ticket, Answer{Outcome: Done, Names: names})
	return true
}

// end leaves every line; who is then first in one comes closer.
func (a *acquisition) end(m *Machine) {
	for i, l := range a.locks {
		first := a.places[i].isFirst()
		a.places[i].leave()
		switch {
		case l.line.n == 0:
			delete(m.locks, l.name)
		case first:
			m.advance(l.line.head.value)
		}
	}
}
