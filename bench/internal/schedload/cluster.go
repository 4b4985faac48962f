package schedload

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// What the simulated workers are like.
const (
	threads = 2
	bytes   = 1000                  // of a result
	took    = 20 * time.Microsecond // one execution
	report  = 16                    // tasks in one message, at most
)

const client sched.ClientID = 1

// A Cluster is a scheduler and simulated workers.
type Cluster struct {
	machine *sched.Machine
	workers []worker         // by WorkerID; the first is nobody
	busy    []sched.WorkerID // who has tasks and is to report next, once each
	now     time.Duration
	step    time.Duration // of virtual time that one task takes the cluster
	runs    uint32

	answers []sched.Event // to what the scheduler asked workers in the last step

	left    int // outputs without a value
	done    int // tasks that were reported
	failure error
	audit   *audit // nil if nobody asked for one
}

// A worker has been given tasks that it has not reported. It runs as many as
// it has threads, the oldest ones.
type worker struct {
	given  []sched.Done
	queued bool // in Cluster.busy
}

// New returns a scheduler with so many workers of two threads.
func New(workers int) *Cluster {
	c := &Cluster{machine: sched.New(sched.Config{}), workers: make([]worker, workers+1)}
	c.step = max(1, took/time.Duration(workers*threads))
	for w := range workers {
		id := sched.WorkerID(w + 1)
		c.tell(sched.WorkerJoined{Worker: id, Name: fmt.Sprint("w", id), Host: fmt.Sprint("h", id), Threads: threads})
	}
	c.tell(sched.ClientJoined{Client: client})
	return c
}

// Submit gives the scheduler a graph. It must be the only one at work.
func (c *Cluster) Submit(g *graph.Graph) {
	c.runs++
	c.left, c.done = len(g.Outputs), 0
	if c.audit != nil {
		c.audit.begin(g)
	}
	c.tell(sched.Submit{At: c.now, Client: client, Run: c.runs, Graph: g})
}

// Finish has the workers report until about so many tasks of the graph are
// done, or, if that is all, until all outputs are there. It fails if the
// scheduler stops before that, or did what a worker cannot do.
func (c *Cluster) Finish(tasks int) error {
	for c.done < tasks && len(c.busy) > 0 && c.failure == nil {
		c.turn()
	}
	switch {
	case c.failure != nil:
		return c.failure
	case c.done < tasks:
		return fmt.Errorf("schedload: the scheduler is stuck: %d of %d tasks are done, %d outputs lack, states %v",
			c.done, tasks, c.left, c.machine.Info().Tasks)
	}
	return nil
}

// turn has the worker whose turn it is report its oldest tasks. Whoever has
// more goes to the end of the line.
func (c *Cluster) turn() {
	id := c.busy[0]
	c.busy = c.busy[1:]
	w := &c.workers[id]
	n := min(report, len(w.given))
	finished := w.given[:n:n]
	w.given = w.given[n:]
	if w.queued = len(w.given) > 0; w.queued {
		c.busy = append(c.busy, id)
	} else {
		w.given = nil // what is left of it is behind
	}
	c.now += c.step * time.Duration(n)
	c.done += n
	if c.audit != nil {
		c.audit.finish(finished)
	}
	c.tell(sched.Finished{At: c.now, Worker: id, Tasks: finished})
}

// tell hands an event to the scheduler, and then the workers' answers to what
// it asked them.
func (c *Cluster) tell(e sched.Event) {
	c.take(c.machine.Step(e))
	for i := 0; i < len(c.answers); i++ {
		c.take(c.machine.Step(c.answers[i]))
	}
	c.answers = c.answers[:0]
}

// take does what the scheduler asks.
func (c *Cluster) take(actions []sched.Action) {
	for _, a := range actions {
		switch a := a.(type) {
		case sched.Assign:
			c.assign(a)
		case sched.Reclaim:
			c.reclaim(a)
		case sched.Abort:
			c.abort(a)
		case sched.Ready:
			c.left--
		case sched.Free: // results are not simulated
		default:
			c.failure = fmt.Errorf("schedload: the scheduler asks for %T, which nothing here gives cause for: %+v", a, a)
		}
	}
}

func (c *Cluster) assign(a sched.Assign) {
	w := &c.workers[a.Worker]
	for i := range a.Tasks {
		t := &a.Tasks[i]
		if c.audit != nil {
			c.audit.assign(a.Worker, t)
		}
		w.given = append(w.given, sched.Done{Task: t.Task, Attempt: t.Attempt, Bytes: bytes, Took: took})
	}
	if !w.queued {
		w.queued = true
		c.busy = append(c.busy, a.Worker)
	}
}

// reclaim has the worker give a task back unless it runs or is done.
func (c *Cluster) reclaim(a sched.Reclaim) {
	at := c.find(a.Worker, a.Task, a.Attempt)
	ok := at >= threads
	if ok {
		c.takeBack(a.Worker, at)
	}
	c.answers = append(c.answers, sched.Yielded{At: c.now, Worker: a.Worker, Task: a.Task, Attempt: a.Attempt, OK: ok})
}

// abort has the worker forget a task: the only cause is that one before it, of
// which it was sent ahead, was given back.
func (c *Cluster) abort(a sched.Abort) {
	if at := c.find(a.Worker, a.Task, a.Attempt); at >= 0 {
		c.takeBack(a.Worker, at)
	} else if c.failure == nil {
		c.failure = fmt.Errorf("schedload: the scheduler aborts %v, attempt %d, which worker %d does not have", a.Task, a.Attempt, a.Worker)
	}
}

// find returns where a task is among those that a worker was given, or -1.
func (c *Cluster) find(w sched.WorkerID, t graph.TaskID, attempt uint32) int {
	return slices.IndexFunc(c.workers[w].given, func(d sched.Done) bool { return d.Task == t && d.Attempt == attempt })
}

func (c *Cluster) takeBack(id sched.WorkerID, at int) {
	w := &c.workers[id]
	if c.audit != nil {
		c.audit.holder[w.given[at].Task.Index()] = 0
	}
	w.given = slices.Delete(w.given, at, at+1)
}

// Memory is the bytes that the simulated workers take, at least.
func (c *Cluster) Memory() (bytes int) {
	for i := range c.workers {
		bytes += cap(c.workers[i].given) * int(unsafe.Sizeof(sched.Done{}))
	}
	return bytes
}

// Forget releases all outputs of g and reports what the scheduler still knows,
// which is nothing if all is well.
func (c *Cluster) Forget(g *graph.Graph) error {
	keys := make([]graph.Key, len(g.Outputs))
	for i, o := range g.Outputs {
		keys[i] = o.Key
	}
	c.tell(sched.Release{At: c.now, Client: client, Keys: keys})
	if c.left != 0 {
		return fmt.Errorf("schedload: of %d outputs %d were not reported, or too often", len(g.Outputs), c.left)
	}
	for state, n := range c.machine.Info().Tasks {
		if n != 0 {
			return fmt.Errorf("schedload: %d tasks are still %v when nobody wants them", n, state)
		}
	}
	return nil
}
