package sim

import (
	"reflect"
	"time"

	"github.com/ashlar-go/ashlar/sched"
)

// Config is the size of a simulation. Zero values are drawn from the seed,
// where nothing else is said.
type Config struct {
	Seed    uint64
	Workers int           // default 2 to 6
	Things  int           // nodes of the universe; default 10 to 80
	Clients int           // default 1 to 3
	Trouble time.Duration // for how long things go wrong; default 5 s
	Without Fault         // what does not go wrong, whatever the seed says
	Checks  int           // the invariants are checked in one step of so many; default 1
	Trace   func(string)  // called with every line of the trace

	// Break, if it is there, sees every event of the scheduler and may change
	// or swallow it, by returning nil: a test of the simulation breaks the
	// machine that way. It must depend on its argument alone.
	Break func(any) any
}

// Result is what came of a simulation. Its integers are counters: over many
// seeds none of them may stay 0.
type Result struct {
	Hash      uint64 // of all that was done, and when
	Faults    Fault  // what could go wrong
	Steps     int    // of all machines
	Time      time.Duration
	Executed  int // executions that ended with a value
	Fetched   int64
	Inlined   int // values that came with what was said of them
	Awaited   int // times that a peer looked if it had by now what it was asked for
	Crashes   int
	Cuts      int
	Away      int // times that a client was away and came back inside its lease
	Expired   int // times that it came back too late
	Spilled   int // values that were moved to disk
	Unwritten int // values that the disk did not take
	Lent      int // values that were served from a disk
	Pressed   int // times that a worker paused because its memory was full
	Short     int // times that executions waited for memory that nothing would free
	Starved   int // of these, that one went on without
	Dropped   int // scattered values that were never brought
	Ready     int // values that clients got and checked
	Erred     int // keys that rightly erred
	Stealing  sched.Stealing

	Locked    int // locks and permits that clients got
	Withdrawn int // requests for one, or at a queue, that were given up
	Revoked   int // permits whose lease was over
	Passed    int // items that went through queues
	Missed    int // messages that slow subscribers missed

	Published int // datasets
	Opened    int
	Forgotten int // times that work was fired and forgotten
	Restarts  int
	Convicted int // errors of things that killed their workers
	Believed  int // values that the scheduler rightly believed to be where they were looked for

	Comebacks int // executions that seceded and came back
	Calls     int // of actors, that were answered
	Bereft    int // calls and clients that were told that an actor is lost
	Replicas  sched.Replicas
}

// add adds every counter of o.
func (r *Result) add(o Result) {
	to, from := reflect.ValueOf(r).Elem(), reflect.ValueOf(o)
	addInts(to, from)
}

func addInts(to, from reflect.Value) {
	for i := range to.NumField() {
		switch f := to.Field(i); {
		case f.CanInt():
			f.SetInt(f.Int() + from.Field(i).Int())
		case f.Kind() == reflect.Struct:
			addInts(f, from.Field(i))
		}
	}
}

// counters does f for every counter, also for those that are parts of others.
func (r *Result) counters(f func(name string, n int64)) { eachInt("", reflect.ValueOf(r).Elem(), f) }

func eachInt(prefix string, v reflect.Value, f func(string, int64)) {
	for i := range v.NumField() {
		name := prefix + v.Type().Field(i).Name
		switch x := v.Field(i); {
		case x.CanInt():
			f(name, x.Int())
		case x.Kind() == reflect.Struct:
			eachInt(name+".", x, f)
		}
	}
}

func (c Config) drawn(w *world) Config {
	rng := w.stream("size")
	pick := func(v *int, lo, hi int) {
		if n := lo + rng.IntN(hi-lo+1); *v == 0 {
			*v = n
		}
	}
	pick(&c.Workers, 2, 6)
	pick(&c.Things, 10, 80)
	pick(&c.Clients, 1, 3)
	if c.Trouble == 0 {
		c.Trouble = 5 * time.Second
	}
	c.Checks = max(1, c.Checks)
	return c
}
