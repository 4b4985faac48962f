package graph

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// Local is a Runner in the caller's own process: no scheduler, no memory limit,
// no other machine. Its answers are those of a cluster; it is for small work,
// for tests, and for seeing what the engine adds. The zero Local runs on all
// cores. Restrictions of a Spec are not looked at.
type Local struct {
	// Threads is how many tasks run at once; 0 is one per core.
	Threads int

	mu   sync.Mutex
	held map[Key]*localHeld
}

// Run implements [Runner].
func (l *Local) Run(ctx context.Context, g *Graph) ([]Value, error) {
	r, err := l.newRun(g)
	if err != nil {
		return nil, err
	}
	defer r.releaseInputs()
	return r.run(ctx)
}

// Persist implements [Runner].
func (l *Local) Persist(ctx context.Context, g *Graph) ([]Held, error) {
	r, err := l.newRun(g)
	if err != nil {
		return nil, err
	}
	hs := make([]*localHeld, len(g.Outputs))
	out := make([]Held, len(hs))
	l.mu.Lock()
	if l.held == nil {
		l.held = map[Key]*localHeld{}
	}
	for i, o := range g.Outputs {
		h := &localHeld{owner: l, key: o.Key, refs: 1, done: make(chan struct{})}
		if old := l.held[o.Key]; old != nil {
			old.refs++ // pure: the same key is the same value
			out[i] = old
			continue
		}
		l.held[o.Key], hs[i], out[i] = h, h, h
	}
	l.mu.Unlock()
	go func() {
		defer r.releaseInputs()
		vs, err := r.run(ctx)
		for i, h := range hs {
			switch {
			case h == nil && err == nil:
				vs[i].Release()
			case h != nil && err == nil:
				h.finish(vs[i], nil)
			case h != nil:
				h.finish(nil, err)
			}
		}
	}()
	return out, nil
}

// localHeld is a value that a Local keeps under a key.
type localHeld struct {
	owner *Local
	key   Key
	refs  int // guarded by owner.mu
	done  chan struct{}
	value Value // set before done is closed
	err   error
}

func (h *localHeld) Key() Key { return h.key }

func (h *localHeld) Wait(ctx context.Context) error {
	select {
	case <-h.done:
		return h.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *localHeld) finish(v Value, err error) {
	h.owner.mu.Lock()
	defer h.owner.mu.Unlock()
	h.value, h.err = v, err
	close(h.done)
	if h.refs == 0 && v != nil {
		v.Release()
	}
}

func (h *localHeld) Release() {
	h.owner.mu.Lock()
	defer h.owner.mu.Unlock()
	if h.refs--; h.refs > 0 {
		return
	}
	if h.refs < 0 {
		panic(fmt.Sprintf("graph: %v is released once too often", h.key))
	}
	delete(h.owner.held, h.key)
	select {
	case <-h.done:
		if h.value != nil {
			h.value.Release()
		}
	default: // finish releases it
	}
}

// A localRun is one execution of a graph by a Local.
type localRun struct {
	g       *Graph
	threads int
	inputs  []func(context.Context) (Value, error)
	claims  []*localHeld // held while the run may need them

	literals List // likewise

	mu      sync.Mutex
	wake    *sync.Cond
	waiting []int32 // dependencies not yet there, per task
	users   []int32 // dependants not yet run, plus outputs, per task
	next    [][]int // dependants of each task
	ready   []int
	values  []Value
	left    int
	err     error
}

func (l *Local) newRun(g *Graph) (*localRun, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	r := &localRun{g: g, threads: l.Threads, left: g.Len()}
	if r.threads <= 0 {
		r.threads = runtime.GOMAXPROCS(0)
	}
	r.wake = sync.NewCond(&r.mu)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, in := range g.Inputs {
		if in.Value != nil {
			v := in.Value
			v.Retain()
			r.literals = append(r.literals, v)
			r.inputs = append(r.inputs, func(context.Context) (Value, error) { return v, nil })
			continue
		}
		h := l.held[in.Key]
		if h == nil {
			r.literals.Release()
			for _, c := range r.claims {
				c.refs-- // the lock is held, and another user keeps it above 0
			}
			return nil, fmt.Errorf("graph: %w: %v is not held by this runner", ErrUnknownKey, in.Key)
		}
		h.refs++
		r.claims = append(r.claims, h)
		r.inputs = append(r.inputs, func(ctx context.Context) (Value, error) {
			if err := h.Wait(ctx); err != nil {
				return nil, err
			}
			return h.value, nil
		})
	}
	r.link()
	return r, nil
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
	r.waiting, r.users = make([]int32, n), make([]int32, n)
	r.next, r.values = make([][]int, n), make([]Value, n)
	for i := range n {
		for _, d := range r.g.TaskDeps(i) {
			if !d.Ref.IsInput() {
				j := d.Ref.Index()
				r.waiting[i]++
				r.users[j]++
				r.next[j] = append(r.next[j], i)
			}
		}
	}
	for _, o := range r.g.Outputs {
		r.users[o.Task]++
	}
	for i := n - 1; i >= 0; i-- {
		if r.waiting[i] == 0 {
			r.ready = append(r.ready, i) // popped from the end: lowest first
		}
	}
}
