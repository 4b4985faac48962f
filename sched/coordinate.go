package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/coord"
)

// Coordinate: a client asks for something to do with a lock, semaphore, event,
// queue, variable or topic.
type Coordinate struct {
	At      time.Duration
	Client  ClientID
	Request uint32 // of the client, never used twice; 0: no answer is wanted
	Op      coord.Op
}

// Coordinated tells a client what came of a Coordinate.
type Coordinated struct {
	Client ClientID
	Answer coord.Answer
}

func (Coordinate) event()   {}
func (Coordinated) action() {}

func (m *Machine) coordinate(e Coordinate) {
	c := m.clients[e.Client]
	if c == nil {
		return
	}
	t := coord.Ticket{Client: coord.Client(e.Client), Request: e.Request}
	if k, ok := m.lacksKey(c, e.Op); !ok {
		if e.Request != 0 {
			m.do(Coordinated{e.Client, coord.Answer{Ticket: t, Outcome: coord.NoKey,
				Text: "the future of " + k.String() + " was released or cancelled"}})
		}
		return
	}
	m.effect(m.coord.Step(m.now, t, e.Op))
}

// lacksKey returns the key that op puts somewhere, and whether the client wants
// it, so that it is known.
func (m *Machine) lacksKey(c *client, op coord.Op) (k graph.Key, ok bool) {
	switch op := op.(type) {
	case coord.Put:
		k = op.Value.Key
	case coord.Write:
		k = op.Value.Key
	}
	if k.IsZero() {
		return k, true
	}
	n := m.names.find(k)
	if n == nil {
		return k, false
	}
	return k, m.isWanted(c, n)
}

func (m *Machine) effect(es []coord.Effect) {
	for _, e := range es {
		switch e := e.(type) {
		case coord.Answer:
			if id := ClientID(e.Client); m.clients[id] != nil {
				m.do(Coordinated{id, e})
			}
		case coord.Keep:
			m.keep(e.Key)
		case coord.Drop:
			m.unkeep(e.Key)
		case coord.Hand:
			m.hand(m.clients[ClientID(e.Client)], e.Key)
		}
	}
}

// hand makes c want a key that it was given, and tells it how that is.
func (m *Machine) hand(c *client, k graph.Key) {
	n := m.names.find(k)
	if n == nil {
		m.do(Erred{c.id, k, &graph.TaskError{Kind: graph.KindUnknownKey, Task: k.String(),
			Message: "the future that was passed on was cancelled"}})
		return
	}
	m.want(c, n)
	switch m.tasks.hot(n.task).state {
	case StateReleased:
		m.activate(n.task)
	case StateMemory:
		m.tellReady(c.id, n)
	case StateErred:
		m.tellErred(c.id, n)
	}
}

// A keeping is a key that queues and variables have: it is wanted, as if by a
// client, while it names a task.
type keeping struct {
	places int
	of     *name // nil: nobody is to compute it, since it was cancelled
}

func (m *Machine) keep(k graph.Key) {
	kp := m.keeps[k]
	if kp == nil {
		kp = &keeping{}
		m.keeps[k] = kp
	}
	kp.places++
	if n := m.names.find(k); n != nil && kp.of == nil && m.tasks.hot(n.task).state != StateReleased {
		kp.of = n
		m.tasks.cold(n.task).wants++
	}
}

func (m *Machine) unkeep(k graph.Key) {
	kp := m.keeps[k]
	if kp.places--; kp.places == 0 {
		m.abandonKeep(k)
		delete(m.keeps, k)
	}
}

// abandonKeep: what is kept under k is not wanted for that any more.
func (m *Machine) abandonKeep(k graph.Key) {
	if kp := m.keeps[k]; kp != nil && kp.of != nil {
		m.tasks.cold(kp.of.task).wants--
		m.loosen(kp.of.task)
		kp.of = nil
	}
}
