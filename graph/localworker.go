package graph

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// A localWorker is one thread of a run. It is started when there is work for
// it.
type localWorker struct {
	ready deque // what it readied and did not take itself

	run     *localRun
	ctx     context.Context
	started bool
	token   chan struct{} // wakes it
	done    int64         // tasks not yet counted in run.done
	seed    uint32        // where it steals first, next time

	in   []Value // of the call, used again for the next
	call Call
}

// glances is how often a worker without work looks round before it says so, to
// spare short handovers what that costs: the others read and write the counts
// too.
const glances = 64

// lookRound is how long a worker without work searches before it parks: about
// what parking and waking take.
const lookRound = 50 * time.Microsecond

// nearby is how many others a worker looks at before it takes a new root:
// beginning less keeps less in memory at once.
const nearby = 4

// mostStolen bounds what one worker takes from another at once.
const mostStolen = 16

// hire makes the workers, none of which runs yet.
func (r *localRun) hire(n int) {
	r.workers = make([]localWorker, n)
	for i := n - 1; i >= 0; i-- {
		w := &r.workers[i]
		w.ready.init()
		w.run, w.token, w.seed = r, make(chan struct{}, 1), rand.Uint32()
		r.parking.idle = append(r.parking.idle, w)
	}
	r.parking.parked.Store(int32(n))
}

// resume gets a worker going that was parked; it counts as searching already.
func (w *localWorker) resume() {
	if w.started {
		w.token <- struct{}{}
		return
	}
	w.started = true
	w.run.started.Go(w.work)
}

// errExited is the end of a run in which a task ended its goroutine.
var errExited = errors.New("graph: a task called runtime.Goexit, as testing.T.FailNow does; return an error instead")

func (w *localWorker) work() {
	ended := false
	defer func() {
		if !ended {
			w.run.fail(errExited)
		}
	}()
	for i, ok := w.search(); ok; i, ok = w.next() {
		w.runFrom(i)
	}
	ended = true
}

// runFrom runs a task, then one that it readied, and so on.
func (w *localWorker) runFrom(i uint32) {
	for ok := true; ok && w.run.state.Load() == runGoing; {
		v, err := w.execute(int(i))
		if err != nil {
			w.run.fail(err)
			return
		}
		i, ok = w.complete(i, v)
	}
}

// complete stores what task i yielded, drops what it used, and readies what
// waited for it. The first of that is for the worker itself, the rest for
// whoever comes first.
func (w *localWorker) complete(i uint32, v Value) (next uint32, ok bool) {
	r := w.run
	if t := &r.tasks[i]; t.users.Load() > 0 {
		t.value = v
	} else {
		v.Release()
	}
	shared := false
	dependants := r.dependants(i)
	for k := len(dependants) - 1; k >= 0; k-- { // so that the lowest is popped first
		if n := dependants[k]; r.tasks[n].waiting.Add(-1) == 0 {
			if ok {
				w.ready.push(next)
				shared = true
			}
			next, ok = n, true
		}
	}
	if shared {
		r.parking.wake()
	}
	for _, d := range r.g.TaskDeps(int(i)) {
		if !d.Ref.IsInput() {
			r.drop(d.Ref.Index())
		}
	}
	w.done++
	return next, ok
}

// next returns a task to run. It is false when the run is over.
func (w *localWorker) next() (uint32, bool) {
	if w.run.state.Load() != runGoing {
		return 0, false
	}
	for range glances {
		if i, ok := w.take(); ok {
			return i, true
		}
	}
	if w.done > 0 && w.run.done.Add(w.done) == int64(len(w.run.tasks)) {
		w.run.state.CompareAndSwap(runGoing, runDone)
		w.run.parking.wakeAll()
		return 0, false
	}
	w.done = 0
	w.run.parking.searching.Add(1)
	return w.search()
}

// search looks for a task, for a while busily and then asleep. The worker
// counts as searching when search is called.
func (w *localWorker) search() (i uint32, ok bool) {
	r := w.run
	since := time.Now()
	for round := 1; r.state.Load() == runGoing; round++ {
		if i, ok = w.take(); ok {
			break
		}
		if round%16 != 0 {
			continue
		}
		if time.Since(since) < lookRound {
			runtime.Gosched()
			continue
		}
		w.park()
		since = time.Now()
	}
	if r.parking.searching.Add(-1) == 0 && ok && !r.idle() {
		r.parking.wake()
	}
	return i, ok
}

// park sleeps until there is something to do or the run is over.
func (w *localWorker) park() {
	r := w.run
	r.parking.enter(w)
	if (!r.idle() || r.state.Load() != runGoing) && r.parking.leave(w) {
		return
	}
	<-w.token
}

// take returns a task that is ready: its own, one of a few others, a new root,
// or anybody's.
func (w *localWorker) take() (uint32, bool) {
	if i, ok := w.ready.pop(); ok {
		return i, true
	}
	others := len(w.run.workers) - 1
	if i, ok := w.steal(min(others, nearby)); ok {
		return i, true
	}
	if i, ok := w.takeRoot(); ok {
		return i, true
	}
	if others > nearby {
		return w.steal(others)
	}
	return 0, false
}

func (w *localWorker) takeRoot() (uint32, bool) {
	r := w.run
	n := int64(len(r.roots))
	if r.root.Load() >= n {
		return 0, false
	}
	k := r.root.Add(1) - 1
	if k >= n {
		return 0, false
	}
	if k+1 < n {
		r.parking.wake()
	}
	return r.roots[k], true
}

// steal takes up to half of what one of so many others has ready: one task to
// run now, the rest for its own deque.
func (w *localWorker) steal(others int) (uint32, bool) {
	all := w.run.workers
	w.seed = w.seed*1664525 + 1013904223
	at := int(uint64(w.seed) * uint64(len(all)) >> 32)
	for range others + 1 { // one of them may be w itself
		victim := &all[at]
		if at++; at == len(all) {
			at = 0
		}
		if victim == w {
			continue
		}
		if i, ok := w.stealFrom(&victim.ready); ok {
			return i, true
		}
	}
	return 0, false
}

func (w *localWorker) stealFrom(d *deque) (task uint32, ok bool) {
	for want := min(mostStolen, (d.size()+1)/2); want > 0; want-- {
		i, got, lost := d.steal()
		if !got {
			if lost && !ok {
				want++ // there may be more
				continue
			}
			break
		}
		if ok {
			w.ready.push(task)
		}
		task, ok = i, true
	}
	return task, ok
}

// execute runs the kernel of task i.
func (w *localWorker) execute(i int) (Value, error) {
	r := w.run
	k := &r.kernels[r.g.Class[i]]
	if k.err != nil {
		return nil, k.err
	}
	in := w.in[:0]
	for _, d := range r.g.TaskDeps(i) {
		v, err := r.value(w.ctx, d.Ref)
		if err != nil {
			return nil, err
		}
		if d.Part >= 0 {
			if v, err = PartOf(v, d.Part); err != nil {
				return nil, r.explain(err, i)
			}
		}
		in = append(in, v)
	}
	w.call = Call{Attr: r.g.TaskAttr(i), In: in, Threads: 1}
	w.in = in
	c := r.g.TaskClass(i)
	v, err := w.try(c, k.cpu)
	clear(in) // keep nothing alive
	return v, r.explain(err, i)
}

// try calls the kernel as often and for as long as the class allows.
func (w *localWorker) try(c *Class, k Kernel) (Value, error) {
	ctx := w.ctx
	if c.Spec.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.Spec.Timeout, ErrTimeout)
		defer cancel()
	}
	for tries := int32(0); ; tries++ {
		v, err := Execute(ctx, c.Op, k, &w.call)
		if err == nil || tries >= c.Spec.Retries || ctx.Err() != nil {
			return v, err
		}
	}
}

// value returns what a dependency refers to; an input may still be in the
// making.
func (r *localRun) value(ctx context.Context, ref Ref) (Value, error) {
	if !ref.IsInput() {
		return r.tasks[ref.Index()].value, nil
	}
	in := &r.inputs[ref.Index()]
	if in.value != nil {
		return in.value, nil
	}
	if err := in.held.Wait(ctx); err != nil {
		return nil, err
	}
	return in.held.value, nil
}

func (r *localRun) explain(err error, i int) error {
	if err == nil {
		return nil
	}
	te := *AsTaskError(err, r.g.TaskClass(i).Op)
	if te.Task == "" {
		te.Task = fmt.Sprintf("#%d", i)
	}
	return &te
}
