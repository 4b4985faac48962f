package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// WorkerID and ClientID are given by the server when somebody joins, and are
// never used again for anybody else. 0 is nobody.
type (
	WorkerID uint32
	ClientID uint32
)

// An Event is something that happened. It carries the time at which it did,
// counted from an epoch of the server's choosing; times never go back.
type Event interface{ event() }

type (
	// WorkerJoined: a worker is ready for work.
	WorkerJoined struct {
		At        time.Duration
		Worker    WorkerID
		Name      string // unique; a restriction may name it
		Addr      string // where it is reached; a restriction may name it too
		Host      string
		Threads   int
		Memory    int64 // limit of its store, bytes; 0 is unlimited
		Resources graph.Resources
	}
	// WorkerLeft: its connection ended or its heartbeats stopped.
	WorkerLeft struct {
		At     time.Duration
		Worker WorkerID
		Cause  string // for people: signal, exit code, time-out, drained
		Clean  bool   // it went because it was told to: nobody is blamed
	}
	// WorkerStatus is a heartbeat.
	WorkerStatus struct {
		At      time.Duration
		Worker  WorkerID
		Managed int64 // bytes of results in its memory
		Spilled int64 // bytes of results on its disk
		Process int64 // resident bytes of the process
		Paused  bool
		Running []graph.TaskID // what it is executing
		Link    Link           // measured since the last heartbeat
	}
	// ClientJoined: a client connected.
	ClientJoined struct {
		At     time.Duration
		Client ClientID
	}
	// ClientLeft: a client is gone and its lease is over.
	ClientLeft struct {
		At     time.Duration
		Client ClientID
	}
	// Submit: a client asks for the outputs of a graph, and from now on wants
	// their keys. The graph is valid, has its rows in priority order, and its
	// inputs are keys. Run grows with every submission.
	Submit struct {
		At     time.Duration
		Client ClientID
		Run    uint32
		Graph  *graph.Graph
		Parent graph.TaskID // the task that submits it; 0 is none
	}
	// Scatter: a client is about to bring values to the cluster, and asks
	// where to. Value i becomes task i of the run.
	Scatter struct {
		At      time.Duration
		Client  ClientID
		Run     uint32
		Keys    []graph.Key
		Bytes   []int64
		Workers []WorkerID // the only ones to bring them to; none: all
	}
	// Scattered: the values of these tasks, from a Scatter, are in place.
	Scattered struct {
		At     time.Duration
		Client ClientID
		Tasks  []graph.TaskID
	}
	// Abandoned: the client will not bring the values of these tasks, from its
	// Scatter; some may be in place all the same.
	Abandoned struct {
		At     time.Duration
		Client ClientID
		Tasks  []graph.TaskID
	}
	// Release: a client no longer wants these keys.
	Release struct {
		At     time.Duration
		Client ClientID
		Keys   []graph.Key
	}
	// Cancel: a client gives these keys up, and so do all others: tasks that
	// nobody else needs are stopped; whoever wanted the keys gets ErrCancelled.
	Cancel struct {
		At     time.Duration
		Client ClientID
		Keys   []graph.Key
	}
	// Retry: run what erred behind these keys again.
	Retry struct {
		At     time.Duration
		Client ClientID
		Keys   []graph.Key
	}
	// Gone: a client could not get the value of a key from a worker that was
	// said to hold it.
	Gone struct {
		At     time.Duration
		Client ClientID
		Key    graph.Key
		Worker WorkerID
	}
	// Finished: the worker has the results of these tasks.
	Finished struct {
		At     time.Duration
		Worker WorkerID
		Tasks  []Done
		// Inline holds the encodings of the results that are small, none for
		// others; nil: there are no small ones. The machine keeps them.
		Inline []string
	}
	// Failed: an execution ended with an error.
	Failed struct {
		At      time.Duration
		Worker  WorkerID
		Task    graph.TaskID
		Attempt uint32
		Err     *graph.TaskError
	}
	// Missing: the worker cannot get a dependency of a task assigned to it:
	// none of the holders named has it or can be reached. The worker has
	// given the task up; it is to be assigned anew.
	Missing struct {
		At      time.Duration
		Worker  WorkerID
		Task    graph.TaskID
		Attempt uint32
		Dep     graph.TaskID
		Holders []WorkerID
	}
	// Replicated: the worker now holds these results, or scattered values,
	// which were copied or brought to it.
	Replicated struct {
		At     time.Duration
		Worker WorkerID
		Tasks  []graph.TaskID
		Number uint64 // grows with each of this worker's
	}
	// Retire: let the worker finish and go, losing nothing.
	Retire struct {
		At     time.Duration
		Worker WorkerID
	}
	// Tick: time passed.
	Tick struct{ At time.Duration }
)

// Done is one task of a Finished event.
type Done struct {
	Task    graph.TaskID
	Attempt uint32
	Bytes   int64         // of the result
	Took    time.Duration // execution alone
}

func (WorkerJoined) event() {}
func (WorkerLeft) event()   {}
func (WorkerStatus) event() {}
func (ClientJoined) event() {}
func (ClientLeft) event()   {}
func (Submit) event()       {}
func (Scatter) event()      {}
func (Scattered) event()    {}
func (Abandoned) event()    {}
func (Release) event()      {}
func (Cancel) event()       {}
func (Retry) event()        {}
func (Gone) event()         {}
func (Finished) event()     {}
func (Failed) event()       {}
func (Missing) event()      {}
func (Replicated) event()   {}
func (Retire) event()       {}
func (Tick) event()         {}
