package sim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// A node is a worker process: the real machine, with a store and threads that
// take virtual time.
type node struct {
	w      *world
	number int
	gpu    bool
	slow   int // how many times slower than it should be
	id     sched.WorkerID
	link   *link // nil while it is not connected
	m      *worker.Machine
	store  map[worker.Item]datum
	mem    memory
	paused bool
	told   bool // to pause, until it is told otherwise
	dead   bool
	hung   bool
	inbox  []worker.Event // while it hangs

	comebacks map[execID]func()     // executions that wait for a slot
	acting    map[graph.TaskID]bool // actors that are being called
	actors    map[graph.TaskID]bool // all that were made here
	stopped   map[execID]bool       // executions whose context has ended
}

const cpuLane, gpuLane = 0, 1

// spawn starts a worker process, with a GPU or without.
func (w *world) spawn(gpu bool) {
	n := &node{w: w, number: len(w.nodes) + 1, gpu: gpu, slow: 1, mem: w.newMemory(), store: map[worker.Item]datum{},
		comebacks: map[execID]func(){}, stopped: map[execID]bool{}, acting: map[graph.TaskID]bool{}, actors: map[graph.TaskID]bool{}}
	if w.fate.IntN(100) < 15 && w.faults&Slow != 0 && !w.calm {
		n.slow = 20
	}
	lanes := []worker.Lane{{Name: "cpu", Slots: 1 + w.fate.IntN(3)}}
	if n.gpu {
		lanes = append(lanes, worker.Lane{Name: "gpu", Slots: 1})
	}
	n.m = worker.New(worker.Config{Lanes: lanes, Memory: n.mem.limit, SpillAbove: spillAbove, SpillTo: spillTo, PeerRetries: w.fate.IntN(4) - 1, FetchItems: 1 + w.fate.IntN(4), Ahead: 2})
	w.nodes = append(w.nodes, n)
	w.after(w.delay(), func() { n.join(lanes[0].Slots) })
	n.tick()
}

// tick tells the machine the time, as its server does.
func (n *node) tick() {
	if !n.dead {
		n.step(worker.Tick{At: n.w.now, Room: n.room()})
		n.w.after(50*time.Millisecond, n.tick)
	}
}

// room is that for results: every other second three quarters of the memory.
func (n *node) room() int64 {
	return n.mem.limit - n.mem.limit/4*int64(n.w.now/time.Second%2)
}

// join connects the process as a new worker.
func (n *node) join(threads int) {
	if n.dead || n.link != nil {
		return
	}
	if len(n.store) > 0 {
		n.w.fail("worker process %d starts afresh with %d values", n.number, len(n.store))
	}
	n.w.lastID++
	n.id, n.link = n.w.lastID, &link{w: n.w}
	n.w.byID[n.id] = n
	e := sched.WorkerJoined{Worker: n.id, Name: fmt.Sprintf("w%d", n.number), Host: fmt.Sprintf("h%d", n.number), Threads: threads, Memory: n.mem.limit}
	if n.gpu {
		e.Resources = graph.Resources{{Name: graph.GPU, Milli: 1000}}
	}
	l := n.link
	l.up = n.w.now + n.w.delay()
	l.joined = l.up
	n.w.at(l.up, func() { e.At = n.w.now; n.w.toSched(e) })
	n.heartbeat(l)
}

func (n *node) heartbeat(l *link) {
	if n.dead || n.link != l {
		return
	}
	if !n.hung {
		e := sched.WorkerStatus{Worker: n.id, Managed: n.m.Managed(), Spilled: n.m.OnDisk(), Paused: n.paused, Running: n.m.Running()}
		l.report(func() sched.Event { e.At = n.w.now; return e })
	}
	n.w.after(100*time.Millisecond, func() { n.heartbeat(l) })
}

// hear takes what the scheduler says.
func (n *node) hear(a sched.Action) {
	now := n.w.now
	switch a := a.(type) {
	case sched.Assign:
		e := worker.Assign{At: now}
		for _, t := range a.Tasks {
			e.Tasks = append(e.Tasks, n.task(t))
		}
		n.step(e)
	case sched.Abort:
		n.step(worker.Abort{At: now, Task: a.Task, Attempt: a.Attempt})
	case sched.Free:
		n.step(worker.Free{At: now, Tasks: a.Tasks, Heard: a.Heard})
	case sched.Reclaim:
		n.step(worker.Reclaim{At: now, Task: a.Task, Attempt: a.Attempt})
	case sched.Replicate:
		n.step(worker.Replicate{At: now, Items: dependencies(a.Items)})
	case sched.Invoke:
		n.step(worker.Call{At: now, Task: a.Task, Call: a.Call, Method: a.Method, Arg: a.Arg})
	case sched.Dismiss:
		n.die("retired", true)
	}
}

func (n *node) task(a sched.Assignment) worker.Task {
	t := worker.Task{ID: a.Task, Attempt: a.Attempt, Class: a.Graph.TaskClass(int(a.Task.Index())), Attr: a.Graph.TaskAttr(int(a.Task.Index()))}
	if len(t.Class.Spec.Resources) > 0 {
		t.Lane = gpuLane
		if !n.gpu && t.Class.Spec.Yields {
			t.Lane = cpuLane
		} else if !n.gpu {
			n.w.fail("worker %d has no GPU, and is given %v", n.id, a.Task)
			t.Lane = cpuLane
		}
	}
	t.Deps = dependencies(a.Deps)
	return t
}

// step gives the machine an event and does what it says.
func (n *node) step(e worker.Event) {
	if n.dead || n.w.err != nil {
		return
	}
	if n.hung {
		n.inbox = append(n.inbox, e)
		return
	}
	n.w.res.Steps++
	n.w.trace.node(n.w.now, n, e)
	actions, err := n.try(e)
	n.w.trace.mix(uint64(n.number), uint64(len(actions)))
	if err != nil {
		n.w.fail("worker process %d after %T: %w", n.number, e, err)
		return
	}
	for _, a := range actions {
		n.perform(a)
	}
	n.watch()
	n.rejoin()
}

// rejoin connects the process again, once nothing of before is under way.
func (n *node) rejoin() {
	if n.link == nil && n.m.Drained() && n.mem.disk.writing == 0 {
		n.w.after(n.w.delay(), func() { n.join(2) })
	}
}

func (n *node) try(e worker.Event) (as []worker.Action, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(err, fmt.Errorf("panic: %v", p))
		}
	}()
	as = slices.Clone(n.m.Step(e))
	if n.w.res.Steps%n.w.cfg.Checks == 0 {
		err = n.m.Check()
	}
	return as, err
}

func (n *node) perform(a worker.Action) {
	if n.performSlot(a) {
		return
	}
	switch a := a.(type) {
	case worker.Fetch:
		n.fetch(a)
	case worker.Run:
		n.execute(a.Task)
	case worker.Drop:
		n.drop(a.Item)
	case worker.Spill:
		n.spill(a)
	case worker.Starve:
		n.starve()
	case worker.Relieved:
		n.mem.pleaded = false
		n.feed()
	default:
		n.tell(a)
	}
}

// tell reports to the scheduler, if the process is connected.
func (n *node) tell(a worker.Action) {
	if n.link == nil {
		return
	}
	id, w, small := n.id, n.w, n.small(a)
	n.link.report(func() sched.Event {
		switch a := a.(type) {
		case worker.Report:
			e := sched.Finished{At: w.now, Worker: id}
			for _, r := range a.Tasks {
				e.Tasks = append(e.Tasks, sched.Done(r))
				e.Inline = append(e.Inline, small[r.Task])
			}
			return e
		case worker.ReportFailed:
			return sched.Failed{At: w.now, Worker: id, Task: a.Task, Attempt: a.Attempt, Err: a.Err}
		case worker.ReportMissing:
			e := sched.Missing{At: w.now, Worker: id, Task: a.Task, Attempt: a.Attempt, Dep: a.Dep}
			for _, h := range a.Holders {
				e.Holders = append(e.Holders, sched.WorkerID(h))
			}
			return e
		case worker.ReportUncopied:
			return sched.Uncopied{At: w.now, Worker: id, Tasks: a.Tasks}
		case worker.ReportYielded:
			return sched.Yielded{At: w.now, Worker: id, Task: a.Task, Attempt: a.Attempt, OK: a.OK}
		case worker.ReportReplicas:
			return sched.Replicated{At: w.now, Worker: id, Tasks: a.Tasks, Number: a.Number}
		}
		if e := slotEvent(w.now, id, a); e != nil {
			return e
		}
		panic(fmt.Sprintf("sim: unknown action %T", a))
	})
}

// execute runs a task on the values in the store.
func (n *node) execute(t *worker.Task) {
	if t.Class.Op == actorOp {
		n.makeActor(t)
		return
	}
	i := uint32(thingAt(t.Attr))
	th := n.w.things[i]
	var in []uint64
	for _, d := range t.Deps {
		v, has := n.store[d.Item]
		if d.Inline != nil {
			in = append(in, partOf(n.w.decode(string(d.Inline)), d.Part))
			n.w.res.Inlined++
			continue
		}
		if whole, h := n.store[worker.Item{Task: d.Task, Part: -1}]; h {
			v, has = whole.part(d.Part), true
		}
		if !has {
			n.w.fail("worker process %d runs %v without %v", n.number, t.ID, d.Item)
		}
		in = append(in, v.value)
	}
	took := th.took * time.Duration(n.slow)
	ended := n.read(t)
	n.allocate(th.bytes, func() {
		n.spend(t, th, took, func() {
			ended()
			n.freed(th.bytes)
			n.end(t, i, in, took)
		})
	})
}

// end ends an execution, as its thing does.
func (n *node) end(t *worker.Task, i uint32, in []uint64, took time.Duration) {
	id, attempt, th := t.ID, t.Attempt, n.w.things[i]
	th.runs++
	delete(n.stopped, execID{id, attempt})
	switch now := n.w.now; {
	case n.dead:
	case th.poison:
		n.die(fmt.Sprintf(killedBy, i), false)
	case th.temper.restless > 0:
		th.temper.restless--
		n.step(worker.Failed{At: now, Task: id, Attempt: attempt, Err: &graph.TaskError{Kind: graph.KindReschedule}})
	case th.bad || th.runs <= th.flaky:
		n.step(worker.Failed{At: now, Task: id, Attempt: attempt, Err: &graph.TaskError{Message: "as it must"}})
	default:
		n.w.res.Executed++
		n.put(worker.Item{Task: id, Part: -1}, datum{compute(i, in), th.bytes})
		n.step(worker.Done{At: now, Task: id, Attempt: attempt, Bytes: th.bytes, Took: took})
	}
}

// put stores a value; the first one stays.
func (n *node) put(it worker.Item, v datum) {
	if old, has := n.store[it]; has && old != v {
		n.w.fail("worker process %d has two values of %v", n.number, it)
	}
	n.store[it] = v
}
