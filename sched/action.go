package sched

import "github.com/ashlar-go/ashlar/graph"

// An Action is something for the server to do. Actions for one receiver are to
// reach it in the order given.
type Action interface{ action() }

type (
	// Assign gives tasks to a worker. What it will need of tasks assigned to it
	// before has no holders: it has to wait for them.
	Assign struct {
		Worker WorkerID
		Tasks  []Assignment
	}
	// Abort tells a worker to forget an assignment, and to stop it through its
	// context if it runs. The worker says nothing more about that attempt.
	Abort struct {
		Worker  WorkerID
		Task    graph.TaskID
		Attempt uint32
	}
	// Free tells a worker to drop results: nobody needs them any more, or
	// there are copies enough.
	Free struct {
		Worker WorkerID
		Tasks  []graph.TaskID
		Heard  uint64 // the number of the worker's last Replicated: it knows better if it said more since
		// Patient: they are so small that the message may wait for company.
		Patient bool
	}
	// Place answers a Scatter: value i goes to Workers[i]. No worker at all
	// is an Erred for each key instead.
	Place struct {
		Client  ClientID
		Run     uint32
		Workers []WorkerID
	}
	// Ready tells a client that a key it wants has a value, and where.
	Ready struct {
		Client  ClientID
		Key     graph.Key
		Task    graph.TaskID
		Bytes   int64
		Holders []WorkerID
		Inline  string // the encoding of the value, if it is small
	}
	// Lost tells a client that a key it was told to be ready is being
	// computed again. Ready or Erred will follow.
	Lost struct {
		Client ClientID
		Key    graph.Key
	}
	// Erred tells a client that a key it wants will have no value.
	Erred struct {
		Client ClientID
		Key    graph.Key
		Err    *graph.TaskError
	}
	// Dismiss tells a worker to end: it was retired, or is to start afresh.
	Dismiss struct {
		Worker WorkerID
		Reason string
	}
)

// An Assignment is one task for a worker, with where its dependencies are.
type Assignment struct {
	Task    graph.TaskID
	Attempt uint32       // grows with every assignment of the task
	Graph   *graph.Graph // of the run; the row is Task.Index()
	Deps    []Dep        // as in the row, in order
	Order   uint64       // goes before the TaskID, lower first; 0: the TaskID says it
	Awaited bool         // somebody elsewhere waits for the result: it is to be reported at once
}

// A Dep is one dependency of an assignment.
type Dep struct {
	Task    graph.TaskID
	Part    int32      // < 0: the whole value
	Bytes   int64      // of that; of a part, what is expected
	Holders []WorkerID // none: the worker was given Task before, and is to wait for it
	Inline  string     // the encoding of the whole value, if it is small and not there already
	First   WorkerID   // who is to be asked before all others, and may have to be waited for; 0: nobody
}

func (Assign) action()  {}
func (Abort) action()   {}
func (Free) action()    {}
func (Place) action()   {}
func (Ready) action()   {}
func (Lost) action()    {}
func (Erred) action()   {}
func (Dismiss) action() {}
