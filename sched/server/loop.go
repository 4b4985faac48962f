package server

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/sched"
)

const (
	// batch is how many inbox entries are acted on before a flush.
	batch = 512
	// tickEvery is how often time passes for the machine.
	tickEvery = 100 * time.Millisecond
)

// A loop is what the one goroutine owns: the machine, and who its peers are.
type loop struct {
	s   *Server
	m   *sched.Machine
	log *slog.Logger

	workers  map[sched.WorkerID]*worker
	names    map[string]*worker
	clients  map[sched.ClientID]*client
	sessions map[uint64]*client

	// Ids are given once. Workers and clients count from 1. Runs count from a
	// random number, because the data plane knows values by run and row: what
	// is still said about those of a scheduler before must name nothing here.
	lastRun    uint32
	lastWorker sched.WorkerID
	lastClient sched.ClientID

	members  int // workers, and clients that are not observers
	program  wire.Identity
	member   string // one that runs program
	lastTick time.Duration
	finished int64 // executions that ended well

	gone        map[sched.WorkerID]string // names of workers that were here
	running     map[uint32]*everywhere
	lastRunning uint32
	deaths      *deaths

	dirtyWorkers []*worker // those with a message that is being filled
	dirtyClients []*client
}

func newLoop(s *Server) *loop {
	return &loop{
		s: s, m: sched.New(s.opts.Machine), log: s.opts.Log, lastRun: rand.Uint32N(1 << 31),
		workers: map[sched.WorkerID]*worker{}, names: map[string]*worker{},
		clients: map[sched.ClientID]*client{}, sessions: map[uint64]*client{},
		gone: map[sched.WorkerID]string{}, running: map[uint32]*everywhere{}, deaths: newDeaths(),
	}
}

func (l *loop) run(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case f := <-l.s.inbox:
			f(l)
			l.drain()
		case <-tick.C:
			l.tick()
			l.flushAll()
		case <-ctx.Done():
			l.shutdown()
			return
		}
		l.flush()
	}
}

// drain acts on what is pending already, up to a batch.
func (l *loop) drain() {
	for range batch {
		select {
		case f := <-l.s.inbox:
			f(l)
		default:
			return
		}
	}
}

func (l *loop) now() time.Duration { return l.s.now() }

// step feeds one event to the machine and gathers what it wants done.
func (l *loop) step(e sched.Event) {
	for _, a := range l.m.Step(e) {
		l.act(a)
	}
}

func (l *loop) act(a sched.Action) {
	switch a := a.(type) {
	case sched.Assign:
		l.worker(a.Worker).assign(l, a)
	case sched.Abort:
		l.worker(a.Worker).abort(l, a)
	case sched.Free:
		l.worker(a.Worker).free(l, a)
	case sched.Reclaim:
		l.worker(a.Worker).reclaim(l, a)
	case sched.Replicate:
		l.worker(a.Worker).replicate(l, a)
	case sched.Dismiss:
		l.worker(a.Worker).dismiss(l, a)
	case sched.Place:
		l.client(a.Client).place(l, a)
	case sched.Ready:
		l.client(a.Client).ready(l, a)
	case sched.Lost:
		l.client(a.Client).lost(l, a)
	case sched.Erred:
		l.client(a.Client).erred(l, a)
	case sched.Coordinated:
		l.client(a.Client).coordinated(l, a)
	case sched.Invoke:
		l.worker(a.Worker).invoke(l, a)
	case sched.Answer:
		l.client(a.Client).returned(l, a)
	default:
		panic(fmt.Sprintf("scheduler: unknown action %T", a))
	}
}

func (l *loop) worker(id sched.WorkerID) *worker {
	w := l.workers[id]
	if w == nil {
		panic(fmt.Sprintf("scheduler: the machine names worker %d, which is not here", id))
	}
	return w
}

func (l *loop) client(id sched.ClientID) *client {
	c := l.clients[id]
	if c == nil {
		panic(fmt.Sprintf("scheduler: the machine names client %d, which is not here", id))
	}
	return c
}

// flush hands every message that has been filled to its line, unless it may wait
// for company: until the next tick at most.
func (l *loop) flush() {
	kept := l.dirtyWorkers[:0]
	for _, w := range l.dirtyWorkers {
		if w.mayWait() {
			kept = append(kept, w)
		} else {
			w.flush()
		}
	}
	clear(l.dirtyWorkers[len(kept):])
	l.dirtyWorkers = kept
	for _, c := range l.dirtyClients {
		c.flush()
	}
	l.dirtyClients = l.dirtyClients[:0]
}

// flushAll is flush for all messages to workers.
func (l *loop) flushAll() {
	for _, w := range l.dirtyWorkers {
		w.flush()
	}
	clear(l.dirtyWorkers)
	l.dirtyWorkers = l.dirtyWorkers[:0]
}

// shutdown says goodbye to everybody.
func (l *loop) shutdown() {
	for _, c := range l.clients {
		c.goodbye(l, "the scheduler is shutting down")
	}
	l.flush()
	l.flushAll()
	for _, w := range l.workers {
		w.line.finish()
	}
}

// admit checks that a process of identity id may be a member called name, and
// counts it.
func (l *loop) admit(name string, id wire.Identity) error {
	if l.members == 0 {
		l.program = id
	} else if err := l.program.SameProgram(l.member, id); err != nil {
		return err
	}
	if l.member == "" || l.members == 0 {
		l.member = name
	}
	l.members++
	return nil
}
