package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// Config is the size of a simulation. Zero values have defaults.
type Config struct {
	Seed    uint64
	Workers int           // default 2 to 6
	Things  int           // nodes of the universe; default 10 to 80
	Clients int           // default 1 to 3
	Trouble time.Duration // for how long things go wrong; default 5 s
	Checks  int           // the invariants are checked in one step of so many; default 1
	Trace   func(string)  // called with every line of the trace
}

// Result is what came of a simulation.
type Result struct {
	Hash     uint64 // of the trace: what was done to whom, when
	Steps    int    // of all machines
	Time     time.Duration
	Executed int // executions that ended with a value
	Fetched  int64
	Inlined  int // values that came with what was said of them
	Crashes  int
	Cuts     int
	Ready    int // values that clients got and checked
	Erred    int // keys that rightly erred
	Stealing sched.Stealing

	Comebacks int // executions that seceded and came back
	Replicas sched.Replicas
}

// A world is a simulated cluster.
type world struct {
	clock
	rng     *rand.Rand
	cfg     Config
	things  universe
	byKey   map[graph.Key]int
	m       *sched.Machine
	run     uint32
	nodes   []*node // all that ever were
	byID    map[sched.WorkerID]*node
	lastID  sched.WorkerID
	clients []*client // all that ever were
	calm    bool      // nothing goes wrong any more
	trace   trace
	res     Result
	err     error
}

// Run simulates one cluster. The error says what invariant broke, with the end
// of the trace.
func Run(cfg Config) (Result, error) {
	w := newWorld(cfg)
	w.start()
	w.until(w.cfg.Trouble)
	w.settleDown()
	w.until(w.now+2*time.Minute, w.satisfied)
	w.verify()
	w.verifyBalance()
	w.releaseAll()
	w.until(w.now + 3*time.Second)
	w.verifyEmpty()
	w.res.Hash, w.res.Time = w.trace.hash.Sum64(), w.now
	if w.err != nil {
		return w.res, fmt.Errorf("seed %d at %v: %w\n%s", cfg.Seed, w.now, w.err, w.trace.tail())
	}
	return w.res, nil
}

func newWorld(cfg Config) *world {
	w := &world{rng: rand.New(rand.NewPCG(cfg.Seed, 0x5eed)), byID: map[sched.WorkerID]*node{}, byKey: map[graph.Key]int{}}
	pick := func(v *int, lo, hi int) {
		if n := lo + w.rng.IntN(hi-lo+1); *v == 0 {
			*v = n
		}
	}
	pick(&cfg.Workers, 2, 6)
	pick(&cfg.Things, 10, 80)
	pick(&cfg.Clients, 1, 3)
	if cfg.Trouble == 0 {
		cfg.Trouble = 5 * time.Second
	}
	cfg.Checks = max(1, cfg.Checks)
	w.cfg = cfg
	w.trace.init(cfg.Trace)
	w.things = newUniverse(w.rng, cfg.Things)
	for i, t := range w.things {
		w.byKey[t.key] = i
	}
	w.m = sched.New(sched.Config{KeepCopies: 300 * time.Millisecond, NoWorkerTimeout: 10 * time.Second, Story: 1 << 14})
	return w
}

func (w *world) start() {
	for k := range w.cfg.Workers {
		w.spawn(k%2 == 0)
	}
	for range w.cfg.Clients {
		w.connect()
	}
	w.every(200*time.Millisecond, func() { w.toSched(sched.Tick{At: w.now}) })
	w.after(w.delay(), w.goWrong)
}

// every does f again and again.
func (w *world) every(d time.Duration, f func()) {
	w.after(d, func() { f(); w.every(d, f) })
}

// until lets time pass, up to a time or until something is so.
func (w *world) until(end time.Duration, so ...func() bool) {
	for w.err == nil && len(w.heap) > 0 && w.heap[0].at <= end {
		w.next()
		if len(so) > 0 && so[0]() {
			return
		}
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
	if w.rng.IntN(50) == 0 {
		d *= 100
	}
	return d
}

func (w *world) chance(percent int) bool { return w.rng.IntN(100) < percent }

// toSched gives the scheduler an event, now, and does what it says.
func (w *world) toSched(e sched.Event) {
	if w.err != nil {
		return
	}
	w.res.Steps++
	w.trace.event(w.now, e)
	actions, err := w.step(e)
	if err != nil {
		w.fail("scheduler: %w", err)
		return
	}
	w.checkDismissals(actions)
	for _, a := range actions {
		w.trace.action(w.now, a)
		w.perform(a)
	}
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
	case sched.Ready:
		w.toClient(a.Client, a)
	case sched.Lost:
		w.toClient(a.Client, a)
	case sched.Erred:
		w.toClient(a.Client, a)
	}
}
