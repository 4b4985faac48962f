package worker

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// PeerID names another worker, as the scheduler numbers them.
type PeerID uint32

// An Event is something that happened. It carries its time, which never goes
// back.
type Event interface{ event() }

type (
	// Assign: the scheduler gives tasks to this worker.
	Assign struct {
		At    time.Duration
		Tasks []Task
	}
	// Abort: the scheduler takes an assignment back.
	Abort struct {
		At      time.Duration
		Task    graph.TaskID
		Attempt uint32
	}
	// Free: the scheduler no longer needs these results here. What the worker
	// said to have in a ReportReplicas after number Heard stays: the scheduler did
	// not know that yet, and will count on it, or free it again, when it hears.
	Free struct {
		At    time.Duration
		Tasks []graph.TaskID
		Heard uint64
	}
	// Stored: somebody put a value into the store (a scatter).
	Stored struct {
		At    time.Duration
		Task  graph.TaskID
		Bytes int64
	}
	// Fetched: a fetch ended. Got is what is now in the store; Absent is what
	// the peer does not have. Whatever of the fetch is in neither was not
	// answered, because of Err.
	Fetched struct {
		At      time.Duration
		Request uint64 // of the Fetch that this answers
		Peer    PeerID
		Got     []Arrival
		Absent  []Item
		Err     FetchError
	}
	// Done: an execution yielded a result, which is in the store. Peak, if not 0,
	// is how many bytes it had allocated at once at most, the result included.
	Done struct {
		At      time.Duration
		Task    graph.TaskID
		Attempt uint32
		Bytes   int64
		Peak    int64
		Took    time.Duration
	}
	// Failed: an execution ended with an error, or was stopped.
	Failed struct {
		At      time.Duration
		Task    graph.TaskID
		Attempt uint32
		Err     *graph.TaskError
	}
	// Pressure: what the store says of its memory, when it crosses a mark.
	Pressure struct {
		At     time.Duration
		Paused bool
	}
	// Reset: the scheduler is another one, or has given this worker up:
	// everything is to be forgotten. What runs and what is on its way still
	// answers; until Machine.Drained, nothing may be assigned, because a new
	// scheduler gives the same numbers to other tasks.
	Reset struct{ At time.Duration }
	// Tick: time passed. Room, if not 0, is how many bytes results may take from
	// now on as long as there is a choice: less than Config.Memory while
	// something else takes the memory of the process.
	Tick struct {
		At   time.Duration
		Room int64
	}
)

// FetchError says how a fetch ended.
type FetchError uint8

// How a fetch can end.
const (
	FetchOK   FetchError = iota // every item is in Got or Absent
	PeerBusy                    // ask again later, or another
	PeerGone                    // the connection failed
	FetchStop                   // this worker stopped it
)

// An Item is a value to fetch: a whole result, or one part of it.
type Item struct {
	Task graph.TaskID
	Part int32 // < 0: the whole value
}

// An Arrival is an item that was fetched, and its size.
type Arrival struct {
	Item
	Bytes int64
	// Leased: the memory is the peer's, who is to have it back soon: the value
	// is dropped with its last user, and is no copy for others.
	Leased bool
}

// A Task is an assignment as the worker sees it. Class and Attr are carried
// for whoever runs it; the machine looks only at Class.Spec and Class.Cost.
type Task struct {
	ID      graph.TaskID
	Attempt uint32
	Class   *graph.Class
	Attr    []byte
	Deps    []Dep
	Lane    int    // which of Config.Lanes runs it
	Order   uint64 // goes before the ID, lower first; 0: the run says it
	// Awaited is that somebody elsewhere waits for the result, so that the report
	// of it does not wait for company. The machine does not look at it.
	Awaited bool
}

// A Dep is one dependency of a task, with the peers that are said to hold it.
type Dep struct {
	Item
	Bytes   int64    // of the item; of a part, what is expected
	Holders []PeerID // none: Task was assigned to this worker before
	// First is asked before all others, who are asked if it does not have the
	// item and does not get it soon; 0: nobody is.
	First PeerID
	// Inline is the encoding of the whole value, which came along because it is
	// small: the task needs neither a value here nor a fetch. The machine does
	// not look into it.
	Inline []byte
}

func (Assign) event()   {}
func (Abort) event()    {}
func (Free) event()     {}
func (Stored) event()   {}
func (Fetched) event()  {}
func (Done) event()     {}
func (Failed) event()   {}
func (Pressure) event() {}
func (Reset) event()    {}
func (Tick) event()     {}
