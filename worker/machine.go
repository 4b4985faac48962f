package worker

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Machine decides for one worker. It is not safe for concurrent use.
type Machine struct {
	cfg    Config
	now    time.Duration
	paused bool
	space  int64 // Config.Memory, or Tick.Room

	tasks  graph.TaskMap[*task] // current assignments
	execs  executions           // running, also those given up
	values table[value]         // what the store has
	wants  table[want]          // what it is to have
	peers  map[PeerID]*peer

	actors   map[graph.TaskID]*actor // of values that were called
	invoked  int                     // calls of actors that are being made
	lanes    []lane
	paces    map[string]*pace // by op, see brief.go
	lastOp   string           // that was looked up there
	lastPace *pace

	yields    map[string]*yield // by name, see yield.go
	lastName  string            // that was looked up there
	lastYield *yield

	managed  int64              // bytes of all values in memory
	reserved int64              // estimated results and scratch of all executions
	flights  map[uint64]*flight // requests on their way
	awaited  int                // of these: see relay.go
	coming   int64              // bytes that they are expected to bring
	requests uint64             // the number of the last request
	said     uint64             // that of the last ReportReplicas
	remote   int                // wants that a peer is, was or can be asked for
	suspects []graph.TaskID     // of one step: see unproduced
	disk     disk

	out     []Action
	results []Result // for the next reports
}

// New returns the machine of a worker that has nothing.
func New(cfg Config) *Machine {
	m := &Machine{cfg: cfg.withDefaults(), space: cfg.Memory, paces: map[string]*pace{}, yields: map[string]*yield{}, flights: map[uint64]*flight{}}
	m.lanes = make([]lane, len(cfg.Lanes))
	m.clear()
	return m
}

func (m *Machine) clear() {
	m.tasks = graph.TaskMap[*task]{}
	m.values = table[value]{}
	m.wants = table[want]{}
	m.peers = map[PeerID]*peer{}
	m.actors = map[graph.TaskID]*actor{}
	m.managed, m.remote, m.said = 0, 0, 0
	m.suspects = nil
	m.disk = disk{leaving: map[uint64]*value{}, requests: m.disk.requests, rest: m.disk.rest}
	m.paused = false
	for i := range m.lanes {
		m.lanes[i].ready, m.lanes[i].comebacks = nil, nil
	}
}

// Step tells the machine what happened and returns what to do, in order. The
// slice is valid until the next Step.
func (m *Machine) Step(e Event) []Action {
	m.out = m.out[:0]
	switch e := e.(type) {
	case Assign:
		m.at(e.At)
		ts := make([]task, len(e.Tasks))
		for i := range e.Tasks {
			m.assign(&e.Tasks[i], &ts[i])
		}
	case Abort:
		m.at(e.At)
		m.abort(e.Task, e.Attempt)
	case Free:
		m.at(e.At)
		for _, t := range e.Tasks {
			m.free(t, e.Heard)
		}
	case Reclaim:
		m.at(e.At)
		m.reclaim(e)
	case Replicate:
		m.at(e.At)
		m.replicate(e)
	case Stored:
		m.at(e.At)
		m.arrive(Item{e.Task, -1}, e.Bytes)
		m.reportReplicas([]graph.TaskID{e.Task}) // its client may have given it up meanwhile
	case Fetched:
		m.at(e.At)
		m.fetched(e)
	case PeerLost:
		m.at(e.At)
		m.losePeer(e.Peer)
	case Done:
		m.at(e.At)
		m.done(e)
	case Failed:
		m.at(e.At)
		m.failed(e)
	case Pressure:
		m.at(e.At)
		m.paused = e.Paused
	case Reset:
		m.at(e.At)
		m.reset()
	case Tick:
		m.at(e.At)
		if e.Room > 0 {
			m.space = e.Room
		}
	default:
		m.stepTask(e)
	}
	m.orphans()
	m.makeRoom()
	m.dispatchFetches()
	m.dispatchRuns()
	m.makeRoom() // for what has begun
	return m.out
}

func (m *Machine) at(t time.Duration) { m.now = max(m.now, t) }

func (m *Machine) do(a Action) { m.out = append(m.out, a) }

func (m *Machine) report(r Result) {
	if len(m.results) == 0 {
		m.results = make([]Result, 64)
	}
	m.results[0] = r
	m.do(Report{m.results[:1:1]})
	m.results = m.results[1:]
}

// reset gives everything up. What runs and what is on its way still answers,
// and finds nobody who waits for it.
func (m *Machine) reset() {
	for x := range m.execs.all() {
		x.task.uses = nil
		if !x.aborted {
			x.aborted = true
			m.do(Stop{x.task.ID, x.task.Attempt})
		}
	}
	m.stopCalls()
	for _, it := range m.values.items() {
		m.do(Drop{it})
	}
	for _, f := range m.flights { // order-free: each request for itself
		f.wants = nil
	}
	m.clear()
}

// Drained reports whether nothing runs and nothing is on its way: what must
// hold after a Reset before the next Assign.
func (m *Machine) Drained() bool { return m.execs.len() == 0 && len(m.flights) == 0 && m.invoked == 0 }

// Running returns the tasks that are executing, given up or not, in order.
func (m *Machine) Running() []graph.TaskID {
	var ids []graph.TaskID
	for x := range m.execs.all() {
		ids = append(ids, x.task.ID)
	}
	return ids
}

// Managed returns the bytes of all values in memory.
func (m *Machine) Managed() int64 { return m.managed }

// Idle reports whether nothing is assigned, running or on its way.
func (m *Machine) Idle() bool {
	return m.tasks.Len() == 0 && m.execs.len() == 0 && m.wants.len() == 0 && m.invoked == 0
}
