package worker

import (
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// What an execution does with its slot.
type (
	// Seceded: an execution gives its slot away and goes on, or waits for a
	// slot no longer.
	Seceded struct {
		At      time.Duration
		Task    graph.TaskID
		Attempt uint32
	}
	// Rejoin: an execution that seceded wants a slot again. Resume answers,
	// unless the execution ends or secedes again before.
	Rejoin struct {
		At      time.Duration
		Task    graph.TaskID
		Attempt uint32
	}

	// Resume gives a slot to an execution that wants to rejoin.
	Resume struct {
		Task    graph.TaskID
		Attempt uint32
	}
	// ReportSeceded tells the scheduler that an execution has no slot any more,
	// ReportRejoined that it has one again.
	ReportSeceded struct {
		Task    graph.TaskID
		Attempt uint32
	}
	// ReportRejoined: see ReportSeceded.
	ReportRejoined struct {
		Task    graph.TaskID
		Attempt uint32
	}
)

func (Seceded) event() {}
func (Rejoin) event()  {}

func (Resume) action()         {}
func (ReportSeceded) action()  {}
func (ReportRejoined) action() {}

func (m *Machine) stepTask(e Event) {
	switch e := e.(type) {
	case Seceded:
		m.at(e.At)
		m.secede(e.Task, e.Attempt)
	case Rejoin:
		m.at(e.At)
		m.rejoin(e.Task, e.Attempt)
	case Call:
		m.at(e.At)
		m.call(e)
	case Returned:
		m.at(e.At)
		m.returned(e)
	case Spilled:
		m.at(e.At)
		m.spilled(e)
	case Short:
		m.at(e.At)
		m.shortOf(e.Bytes)
	default:
		panic(fmt.Sprintf("worker: unknown event %T", e))
	}
}
