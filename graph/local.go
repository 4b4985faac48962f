package graph

import (
	"context"
	"fmt"
	"sync"
)

// Local is a Runner in the caller's own process: no scheduler, no memory limit,
// no other machine. Its answers are those of a cluster; it is for small work,
// for tests, and for seeing what the engine adds. The zero Local runs on all
// cores. Restrictions of a Spec are not looked at.
//
// Each thread goes depth-first through what it readies itself, in the order of
// the graph's rows, and takes from the others when it has nothing left; a value
// is released as soon as its last dependant is done. A thread without work
// looks round for some tens of microseconds and then sleeps.
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
