package sched

import (
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// What a task does while it executes.
type (
	// Seceded: a task gave its slot to others, and goes on.
	Seceded struct {
		At      time.Duration
		Worker  WorkerID
		Task    graph.TaskID
		Attempt uint32
	}
	// Rejoined: a task that seceded has a slot again.
	Rejoined struct {
		At      time.Duration
		Worker  WorkerID
		Task    graph.TaskID
		Attempt uint32
	}
)

func (Seceded) event()  {}
func (Rejoined) event() {}

func (m *Machine) handleTask(e Event) {
	switch e := e.(type) {
	case Seceded:
		m.at(e.At)
		m.seceded(e)
	case Rejoined:
		m.at(e.At)
		m.rejoined(e)
	case ActorCall:
		m.at(e.At)
		m.callActor(e)
	case ActorReturned:
		m.at(e.At)
		m.actorReturned(e)
	default:
		panic(fmt.Sprintf("sched: unknown event %T", e))
	}
}
