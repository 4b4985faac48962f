package sim

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// A world is a simulated cluster.
type world struct {
	clock
	rng     *rand.Rand // of the network
	fate    *rand.Rand // of the workers and what happens to them
	cfg     Config
	faults  Fault
	shape   shape
	things  universe
	ledger  ledger
	byKey   map[graph.Key]int
	m       *sched.Machine
	run     uint32
	graphs  map[uint32]*graph.Graph // of each
	nodes   []*node                 // all that ever were
	byID    map[sched.WorkerID]*node
	lastID  sched.WorkerID
	clients []*client // all that ever were
	calm    bool      // nothing goes wrong any more
	trace   trace
	res     Result
	err     error
	blame   error         // err, if it is the scheduler's machine that broke
	events  []sched.Event // what the scheduler heard, if that is to be known
	record  bool
}

// Run simulates one cluster. The error says what invariant broke, with the end
// of the trace.
func Run(cfg Config) (Result, error) {
	w := newWorld(cfg)
	w.play()
	if w.err == nil {
		return w.res, nil
	}
	if !w.trace.text { // once more, to say how it came to that
		w = newWorld(cfg)
		w.trace.text = true
		w.play()
	}
	return w.res, fmt.Errorf("seed %d at %v: %w\n%s", cfg.Seed, w.now, w.err, w.trace.tail())
}

func (w *world) play() {
	w.start()
	w.until(w.cfg.Trouble)
	w.settleDown()
	w.untilSo(w.now+2*time.Minute, w.satisfied)
	w.verify()
	w.verifyBalance()
	w.releaseAll()
	w.until(w.now + time.Second)
	w.emptyCatalog()                       // of what was on its way
	w.untilSo(w.now+2*time.Minute, w.idle) // what was fired and forgotten goes on
	w.until(w.now + 2*time.Second)
	w.verifyEmpty()
	w.res.Hash, w.res.Time, w.res.Faults = w.trace.hash, w.now, w.faults
}

func newWorld(cfg Config) *world {
	w := &world{byID: map[sched.WorkerID]*node{}, byKey: map[graph.Key]int{}, graphs: map[uint32]*graph.Graph{}}
	w.cfg = cfg
	w.rng, w.fate = w.stream("network"), w.stream("fate")
	w.faults = drawFaults(w.stream("faults")) &^ cfg.Without
	w.cfg = cfg.drawn(w)
	w.trace.init(cfg.Trace, false)
	w.shape = newShape(w.stream("shape"))
	w.things = newUniverse(w.stream("universe"), w.cfg.Things*w.shape.times, w.shape, w.faults)
	for i, t := range w.things {
		w.byKey[t.key] = i
	}
	w.ledger = newLedger(w.stream("pacts").IntN(2) == 0)
	w.m = sched.New(schedConfig)
	return w
}

// schedConfig is what the scheduler is told.
var schedConfig = sched.Config{KeepCopies: 300 * time.Millisecond, Latency: 100 * time.Microsecond, NoWorkerTimeout: 10 * time.Second, Story: 1 << 14}

// stream returns the random numbers of one purpose, which do not depend on how
// many are drawn for another.
func (w *world) stream(purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(w.cfg.Seed, h.Sum64()))
}

func (w *world) start() {
	for k := range w.cfg.Workers {
		w.spawn(k%2 == 0)
	}
	for range w.cfg.Clients {
		w.connect()
	}
	w.every(200*time.Millisecond, func() {
		w.toSched(sched.Tick{At: w.now})
		w.checkBounds()
		w.checkBeliefs()
	})
	w.after(w.delay(), w.goWrong)
}

// every does f again and again.
func (w *world) every(d time.Duration, f func()) {
	w.after(d, func() { f(); w.every(d, f) })
}

// until lets time pass.
func (w *world) until(end time.Duration) {
	for w.err == nil && len(w.heap) > 0 && w.heap[0].at <= end {
		w.next()
	}
	w.now = max(w.now, end)
}

// untilSo lets time pass until something is so, or the end has come.
func (w *world) untilSo(end time.Duration, so func() bool) {
	for w.err == nil && w.now < end && !so() {
		w.until(min(end, w.now+50*time.Millisecond))
	}
}

func (w *world) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// delay is how long a message takes: mostly little, sometimes much.
func (w *world) delay() time.Duration {
	d := time.Duration(100+w.rng.IntN(900)) * time.Microsecond
	if w.rng.IntN(50) == 0 && w.faults&Late != 0 {
		d *= 100
	}
	return d
}

// odds reports, so many times of a hundred, that a fault of the network
// strikes, in the time of trouble.
func (w *world) odds(f Fault, percent int) bool {
	return w.rng.IntN(100) < percent && w.faults&f != 0 && !w.calm
}

// toSched gives the scheduler an event, now, and does what it says.
func (w *world) toSched(e sched.Event) {
	if w.err != nil {
		return
	}
	if w.cfg.Break != nil {
		e, _ = w.cfg.Break(e).(sched.Event)
		if e == nil {
			return
		}
	}
	if w.record {
		w.events = append(w.events, e)
	}
	w.res.Steps++
	w.trace.event(w.now, e)
	actions, err := w.step(e)
	w.trace.mix(uint64(w.now), w.seq, uint64(len(actions)))
	if err != nil {
		w.fail("scheduler: %w", err)
		w.blame = err
		return
	}
	w.checkDismissals(actions)
	for _, a := range actions {
		w.trace.action(w.now, a)
		w.perform(a)
	}
	w.announceLosses(e, actions)
}

func (w *world) step(e sched.Event) (as []sched.Action, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(err, fmt.Errorf("panic: %v", p))
		}
	}()
	as = slices.Clone(w.m.Step(e))
	if w.res.Steps%w.cfg.Checks == 0 {
		err = w.m.Check()
	}
	return as, err
}

func (w *world) perform(a sched.Action) {
	switch a := a.(type) {
	case sched.Assign:
		w.toNode(a.Worker, a)
	case sched.Abort:
		w.toNode(a.Worker, a)
	case sched.Free:
		w.toNode(a.Worker, a)
	case sched.Reclaim:
		w.toNode(a.Worker, a)
	case sched.Replicate:
		w.toNode(a.Worker, a)
	case sched.Dismiss:
		w.toNode(a.Worker, a)
	case sched.Place:
		w.toClient(a.Client, a)
	case sched.Coordinated:
		w.answered(a.Answer)
		w.toClient(a.Client, a)
	case sched.Ready:
		w.toClient(a.Client, a)
	case sched.Lost:
		w.toClient(a.Client, a)
	case sched.Erred:
		w.toClient(a.Client, a)
	case sched.Answer:
		w.toClient(a.Client, a)
	case sched.Invoke:
		w.toNode(a.Worker, a)
	}
}
