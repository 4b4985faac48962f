package coord

// A topic is in use while somebody is subscribed.
type topic struct {
	name string
	subs fifo[*subscription]
}

// A subscription is what one subscriber gets of a topic. If messages wait there
// is no credit.
type subscription struct {
	ticket Ticket
	of     *topic
	place  *place[*subscription]
	window int
	credit int // how many more may be sent before any is confirmed
	size   int // of the buffer
	buffer fifo[Value]
	missed int // dropped since the last that was sent
}

func (s *subscription) waits() bool { return true }

func (m *Machine) subscribe(t Ticket, op Subscribe) {
	p := m.topics[op.Name]
	if p == nil {
		p = &topic{name: op.Name}
		m.topics[op.Name] = p
	}
	s := &subscription{ticket: t, of: p, window: op.Window, credit: op.Window, size: op.Buffer}
	s.place = p.subs.push(s)
	m.open(t, s)
	m.done(t, true)
}

func (m *Machine) publish(t Ticket, op Publish) {
	a := Answer{Outcome: Done}
	p := m.topics[op.Name]
	if p != nil {
		a.Count = p.subs.n
	}
	if !m.admit(t, op.Value, a.Count) {
		return
	}
	m.answer(t, a)
	if p == nil {
		return
	}
	for sub := range p.subs.all() {
		s := sub.value
		s.buffer.push(op.Value)
		m.send(s)
		if s.buffer.n > s.size {
			m.drop(s.buffer.pop())
			s.missed++
		}
	}
}

// send sends what the subscriber may be sent.
func (m *Machine) send(s *subscription) {
	for s.credit > 0 && s.buffer.n > 0 {
		v := s.buffer.pop()
		s.credit--
		m.drop(v)
		m.answer(s.ticket, Answer{Outcome: Message, Value: v, Count: s.missed})
		s.missed = 0
	}
}

func (m *Machine) heard(t Ticket, op Heard) {
	s, is := m.claim(Ticket{t.Client, op.Of}).(*subscription)
	if is && op.N > 0 {
		s.credit = min(s.window, s.credit+min(op.N, s.window))
		m.send(s)
	}
	m.done(t, is)
}

func (s *subscription) end(m *Machine) {
	for s.buffer.n > 0 {
		m.drop(s.buffer.pop())
	}
	s.place.leave()
	if s.of.subs.n == 0 {
		delete(m.topics, s.of.name)
	}
}
