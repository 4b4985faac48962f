package sched

import "time"

// Among tasks of one user priority, clients take turns, so that none has to
// wait until another has nothing left: of the clients that have something
// queued, the one goes next that was given least work so far, and within a
// client the order is what it would be without others. This is start-time fair
// queueing with equal weights, where work is measured in expected time on a
// thread.

// An account is what one client was given. What its tasks submit goes on it too.
type account struct {
	given  time.Duration // virtual time: expected duration of all it was given
	queued int           // tasks in queues
}

// charge puts a task on the account of its client.
func (m *Machine) charge(i uint32, expect int64) {
	a := m.accountOf(i)
	m.virtual = max(m.virtual, a.given)
	a.given += time.Duration(expect)
}

// refund takes a task that came to nothing off again.
func (m *Machine) refund(i uint32) {
	m.accountOf(i).given -= time.Duration(m.tasks.cold(i).expect)
}

func (m *Machine) accountOf(i uint32) *account { return m.runs[m.tasks.hot(i).run].account }

// line counts a task of a client that is queued. Whoever had nothing queued has
// no claim to what others were given meanwhile.
func (m *Machine) line(a *account) {
	if a.queued == 0 {
		a.given = max(a.given, m.virtual)
	}
	a.queued++
}

// sooner reports whether a goes before b, both the first of their clients in
// some queue.
func (m *Machine) sooner(a, b entry) bool {
	if a.prio != b.prio {
		return a.prio > b.prio
	}
	if x, y := m.accountOf(a.task), m.accountOf(b.task); x.given != y.given {
		return x.given < y.given
	}
	return a.before(b)
}
