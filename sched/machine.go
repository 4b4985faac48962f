package sched

import (
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/coord"
)

// A Machine is the scheduler of one cluster. It is used by one goroutine.
type Machine struct {
	cfg Config
	now time.Duration

	tasks   table
	counts  [StateForgotten + 1]int
	runs    []*run // nil: a free slot
	runByID map[uint32]*run
	recent  *run // that find found last; nil: none, or it is gone
	lastRun uint32

	names names

	workers    []*worker // nil: a free slot
	workerByID map[WorkerID]uint32
	clients    map[ClientID]*client
	groups     []*group // nil: a free number
	freeGroups []uint32
	idle       idling
	groupByID  map[string]*group
	ops        map[string]*op

	freeRuns    []uint32
	freeWorkers []uint32

	// Of few names, tasks or workers.
	sharers    map[uint32][]ClientID // further clients that want a name
	copies     map[uint32][]uint32   // further holders
	uses       map[uint32][]use      // dependants in other runs
	errs       map[uint32]*graph.TaskError
	kills      map[uint32][]string // workers that were lost that executed it, or may have, and why
	solitary   []*worker           // those kept for a wary task; may hold others
	stranded   []stranded          // NoWorker, oldest first; may hold others
	strandings uint32              // so far
	rich       []*worker           // those with a backlog
	laden      []*worker           // those with more tasks than threads; may hold others
	thefts     map[uint32]theft    // see theft.go
	stealing   Stealing
	away       map[uint32]struct{} // Processing tasks that seceded
	actors     map[uint32]*actor
	calls      map[uint64]uint32 // of actors: whose
	lastCall   uint64
	shunned    map[uint32]uint32    // of one step: the worker that a task asked to leave
	copyings   map[uint32][]copying // copies that are being made
	relays     map[uint32]*relay    // of values, see relay.go
	relayFrom  int64                // of how many bytes on; what takes as long to send as to ask for
	replicas   Replicas
	asked      map[uint32]int  // how many copies of a value a client asked for; more than one
	lacking    []uint32        // values that may have fewer, oldest first; may hold others
	listed     map[uint32]bool // what is in lacking
	assigns    uint64          // so far
	spreads    []spread        // values with copies, in turn; may hold others
	retirees   []*worker       // may hold some that are gone
	census     census
	catalog
	target     Target
	adaptAt    time.Duration // when the target is computed next
	fewer      int           // how often in a row fewer workers sufficed
	queuedWork int64         // expected duration of all that is queued, ns
	evening    int           // values move until so many walks have ended, and nothing moves; 0 is not at all

	inlined int64 // bytes of the encodings of small values, see inline.go
	coord   *coord.Machine
	keeps   map[graph.Key]*keeping // by queues and variables

	story   story
	virtual time.Duration // the most that an account was charged before, see fair.go

	// Of one step.
	out     []Action
	box     outbox
	flock   flock     // of what is being placed
	ready   []uint32  // Waiting tasks that wait for nothing, to be placed
	loose   []uint32  // see loosen
	dirty   []*worker // see soil
	astir   []*group  // see stir
	almost  []uint32  // Waiting tasks that lack less than before, see complete
	fuller  []uint32  // see obtain and refit
	fronts  []*worker // see advance
	stack   []uint32  // see await
	fresh   []uint32  // see submit
	near    []*worker // see survey
	stamp   uint64
	carried int64 // see survey
	turn    int   // see steal
	sample  int   // see roomFor
}

// New returns a Machine that knows nobody.
func New(cfg Config) *Machine {
	m := &Machine{
		cfg: cfg.withDefaults(), runByID: map[uint32]*run{},
		sharers:    map[uint32][]ClientID{},
		workerByID: map[WorkerID]uint32{}, clients: map[ClientID]*client{},
		groupByID: map[string]*group{}, ops: map[string]*op{},
		copies: map[uint32][]uint32{}, uses: map[uint32][]use{},
		errs: map[uint32]*graph.TaskError{}, kills: map[uint32][]string{}, thefts: map[uint32]theft{},
		actors: map[uint32]*actor{}, calls: map[uint64]uint32{}, away: map[uint32]struct{}{}, shunned: map[uint32]uint32{},
		coord: coord.New(coord.Config{}), keeps: map[graph.Key]*keeping{},
		copyings: map[uint32][]copying{}, asked: map[uint32]int{}, listed: map[uint32]bool{}, relays: map[uint32]*relay{},
	}
	m.relayFrom = max(tinyInput, int64(m.cfg.Bandwidth*m.cfg.Latency.Seconds()))
	m.catalog = newCatalog()
	m.story.size = m.cfg.Story
	m.newGroup(nil, nil, nil).loads.all = true
	return m
}

// Step tells the machine what happened and returns what to do. The slice is
// valid until the next Step; what the actions in it point at stays as it is.
func (m *Machine) Step(e Event) []Action {
	m.out = m.out[:0]
	m.handle(e)
	m.drain()
	m.sendAll()
	if invariants {
		if err := m.Check(); err != nil {
			panic(fmt.Sprintf("sched: after %T: %v", e, err))
		}
	}
	return m.out
}

func (m *Machine) handle(e Event) {
	switch e := e.(type) {
	case WorkerJoined:
		m.at(e.At)
		m.joinWorker(e)
	case WorkerLeft:
		m.at(e.At)
		m.leaveWorker(e)
	case WorkerStatus:
		m.at(e.At)
		m.workerStatus(e)
	case ClientJoined:
		m.at(e.At)
		m.joinClient(e)
	case ClientLeft:
		m.at(e.At)
		m.leaveClient(e)
	case Submit:
		m.at(e.At)
		m.submit(e)
	case Scatter:
		m.at(e.At)
		m.scatter(e)
	case Scattered:
		m.at(e.At)
		m.scattered(e)
	case Abandoned:
		m.at(e.At)
		m.abandoned(e)
	case Release:
		m.at(e.At)
		m.release(e)
	case Cancel:
		m.at(e.At)
		m.cancel(e)
	case Retry:
		m.at(e.At)
		m.retry(e)
	case Gone:
		m.at(e.At)
		m.goneFrom(e)
	default:
		m.handleReport(e)
	}
}

func (m *Machine) handleReport(e Event) {
	switch e := e.(type) {
	case Finished:
		m.at(e.At)
		m.finished(e)
	case Failed:
		m.at(e.At)
		m.failed(e)
	case Missing:
		m.at(e.At)
		m.missingDep(e)
	case Replicated:
		m.at(e.At)
		m.replicated(e)
	case Yielded:
		m.at(e.At)
		m.yielded(e)
	case Uncopied:
		m.at(e.At)
		m.uncopied(e)
	case ReplicateKeys:
		m.at(e.At)
		m.replicateKeys(e)
	case Rebalance:
		m.at(e.At)
		m.rebalance(e)
	case Retire:
		m.at(e.At)
		m.retire(e)
	case Coordinate:
		m.at(e.At)
		m.coordinate(e)
	case Tick:
		m.at(e.At)
		m.expire()
		m.endSolitude()
		m.effect(m.coord.Tick(m.now))
		m.balance()
	default:
		if !m.handleCatalog(e) {
			m.handleTask(e)
		}
	}
}

func (m *Machine) at(t time.Duration) { m.now = max(m.now, t) }

func (m *Machine) do(a Action) { m.out = append(m.out, a) }

// drain follows up what the event set off until nothing is left to do.
func (m *Machine) drain() {
	for {
		m.followUp()
		for m.relieve(); len(m.ready)+len(m.dirty) > 0; m.relieve() {
			m.followUp()
		}
		before := m.assigns
		if m.extendAll(); m.assigns == before {
			break
		}
		// What was sent ahead makes tasks wait longer: idle workers look again.
	}
	if len(m.shunned) > 0 {
		clear(m.shunned)
	}
}

func (m *Machine) followUp() {
	for len(m.loose)+len(m.ready)+len(m.dirty)+len(m.astir) > 0 {
		m.settle()
		m.placeReady()
		m.settle()
		m.serveAstir()
		dirty := m.dirty
		m.dirty = nil
		for _, w := range dirty {
			w.dirty = false
			m.fill(w)
			m.dismissIfDrained(w)
		}
		if m.dirty == nil {
			m.dirty = dirty[:0]
		}
	}
}

// placeReady seeks places for what is ready, the urgent first.
func (m *Machine) placeReady() {
	ready := m.ready
	m.ready = nil
	cmp := func(a, b uint32) int {
		if m.entry(a).before(m.entry(b)) {
			return -1
		}
		return 1
	}
	live := ready[:0]
	for _, i := range ready {
		if m.tasks.live > 0 && m.isReady(i) {
			live = append(live, i)
		}
	}
	if !slices.IsSortedFunc(live, cmp) {
		slices.SortFunc(live, cmp)
	}
	m.flock.gather(m, live)
	for _, i := range live {
		if m.isReady(i) { // also not placed already
			m.place(i)
		}
	}
	if m.ready == nil {
		m.ready = ready[:0]
	}
}

func (m *Machine) isReady(i uint32) bool {
	t := m.tasks.hot(i)
	return t.state == StateWaiting && t.waiting == 0 && !t.brought
}
