package server

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
)

// cpuLane is the lane of the threads; those behind it have one device each.
const cpuLane = 0

// ahead is how many brief tasks are started for each thread beyond the one that
// it runs. With 32 in all a thread finds the next one without waking the loop.
const ahead = 31

// wakeEvery is for how many executions that follow at once the loop is woken.
const wakeEvery = 8

// A lane runs executions, each thread one at a time.
type lane struct {
	name   string
	device *gpu.Lane // nil: CPU threads
	slots  int
	queue  chan *execution // has room for as many as the machine starts at once
}

// An execution is one run of a task. It is the letter that says that it ended.
type execution struct {
	task *worker.Task
	life life
	ctx  context.Context // of the function: life, and what hosts it

	value graph.Value // if err is nil; a reference
	err   error
	took  time.Duration
	peak  int64 // bytes that it had allocated at most

	thread
	deadline atomic.Int64 // of the task's own time-out, in Unix ns; 0 is none
	seat
}

var _ graph.Host = (*execution)(nil)

func newLanes(o Options) []*lane {
	ls := []*lane{{name: "cpu", slots: o.Threads}}
	for _, d := range o.Lanes {
		ls = append(ls, &lane{name: d.Name(), device: d, slots: 1})
	}
	for _, l := range ls {
		l.queue = make(chan *execution, l.slots*(1+ahead))
	}
	return ls
}

// laneOf chooses the lane of a task: devices in turn for what asks for one and
// has a kernel for it.
func (l *loop) laneOf(t *worker.Task) int {
	devices := len(l.lanes) - 1
	if devices == 0 || t.Class.Spec.Resources.Milli(graph.GPU) == 0 || !graph.HasGPU(t.Class.Op, t.Attr) {
		return cpuLane
	}
	l.nextLane++
	return 1 + l.nextLane%devices
}

// execute hands a task to its lane.
func (l *loop) execute(t *worker.Task) {
	x := &execution{task: t}
	x.ctx = graph.WithHost(&x.life, x)
	l.execs[execID{t.ID, t.Attempt}] = x
	l.lanes[t.Lane].queue <- x
}

func (l *loop) stop(a worker.Stop) {
	x := l.execs[execID{a.Task, a.Attempt}]
	if x == nil {
		panic(fmt.Sprintf("worker: the machine stops task %v, attempt %d, which does not run", a.Task, a.Attempt))
	}
	x.life.end(graph.ErrCancelled)
}

// deliver puts the result into the store and tells the machine.
func (x *execution) deliver(l *loop) {
	t := x.task
	x.life.end(context.Canceled)
	delete(l.execs, execID{t.ID, t.Attempt})
	l.tasksRun++
	l.out.awaited = l.out.awaited || t.Awaited
	if x.err != nil {
		te := *graph.AsTaskError(x.err, t.Class.Op)
		te.Worker = l.o.Name
		l.step(worker.Failed{At: l.now(), Task: t.ID, Attempt: t.Attempt, Err: &te})
		return
	}
	bytes := x.value.Bytes()
	if l.store.Put(store.Item{Task: t.ID, Part: -1}, x.value) {
		l.fresh = x.value // else it is gone: the one that came first stays
	}
	l.step(worker.Done{At: l.now(), Task: t.ID, Attempt: t.Attempt, Bytes: bytes, Peak: x.peak, Took: x.took})
	l.fresh = nil
}

// A crew is the threads of all lanes.
type crew struct {
	o      Options
	store  *store.Store
	box    *mailbox
	shared *graph.Shared
	home   bool // inputs may be on a device
	all    sync.WaitGroup
}

func (c *crew) start(ls []*lane) {
	for _, l := range ls {
		for range l.slots {
			c.hire(l)
		}
	}
}

func (c *crew) hire(l *lane) {
	c.all.Add(1)
	go c.work(l)
}

// work executes what comes until the queue is closed, or until an execution
// leaves the crew. A function that ends its
// goroutine (runtime.Goexit, as testing.T.FailNow does) ends only its task.
func (c *crew) work(l *lane) {
	defer c.all.Done()
	var x *execution
	defer func() {
		if x != nil {
			_, left := x.end()
			x.err = &graph.TaskError{Kind: graph.KindPanic, Op: x.task.Class.Op, Message: "the function ended its goroutine", Stack: string(debug.Stack())}
			c.box.put(x)
			if !left {
				c.hire(l)
			}
		}
	}()
	scope, self, runs := c.store.NewScope(), goroutineID(), 0
	for x = range l.queue {
		x.goroutine.Store(self)
		left := c.run(l, x, scope)
		if x.peak = scope.Peak(); x.peak > 0 {
			scope = c.store.NewScope()
		}
		// The loop is woken when there is nothing more to do, for what is awaited
		// elsewhere, or for several at once; what it is not woken for it finds
		// at its next tick.
		if runs++; left || len(l.queue) == 0 || x.task.Awaited || runs%wakeEvery == 0 {
			c.box.put(x)
		} else {
			c.box.add(x)
		}
		x = nil
		if left {
			return
		}
	}
}

// run executes x and reports whether x has left the crew.
func (c *crew) run(l *lane, x *execution, scope *store.Scope) (left bool) {
	x.begin(c, l, scope)
	start := time.Now()
	if x.err = x.ctx.Err(); x.err == nil {
		x.value, x.err = c.call(l, x, scope)
	}
	x.took = time.Since(start)
	absence, left := x.end()
	x.took -= absence
	return left
}

// call runs the kernel of a task on its inputs.
func (c *crew) call(l *lane, x *execution, scope *store.Scope) (v graph.Value, err error) {
	t := x.task
	op, err := graph.Lookup(t.Class.Op)
	if err != nil {
		return nil, err
	}
	ctx := x.ctx
	if d := t.Class.Spec.Timeout; d > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, d, graph.ErrTimeout)
		x.deadline.Store(time.Now().Add(d).UnixNano())
		defer cancel()
	}
	scope.Begin(ctx)
	defer func() {
		x.close()
		err = explainMemory(ctx, t, scope.End(), err)
	}()
	ctx = kernels.WithAllocator(ctx, scope)
	in, err := c.inputs(l, x, scope)
	defer in.Release()
	if err != nil {
		return nil, err
	}
	k := &graph.Call{Attr: t.Attr, In: in, Threads: 1}
	if l.device != nil {
		v, err = l.device.Run(ctx, op, k)
	} else {
		v, err = graph.Execute(ctx, op.Name, op.CPU, k)
	}
	if err != nil {
		return nil, err
	}
	if err := stays(t, v); err != nil {
		v.Release()
		return nil, fmt.Errorf("op %q: result: %w", op.Name, err)
	}
	if !scope.Admit(v) {
		n := v.Bytes()
		v.Release()
		return nil, fmt.Errorf("op %q: %w: its result of %d bytes does not fit", op.Name, graph.ErrMemory, n)
	}
	return v, nil
}

// inputs returns the values of the dependencies, leased.
func (c *crew) inputs(l *lane, x *execution, scope *store.Scope) (graph.List, error) {
	if len(x.task.Deps) == 0 {
		return nil, nil
	}
	in := make(graph.List, 0, len(x.task.Deps))
	for i := range x.task.Deps {
		d := &x.task.Deps[i]
		v, err := c.input(d, x, scope)
		if err != nil {
			return in, err
		}
		if c.home && l.device == nil {
			host, err := gpu.ToHost(scope, v)
			v.Release()
			if err != nil {
				return in, fmt.Errorf("input %v: %w", d.Task, err)
			}
			v = host
		}
		in = append(in, v)
	}
	return in, nil
}

// input returns the value of d, leased. Small ones came with the task.
func (c *crew) input(d *worker.Dep, x *execution, scope *store.Scope) (graph.Value, error) {
	if d.Inline != nil {
		return inlined(d, scope)
	}
	v, err := c.store.Get(store.Item(d.Item))
	if err == nil {
		return v, nil
	}
	if err := x.ctx.Err(); err != nil {
		return nil, err // everything was reset meanwhile
	}
	if errors.Is(err, store.ErrAbsent) {
		return nil, noPart(d)
	}
	return nil, fmt.Errorf("input %v: %w", d.Task, err)
}

func inlined(d *worker.Dep, scope *store.Scope) (graph.Value, error) {
	whole, err := wire.FromInline(d.Inline, scope)
	if err != nil || d.Part < 0 {
		return whole, err
	}
	defer whole.Release()
	v, err := graph.PartOf(whole, d.Part)
	if err != nil {
		return nil, noPart(d)
	}
	v.Retain()
	return v, nil
}

func noPart(d *worker.Dep) error {
	return fmt.Errorf("input %v, part %d, is not what the task needs: its value has no such part", d.Task, d.Part)
}

// explainMemory makes the error of a task that was refused memory say so: a
// library may have returned another, or panicked. refused is what the scope
// says.
func explainMemory(ctx context.Context, t *worker.Task, refused, err error) error {
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case refused != nil:
		return fmt.Errorf("%s: %w (inputs %s; expected result %d bytes and scratch %d bytes)",
			t.Class.Name(), refused, inputBytes(t), t.Class.Cost.Output, t.Class.Cost.Scratch)
	case errors.Is(err, kernels.ErrMemory):
		return fmt.Errorf("%w: %w", graph.ErrMemory, err)
	}
	return err
}

func inputBytes(t *worker.Task) string {
	var n int64
	for _, d := range t.Deps {
		n += d.Bytes
	}
	return fmt.Sprintf("%d bytes in %d values", n, len(t.Deps))
}
