package worker

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// An Action is something for the server to do, in the order given.
type Action interface{ action() }

type (
	// Fetch asks a peer for items. Exactly one Fetched event
	// with the same Request answers it.
	Fetch struct {
		Request uint64 // names this request in its answer
		Peer    PeerID
		Items   []Item
	}
	// Run executes a task, whose dependencies are all in the store: either
	// under the dependency's own Item, or, for a part, inside the whole value
	// if that is here; or came along (Dep.Inline). Done or Failed answers it.
	Run struct{ Task *Task }
	// Stop ends the context of a running execution. The execution still
	// answers with Done or Failed; its slot is taken until then.
	Stop struct {
		Task    graph.TaskID
		Attempt uint32
	}
	// Drop removes a value from the store.
	Drop struct{ Item Item }

	// Report tells the scheduler that results are here.
	Report struct{ Tasks []Result }
	// ReportFailed tells the scheduler that an execution ended with an error.
	ReportFailed struct {
		Task    graph.TaskID
		Attempt uint32
		Err     *graph.TaskError
	}
	// ReportMissing tells the scheduler that a dependency cannot be had, and
	// that the task is given up for that.
	ReportMissing struct {
		Task    graph.TaskID
		Attempt uint32
		Dep     graph.TaskID
		Holders []PeerID // who was asked in vain
	}
	// ReportReplicas tells the scheduler that whole values are here, which were
	// copied or brought. The numbers of these reports grow.
	ReportReplicas struct {
		Tasks  []graph.TaskID
		Number uint64
	}
)

// A Result is one task of a Report.
type Result struct {
	Task    graph.TaskID
	Attempt uint32
	Bytes   int64
	Took    time.Duration
}

func (Fetch) action()          {}
func (Run) action()            {}
func (Stop) action()           {}
func (Drop) action()           {}
func (Report) action()         {}
func (ReportFailed) action()   {}
func (ReportMissing) action()  {}
func (ReportReplicas) action() {}
