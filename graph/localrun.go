package graph

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// A localRun is one execution of a graph by a Local.
type localRun struct {
	g       *Graph
	inputs  []localInput
	claims  []*localHeld // held while the run may need them
	kernels []localKernel

	literals List // likewise

	tasks []localTask
	next  []uint32 // dependants of each task, ascending; see localTask.nextEnd
	roots []uint32 // tasks that depend on no task, ascending

	_     [64]byte
	root  atomic.Int64 // how many of roots were taken; may exceed their number
	_     [56]byte
	state atomic.Int32 // runState
	done  atomic.Int64 // tasks, as far as workers said so

	workers []localWorker
	parking parking
	started sync.WaitGroup // of workers

	mu  sync.Mutex
	err error // guarded by mu until all workers have ended
}

// The states of a run.
const (
	runGoing int32 = iota
	runDone
	runFailed
)

// A localTask is what changes about a task, on half a cache line.
type localTask struct {
	value   Value        // written once before dependants are ready, cleared by the last
	waiting atomic.Int32 // dependencies not yet there
	users   atomic.Int32 // dependants not yet run, plus outputs
	nextEnd uint32       // end of its dependants in localRun.next
}

// A localInput is an input of the graph: a value, or one that this Local keeps
// or is about to.
type localInput struct {
	value Value
	held  *localHeld // if value is nil
}

// A localKernel is the op of a class, or why there is none.
type localKernel struct {
	cpu Kernel
	err error
}

func (l *Local) newRun(g *Graph) (*localRun, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	r := &localRun{g: g}
	if err := r.claim(l); err != nil {
		return nil, err
	}
	r.kernels = make([]localKernel, len(g.Classes))
	for i, c := range g.Classes {
		op, err := Lookup(c.Op)
		if err != nil {
			r.kernels[i].err = err
			continue
		}
		r.kernels[i].cpu = op.CPU
	}
	r.link()
	threads := l.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	r.hire(min(threads, max(1, g.Len())))
	return r, nil
}

// claim takes hold of the inputs for as long as the run may need them.
func (r *localRun) claim(l *Local) error {
	r.inputs = make([]localInput, len(r.g.Inputs))
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, in := range r.g.Inputs {
		if in.Value != nil {
			in.Value.Retain()
			r.literals = append(r.literals, in.Value)
			r.inputs[i].value = in.Value
			continue
		}
		h := l.held[in.Key]
		if h == nil {
			r.literals.Release()
			for _, c := range r.claims {
				c.refs-- // the lock is held, and another user keeps it above 0
			}
			return fmt.Errorf("graph: %w: %v is not held by this runner", ErrUnknownKey, in.Key)
		}
		h.refs++
		r.claims = append(r.claims, h)
		r.inputs[i].held = h
	}
	return nil
}

func (r *localRun) releaseInputs() {
	for _, h := range r.claims {
		h.Release()
	}
	r.literals.Release()
}

// link fills the columns that say who waits for whom.
func (r *localRun) link() {
	n := r.g.Len()
	r.tasks = make([]localTask, n)
	edges := 0
	for i := range n {
		waiting := int32(0)
		for _, d := range r.g.TaskDeps(i) {
			if !d.Ref.IsInput() {
				waiting++
				r.tasks[d.Ref.Index()].nextEnd++ // a count, for now
			}
		}
		edges += int(waiting)
		r.tasks[i].waiting.Store(waiting)
		if waiting == 0 {
			r.roots = append(r.roots, uint32(i))
		}
	}
	begin := uint32(0)
	for i := range r.tasks {
		t := &r.tasks[i]
		t.users.Store(int32(t.nextEnd))
		begin, t.nextEnd = begin+t.nextEnd, begin // where the next dependant goes
	}
	r.next = make([]uint32, edges)
	for i := range n {
		for _, d := range r.g.TaskDeps(i) {
			if !d.Ref.IsInput() {
				t := &r.tasks[d.Ref.Index()]
				r.next[t.nextEnd] = uint32(i)
				t.nextEnd++
			}
		}
	}
	for _, o := range r.g.Outputs {
		r.tasks[o.Task].users.Add(1)
	}
}

// dependants of a task, ascending.
func (r *localRun) dependants(i uint32) []uint32 {
	begin := uint32(0)
	if i > 0 {
		begin = r.tasks[i-1].nextEnd
	}
	return r.next[begin:r.tasks[i].nextEnd]
}

// run executes the graph and returns the value of each output, each a
// reference of the caller's.
func (r *localRun) run(ctx context.Context) ([]Value, error) {
	if r.g.Len() > 0 {
		stop := context.AfterFunc(ctx, func() { r.fail(ctx.Err()) })
		for i := range r.workers {
			r.workers[i].ctx = ctx
		}
		r.parking.wake()
		r.started.Wait()
		stop()
	}
	r.mu.Lock() // an AfterFunc may still be at it
	err := r.err
	r.mu.Unlock()
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		for i := range r.tasks {
			if v := r.tasks[i].value; v != nil {
				v.Release()
			}
		}
		return nil, err
	}
	out := make([]Value, len(r.g.Outputs))
	for i, o := range r.g.Outputs {
		out[i] = r.tasks[o.Task].value // link counted one user for each output
		out[i].Retain()
	}
	for _, o := range r.g.Outputs {
		r.drop(int(o.Task))
	}
	return out, nil
}

// fail ends the run with an error if it is still going.
func (r *localRun) fail(err error) {
	r.mu.Lock()
	if r.state.CompareAndSwap(runGoing, runFailed) {
		r.err = err
	}
	r.mu.Unlock()
	r.parking.wakeAll()
}

// drop takes one user from task i and releases its value with the last.
func (r *localRun) drop(i int) {
	if t := &r.tasks[i]; t.users.Add(-1) == 0 {
		v := t.value
		t.value = nil
		v.Release()
	}
}

// idle reports whether there is nothing that a worker could take.
func (r *localRun) idle() bool {
	if r.root.Load() < int64(len(r.roots)) {
		return false
	}
	for i := range r.workers {
		if r.workers[i].ready.size() > 0 {
			return false
		}
	}
	return true
}
