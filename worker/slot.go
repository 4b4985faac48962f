package worker

import "github.com/ashlar-go/ashlar/graph"

// A stance is what an execution has of a slot.
type stance uint8

const (
	seated    stance = iota // it has one
	away                    // it gave it away
	returning               // it gave it away, and wants one again
)

// A comeback is an execution that waits to have a slot again. It is stale when
// the execution has ended, or has changed its mind.
type comeback struct {
	x    *execution
	wish uint32 // of x, when it was made
}

var _ ranked[comeback] = comeback{}

func (c comeback) before(d comeback) bool { return c.x.task.before(d.x.task) }

func (c comeback) stale() bool {
	return c.x.task.state == gone || c.x.stance != returning || c.x.wish != c.wish
}

func (m *Machine) secede(id graph.TaskID, attempt uint32) {
	x := m.execs.get(id, attempt)
	if x == nil {
		return // it has ended
	}
	if x.stance == seated {
		m.lanes[x.task.Lane].rise(x)
		if !x.aborted {
			m.do(ReportSeceded{id, attempt})
		}
	}
	x.stance = away
}

func (m *Machine) rejoin(id graph.TaskID, attempt uint32) {
	x := m.execs.get(id, attempt)
	if x == nil || x.stance != away {
		return
	}
	x.stance = returning
	x.wish++
	m.lanes[x.task.Lane].comebacks.push(comeback{x, x.wish})
}

// resume gives slots to those that come back, the urgent first. It does so also
// while the worker is paused: they hold memory until they are done.
func (m *Machine) resume(l *lane, slots int) {
	for l.busy < slots && len(l.comebacks) > 0 {
		c := l.comebacks.pop()
		if c.stale() {
			continue
		}
		l.sit(c.x)
		t := c.x.task
		m.do(Resume{t.ID, t.Attempt})
		if !c.x.aborted {
			m.do(ReportRejoined{t.ID, t.Attempt})
		}
	}
}

// Busy returns how many slots are taken.
func (m *Machine) Busy() (n int) {
	for i := range m.lanes {
		n += m.lanes[i].busy
	}
	return n
}
