package coord

import (
	"container/heap"
	"fmt"
	"time"
)

// A semaphore is in use as long as somebody has a permit or waits for one.
type semaphore struct {
	name  string
	size  int
	taken int
	line  fifo[*permit]
}

// A permit is a request for one, or one that was granted.
type permit struct {
	ticket  Ticket
	of      *semaphore
	place   *place[*permit] // nil once it is granted
	lease   time.Duration   // 0: as long as the client likes
	expires time.Duration
	index   int // in Machine.leases, if granted with a lease
}

func (p *permit) waits() bool { return p.place != nil }

func (m *Machine) takePermit(t Ticket, op TakePermit) {
	s := m.semaphores[op.Name]
	switch {
	case s == nil:
		s = &semaphore{name: op.Name, size: op.Size}
		m.semaphores[op.Name] = s
	case s.size != op.Size:
		m.answer(t, Answer{Outcome: Conflict, Text: fmt.Sprintf("semaphore %q is in use with %d permits, not %d", s.name, s.size, op.Size)})
		return
	case op.Try && s.taken == s.size:
		m.done(t, false)
		return
	}
	p := &permit{ticket: t, of: s, lease: op.Lease}
	p.place = s.line.push(p)
	m.open(t, p)
	m.grantPermits(s)
}

// grantPermits gives what is free to those that wait.
func (m *Machine) grantPermits(s *semaphore) {
	for s.taken < s.size && s.line.n > 0 {
		p := s.line.pop()
		p.place = nil
		s.taken++
		if p.lease > 0 {
			p.expires = m.now + p.lease
			heap.Push(&m.leases, p)
		}
		m.answer(p.ticket, Answer{Outcome: Done})
	}
	if s.taken == 0 {
		delete(m.semaphores, s.name)
	}
}

func (p *permit) end(m *Machine) {
	if p.waits() {
		p.place.leave()
		return // somebody has what it waited for, so the semaphore is in use
	}
	if p.lease > 0 {
		heap.Remove(&m.leases, p.index)
	}
	p.of.taken--
	m.grantPermits(p.of)
}

func (m *Machine) renew(t Ticket, op Renew) {
	p, is := m.claim(Ticket{t.Client, op.Of}).(*permit)
	if is && !p.waits() && p.lease > 0 {
		p.expires = m.now + p.lease
		heap.Fix(&m.leases, p.index)
	}
	m.done(t, is)
}

// expire takes back the permits whose leases are over.
func (m *Machine) expire() {
	for len(m.leases) > 0 && m.leases[0].expires <= m.now {
		p := m.leases[0]
		m.close(p.ticket)
		m.answer(p.ticket, Answer{Outcome: Revoked})
		p.end(m)
	}
}

// leases is a heap of the permits that have one, the first to expire on top.
type leases []*permit

// Len returns how many there are.
func (l leases) Len() int { return len(l) }

// Less orders by the end of the lease.
func (l leases) Less(i, j int) bool { return l[i].expires < l[j].expires }

// Swap exchanges two.
func (l leases) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].index, l[j].index = i, j
}

// Push appends a *permit.
func (l *leases) Push(x any) {
	p := x.(*permit)
	p.index = len(*l)
	*l = append(*l, p)
}

// Pop removes the last one.
func (l *leases) Pop() any {
	old := *l
	p := old[len(old)-1]
	old[len(old)-1] = nil
	*l = old[:len(old)-1]
	return p
}
