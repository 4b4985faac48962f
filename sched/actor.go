package sched

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// actorCalls is how many calls of one actor may be under way.
const actorCalls = 1 << 16

// An actor is what is kept of a task of which Spec.Actor says that it is one.
type actor struct {
	calls []*actorCall     // not answered yet, oldest first
	lost  *graph.TaskError // why its state is gone, which nothing brings back
}

// An actorCall is a call under way. Before the actor is there, it waits here.
type actorCall struct {
	id      uint64
	client  ClientID
	request uint32
	method  string
	arg     []byte
}

// actorOf returns the actor that task i is, or nil.
func (m *Machine) actorOf(i uint32) *actor {
	if len(m.actors) == 0 {
		return nil
	}
	return m.actors[i]
}

// isDead reports whether i is an actor whose state is gone.
func (m *Machine) isDead(i uint32) bool {
	a := m.actorOf(i)
	return a != nil && a.lost != nil
}

// enrol notes which of the new tasks of r are actors.
func (m *Machine) enrol(r *run, fresh []uint32) {
	if !slices.ContainsFunc(r.classes, func(c class) bool { return c.Spec.Actor }) {
		return
	}
	for _, i := range fresh {
		if m.class(i).Spec.Actor {
			m.actors[i] = &actor{}
		}
	}
}

func (m *Machine) callActor(e ActorCall) {
	if m.clients[e.Client] == nil {
		return
	}
	i, te := m.callable(e.Key)
	if te != nil {
		m.do(Answer{Client: e.Client, Request: e.Request, Err: te})
		return
	}
	m.lastCall++
	a, c := m.actors[i], &actorCall{m.lastCall, e.Client, e.Request, e.Method, e.Arg}
	a.calls = append(a.calls, c)
	m.calls[c.id] = i
	if m.tasks.hot(i).state == StateMemory {
		m.invoke(i, c)
	}
}

// callable returns the actor of a key, or why it cannot be called.
func (m *Machine) callable(k graph.Key) (i uint32, te *graph.TaskError) {
	n := m.names.find(k)
	if n == nil || m.tasks.hot(n.task).state == StateReleased {
		return none, &graph.TaskError{Kind: graph.KindUnknownKey, Task: k.String(),
			Message: "the actor is not on the cluster: it was released, or never made"}
	}
	i = n.task
	a := m.actorOf(i)
	switch {
	case a == nil:
		return none, m.newError(i, graph.KindTask, "it is called as an actor, and is none")
	case m.tasks.hot(i).state == StateErred:
		return none, m.errs[i]
	case len(a.calls) >= actorCalls:
		return none, m.newError(i, graph.KindMemory, fmt.Sprintf("%d calls of the actor wait already", len(a.calls)))
	}
	return i, nil
}

func (m *Machine) invoke(i uint32, c *actorCall) {
	w := m.workers[m.tasks.hot(i).holder]
	m.send(w)
	m.do(Invoke{w.id, m.id(i), c.id, c.method, c.arg})
}

// startActor makes the calls that waited for the state that i now has.
func (m *Machine) startActor(i uint32) {
	if a := m.actorOf(i); a != nil {
		for _, c := range a.calls {
			m.invoke(i, c)
		}
	}
}

func (m *Machine) actorReturned(e ActorReturned) {
	w := m.worker(e.Worker)
	i, known := m.calls[e.Call]
	if w == nil || !known || m.tasks.hot(i).holder != w.slot {
		return // it was answered when its actor ended
	}
	a := m.actors[i]
	at := slices.IndexFunc(a.calls, func(c *actorCall) bool { return c.id == e.Call })
	c := a.calls[at]
	a.calls = slices.Delete(a.calls, at, at+1)
	m.answer(c, e.Result, e.Err)
}

func (m *Machine) answer(c *actorCall, result []byte, te *graph.TaskError) {
	delete(m.calls, c.id)
	if m.clients[c.client] != nil {
		m.do(Answer{c.client, c.request, result, te})
	}
}

// endCalls answers all calls of i, if it is an actor, with an error.
func (m *Machine) endCalls(i uint32, te func() *graph.TaskError) {
	a := m.actorOf(i)
	if a == nil || len(a.calls) == 0 {
		return
	}
	calls, err := a.calls, te()
	a.calls = nil
	for _, c := range calls {
		m.answer(c, nil, err)
	}
}

// releaseActor: nobody wants i any more.
func (m *Machine) releaseActor(i uint32) {
	m.endCalls(i, func() *graph.TaskError {
		return m.newError(i, graph.KindUnknownKey, "the actor was released while it was called")
	})
}

// killActors notes that the states of the actors on w go with it.
func (m *Machine) killActors(w *worker, cause string) {
	if len(m.actors) == 0 {
		return
	}
	for _, i := range m.tasks.all(&w.held) {
		if a := m.actors[i]; a != nil {
			a.lost = m.newError(i, graph.KindActorLost, "the worker was lost, and with it the state: "+cause+"; make another actor")
			a.lost.Worker = w.name
			m.endCalls(i, func() *graph.TaskError { return a.lost })
		}
	}
}

// checkActors: a call under way belongs to an actor that can still answer it,
// and an actor is in one place at most.
func (m *Machine) checkActors(known []uint32) error {
	actors, calls := 0, 0
	for _, i := range known {
		t := m.tasks.hot(i)
		a := m.actors[i]
		if is := m.runs[t.run].g != nil && m.class(i).Spec.Actor; is != (a != nil) {
			return fmt.Errorf("task %v is an actor: %t, and is known as one: %t", m.id(i), is, a != nil)
		}
		if a == nil {
			continue
		}
		actors++
		calls += len(a.calls)
		switch {
		case len(m.copies[i]) > 0 || len(m.copyings[i]) > 0:
			return fmt.Errorf("actor %v is in two places", m.id(i))
		case a.lost != nil && t.state != StateErred && t.state != StateReleased:
			return fmt.Errorf("actor %v is lost and %v", m.id(i), t.state)
		case len(a.calls) > 0 && !t.state.active() && t.state != StateMemory:
			return fmt.Errorf("actor %v is %v, and %d calls wait", m.id(i), t.state, len(a.calls))
		}
		for _, c := range a.calls {
			if j, ok := m.calls[c.id]; !ok || j != i {
				return fmt.Errorf("call %d of actor %v cannot be found", c.id, m.id(i))
			}
		}
	}
	if actors != len(m.actors) || calls != len(m.calls) {
		return fmt.Errorf("%d actors with %d calls, counted %d with %d", actors, calls, len(m.actors), len(m.calls))
	}
	return nil
}
