package sim

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// A Cluster is what Scale simulates: equal workers on one switch that is never
// the bottleneck. Zero values have defaults.
type Cluster struct {
	Workers   int
	Threads   int           // of each worker; default 1
	Bandwidth float64       // of each worker's connection, each way, bytes a second; default 25 Gbit/s
	Latency   time.Duration // of each message, one way; default 50 µs
	// Decide is what the scheduler needs for each task that a message names;
	// default 1 µs. It does one thing at a time.
	Decide time.Duration
	// Gap is how long a report waits for company while its worker is busy; default
	// 0. What is awaited elsewhere does not wait.
	Gap   time.Duration
	Sched sched.Config // its Bandwidth and Latency are set to the true ones if they are 0
}

// Outcome is what came of one load on one cluster.
type Outcome struct {
	Makespan  time.Duration // from the submission to the last result
	Critical  time.Duration // the longest path through the graph, without transfers
	Share     time.Duration // all work, divided by all threads
	Moved     int64         // bytes fetched from other workers
	Fetched   int           // values, or parts of them
	Busiest   time.Duration // work of the worker that had most
	Decisions time.Duration // for how long the scheduler was busy
	Stealing  sched.Stealing
}

// Bound is what no cluster of that size can be faster than.
func (o Outcome) Bound() time.Duration { return max(o.Critical, o.Share) }

// Ratio is the makespan divided by the bound: 1 is perfect.
func (o Outcome) Ratio() float64 { return float64(o.Makespan) / float64(o.Bound()) }

// Imbalance is the work of the busiest worker divided by the mean.
func (o Outcome) Imbalance(c Cluster) float64 {
	return float64(o.Busiest) / float64(c.withDefaults().Threads) / float64(max(1, o.Share))
}

func (c Cluster) withDefaults() Cluster {
	c.Threads = cmp.Or(c.Threads, 1)
	c.Bandwidth = cmp.Or(c.Bandwidth, 25e9/8)
	c.Latency = cmp.Or(c.Latency, 50*time.Microsecond)
	c.Decide = cmp.Or(c.Decide, time.Microsecond)
	c.Sched.Bandwidth = cmp.Or(c.Sched.Bandwidth, c.Bandwidth)
	c.Sched.Latency = cmp.Or(c.Sched.Latency, 2*c.Latency)
	return c
}

// Scale runs a load on a cluster where nothing goes wrong, with the real
// scheduler and the real workers' machines, and measures it.
func Scale(c Cluster, l *Load) (Outcome, error) {
	if c.Workers < 1 {
		return Outcome{}, fmt.Errorf("sim: a cluster of %d workers: there must be one at least", c.Workers)
	}
	p := &plant{c: c.withDefaults(), load: l, m: sched.New(c.withDefaults().Sched)}
	p.out.Critical, p.out.Share = l.critical(), l.work()/time.Duration(c.Workers*p.c.Threads)
	for k := range c.Workers {
		p.hire(k)
	}
	p.hear(sched.ClientJoined{Client: 1})
	p.tick()
	begin := p.now
	p.post(1, func() sched.Event { return sched.Submit{At: p.now, Client: 1, Run: 1, Graph: l.Graph} })
	for p.left = len(l.Graph.Outputs); p.left > 0 && p.err == nil; {
		if p.now > begin+1000*(p.out.Bound()+time.Second) {
			return p.out, fmt.Errorf("sim: %s on %d workers is stuck: %v", l.Name, c.Workers, p.m.Info().Tasks)
		}
		p.next()
	}
	p.out.Makespan = p.now - begin
	for _, h := range p.hands {
		p.out.Busiest = max(p.out.Busiest, h.worked)
	}
	p.out.Stealing = p.m.Info().Stealing
	return p.out, p.err
}

// A plant is a cluster at work.
type plant struct {
	clock
	c     Cluster
	load  *Load
	m     *sched.Machine
	free  time.Duration // when the scheduler has acted on all that it was told
	hands []*hand       // by WorkerID - 1
	left  int           // outputs that are not there yet
	out   Outcome
	err   error
}

func (p *plant) tick() {
	p.post(0, func() sched.Event { return sched.Tick{At: p.now} })
	p.after(100*time.Millisecond, p.tick)
}

// post brings an event to the scheduler, which names so many tasks.
func (p *plant) post(tasks int, e func() sched.Event) {
	p.after(p.c.Latency, func() {
		need := time.Duration(tasks) * p.c.Decide
		p.free = max(p.free, p.now) + need
		p.out.Decisions += need
		p.at(p.free, func() { p.hear(e()) })
	})
}

// hear gives the scheduler an event, and what it says to the workers.
func (p *plant) hear(e sched.Event) {
	for _, a := range slices.Clone(p.m.Step(e)) {
		switch a := a.(type) {
		case sched.Assign:
			p.tell(a.Worker, p.assignment(a))
		case sched.Free:
			p.tell(a.Worker, worker.Free{Tasks: a.Tasks, Heard: a.Heard})
		case sched.Abort:
			p.tell(a.Worker, worker.Abort{Task: a.Task, Attempt: a.Attempt})
		case sched.Reclaim:
			p.tell(a.Worker, worker.Reclaim{Task: a.Task, Attempt: a.Attempt})
		case sched.Replicate:
			p.tell(a.Worker, worker.Replicate{Items: dependencies(a.Items)})
		case sched.Ready:
			p.left--
		case sched.Erred:
			p.err = fmt.Errorf("sim: %s: %w", p.load.Name, a.Err)
		}
	}
}

func (p *plant) tell(to sched.WorkerID, e worker.Event) {
	p.after(p.c.Latency, func() { p.hands[to-1].step(p.dated(e)) })
}

// dated gives an event the time at which it arrives.
func (p *plant) dated(e worker.Event) worker.Event {
	switch e := e.(type) {
	case worker.Assign:
		e.At = p.now
		return e
	case worker.Free:
		e.At = p.now
		return e
	case worker.Abort:
		e.At = p.now
		return e
	case worker.Reclaim:
		e.At = p.now
		return e
	case worker.Replicate:
		e.At = p.now
		return e
	}
	panic(fmt.Sprintf("sim: unknown event %T", e))
}

func (p *plant) assignment(a sched.Assign) worker.Assign {
	var e worker.Assign
	for _, t := range a.Tasks {
		row := int(t.Task.Index())
		e.Tasks = append(e.Tasks, worker.Task{ID: t.Task, Attempt: t.Attempt, Class: t.Graph.TaskClass(row),
			Attr: t.Graph.TaskAttr(row), Deps: dependencies(t.Deps), Awaited: t.Awaited})
	}
	return e
}

// thing is which task of the load a task of the run is.
func (p *plant) thing(id graph.TaskID) int {
	return int(binary.LittleEndian.Uint32(p.load.Graph.TaskAttr(int(id.Index()))))
}
