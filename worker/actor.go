package worker

import (
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Calls of actors. An actor is a value that is here, and stays. Its calls are
// made one at a time, in the order in which they came, beside the lanes: a call
// takes no slot, and is made while the worker is paused too.
type (
	// Call: the scheduler has a method called on an actor that is here.
	Call struct {
		At     time.Duration
		Task   graph.TaskID
		Call   uint64 // grows for each actor
		Method string
		Arg    []byte
	}
	// Returned: a call has ended.
	Returned struct {
		At     time.Duration
		Task   graph.TaskID
		Call   uint64
		Result []byte
		Err    *graph.TaskError
	}

	// Invoke calls a method on the value of a task. Exactly one Returned answers.
	Invoke struct {
		Task   graph.TaskID
		Call   uint64
		Method string
		Arg    []byte
	}
	// StopCall ends the context of a call.
	StopCall struct{ Call uint64 }
	// ReportReturned tells the scheduler how a call ended.
	ReportReturned struct {
		Call   uint64
		Result []byte
		Err    *graph.TaskError
	}
)

func (Call) event()     {}
func (Returned) event() {}

func (Invoke) action()         {}
func (StopCall) action()       {}
func (ReportReturned) action() {}

// An actor is a value that was called.
type actor struct {
	queue   []Call
	current uint64 // the call that is being made; 0 is none
	last    uint64 // the last that came
	ending  bool   // the value was freed: nobody waits for an answer
}

func (m *Machine) call(e Call) {
	it := Item{e.Task, -1}
	if m.values.get(it) == nil {
		m.do(ReportReturned{Call: e.Call, Err: &graph.TaskError{Kind: graph.KindActorLost, Task: e.Task.String(),
			Message: "the state is not on the worker any more"}})
		return
	}
	a := m.actors[e.Task]
	if a == nil {
		a = &actor{}
		m.actors[e.Task] = a
	}
	if e.Call <= a.last || a.ending {
		return // it came twice, or late
	}
	a.last = e.Call
	a.queue = append(a.queue, e)
	m.nextCall(a)
}

// nextCall makes the next call of a, unless one is being made.
func (m *Machine) nextCall(a *actor) {
	if a.current != 0 || len(a.queue) == 0 {
		return
	}
	c := a.queue[0]
	a.queue = a.queue[1:]
	a.current = c.Call
	m.invoked++
	m.values.get(Item{c.Task, -1}).users++
	m.do(Invoke{c.Task, c.Call, c.Method, c.Arg})
}

func (m *Machine) returned(e Returned) {
	m.invoked--
	a := m.actors[e.Task]
	if a == nil || a.current != e.Call {
		return // everything was reset meanwhile
	}
	a.current = 0
	if !a.ending {
		m.do(ReportReturned{e.Call, e.Result, e.Err})
	}
	m.unuse(Item{e.Task, -1})
	m.nextCall(a)
}

// endActor gives up the calls of a value that is freed.
func (m *Machine) endActor(id graph.TaskID) {
	a := m.actors[id]
	if a == nil {
		return
	}
	a.ending, a.queue = true, nil
	if a.current != 0 {
		m.do(StopCall{a.current})
	}
}

// stopCalls is for a reset.
func (m *Machine) stopCalls() {
	var ids []graph.TaskID
	for id := range m.actors { // sorted below
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		m.endActor(id)
	}
}

// Calling returns how many calls of actors are being made.
func (m *Machine) Calling() int { return m.invoked }

// checkActors adds the calls that are being made to the users of values.
func (m *Machine) checkActors(users map[Item]int) error {
	running := 0
	for id, a := range m.actors { // order-free: any fault will do
		v := m.values.get(Item{id, -1})
		if v == nil || a.ending != v.freed || a.current == 0 && len(a.queue) > 0 || a.ending && len(a.queue) > 0 {
			return fmt.Errorf("worker: actor %v has call %d, %d in its queue, is ending: %t; there: %t", id, a.current, len(a.queue), a.ending, v != nil)
		}
		if a.current != 0 {
			users[Item{id, -1}]++
			running++
		}
	}
	if running > m.invoked {
		return fmt.Errorf("worker: %d calls are being made, counted %d", running, m.invoked)
	}
	return nil
}
