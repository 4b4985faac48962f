package server

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
)

// tickEvery is how often time passes for the machine, which leaves busy peers
// alone for a while.
const tickEvery = 50 * time.Millisecond

// tightTick is how often it does while memory is tight: Go's heap grows by as much
// as is left for what is not foreseen in less time than a tick.
const tightTick = 10 * time.Millisecond

// nextTick is when it passes next.
func (l *loop) nextTick() time.Duration {
	if l.heap.tight {
		return tightTick
	}
	return tickEvery
}

// An execID names an execution.
type execID struct {
	task    graph.TaskID
	attempt uint32
}

// A loop is what the one goroutine owns.
type loop struct {
	o     Options
	m     *worker.Machine
	box   *mailbox
	store *store.Store
	lanes []*lane
	data  *wire.DataClient
	heap  *heap
	// served returns how many bytes peers were sent.
	served func() int64

	start time.Time
	ended chan struct{} // closed when the loop has ended
	quit  atomic.Bool   // set to end it, and poke

	execs  map[execID]*execution
	crew   *crew
	visits map[uint64]*visit        // calls of actors under way
	peers  map[worker.PeerID]string // address of the data service

	errands map[*errand]struct{} // that have not ended

	spilling int // values on their way to disk

	session   *session          // nil between two
	cutters   map[uint64]cutter // by request
	awaited   []*awaited        // peers that wait for what is on its way here
	fetches   context.Context
	stopFetch context.CancelFunc
	out       outbox
	link      *pb.LinkSample    // measured since the last heartbeat
	fresh     graph.Value       // the result of the execution that is being delivered
	drained   []chan<- struct{} // told when the machine is

	paused     bool
	toldPaused bool // what the last heartbeat said
	tasksRun   int64
	nextLane   int
	lastBeat   time.Time
	lastTick   time.Time
	lastWatch  time.Time
	stuck      int64 // executions that went on though they were told to stop
}

// run deals with letters until quit. It waits for one channel: to wait for timers
// as well would cost more than a tiny task does, so timers poke.
func (l *loop) run() {
	defer close(l.ended)
	tick, soon := newAlarm(l.box), newAlarm(l.box)
	defer tick.stop()
	defer soon.stop()
	tick.set(tickEvery)
	for {
		<-l.box.wake
		if l.quit.Load() {
			l.deliver() // what came too late gives its values back
			return
		}
		if !tick.isSet() {
			l.tick()
			tick.set(l.nextTick())
		}
		l.deliver()
		l.press()
		l.answerAwaited()
		if len(l.drained) > 0 && l.m.Drained() && len(l.errands) == 0 && l.spilling == 0 {
			for _, c := range l.drained {
				close(c)
			}
			l.drained = nil
		}
		if wait := l.flush(); wait > 0 {
			soon.hasten(wait)
		}
	}
}

func (l *loop) deliver() {
	for _, x := range l.box.take() {
		x.deliver(l)
	}
}

func (l *loop) now() time.Duration { return time.Since(l.start) }

// step tells the machine and performs what it wants done.
func (l *loop) step(e worker.Event) {
	for _, a := range l.m.Step(e) {
		l.act(a)
	}
}

func (l *loop) act(a worker.Action) {
	switch a := a.(type) {
	case worker.Fetch:
		l.fetch(a)
	case worker.Run:
		l.execute(a.Task)
	case worker.Stop:
		l.stop(a)
	case worker.Drop:
		l.store.Drop(store.Item(a.Item))
	case worker.Report:
		l.out.report(a, l.fresh)
	case worker.ReportFailed:
		l.out.failed(a)
	case worker.ReportMissing:
		l.out.missing(a)
	case worker.ReportUncopied:
		l.out.uncopied(a)
	case worker.ReportYielded:
		l.out.yielded(a)
	case worker.ReportReplicas:
		l.out.replicas(a)
	default:
		l.actTask(a)
	}
}

// press tells the machine when memory gets short, and when it is not any more.
// When nothing runs there is nobody to wait for: then the machine goes on, one
// task at a time, and the store refuses what does not fit.
func (l *loop) press() {
	paused := l.m.Busy() > 0 && l.store.Pressed(l.paused)
	if paused != l.paused {
		l.paused = paused
		l.step(worker.Pressure{At: l.now(), Paused: paused})
		if l.session != nil && l.toldPaused != paused {
			l.beat() // the scheduler is not to learn it a heartbeat late
		}
	}
}

// beat sends the scheduler a heartbeat.
func (l *loop) beat() {
	l.lastBeat, l.toldPaused = time.Now(), l.paused
	l.out.status(l.status())
	l.out.m.Link, l.link = l.link, nil
}

func (l *loop) tick() {
	now := time.Now()
	room := l.heap.adjust()
	l.store.SetRoom(room)
	l.step(worker.Tick{At: l.now(), Room: keptOf(room)})
	if s := l.session; s != nil {
		if now.Sub(l.lastTick) > s.timeout/2 {
			s.heard.Store(now.UnixNano()) // this process was stopped: what came meanwhile is unread
		}
		if silent := now.Sub(time.Unix(0, s.heard.Load())); silent > s.timeout {
			s.end(fmt.Errorf("worker: %w: nothing from %s for %v", wire.ErrDisconnected, l.o.Scheduler, silent.Round(time.Millisecond)))
		}
		if now.Sub(l.lastBeat) >= s.beat {
			l.beat()
		}
	}
	l.lastTick = now
	if now.Sub(l.lastWatch) >= l.o.Stuck/4 {
		l.lastWatch = now
		l.watch(now)
	}
}
