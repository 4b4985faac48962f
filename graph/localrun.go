package graph

import (
	"context"
	"fmt"
	"sync"
)

func (r *localRun) run(ctx context.Context) ([]Value, error) {
	stop := context.AfterFunc(ctx, func() { r.fail(ctx.Err()) })
	defer stop()
	var wg sync.WaitGroup
	for range min(r.threads, max(1, r.g.Len())) {
		wg.Go(func() { r.work(ctx) })
	}
	wg.Wait()
	if r.err == nil {
		r.err = ctx.Err()
	}
	if r.err != nil {
		for i, v := range r.values {
			if v != nil {
				v.Release()
				r.values[i] = nil
			}
		}
		return nil, r.err
	}
	out := make([]Value, len(r.g.Outputs))
	for i, o := range r.g.Outputs {
		out[i] = r.values[o.Task] // link counted one user for each output
		out[i].Retain()
	}
	for _, o := range r.g.Outputs {
		r.drop(int(o.Task))
	}
	return out, nil
}

func (r *localRun) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil && r.left > 0 {
		r.err = err
	}
	r.wake.Broadcast()
}

func (r *localRun) work(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		for len(r.ready) == 0 && r.left > 0 && r.err == nil {
			r.wake.Wait()
		}
		if r.left == 0 || r.err != nil {
			return
		}
		i := r.ready[len(r.ready)-1]
		r.ready = r.ready[:len(r.ready)-1]
		r.mu.Unlock()
		v, err := r.task(ctx, i)
		r.mu.Lock()
		r.finish(i, v, err)
	}
}

// finish stores what task i yielded and readies what waited for it; the caller
// holds the lock.
func (r *localRun) finish(i int, v Value, err error) {
	r.left--
	if err != nil {
		if r.err == nil {
			r.err = err
		}
		r.wake.Broadcast()
		return
	}
	r.values[i] = v
	for _, d := range r.g.TaskDeps(i) {
		if !d.Ref.IsInput() {
			r.drop(d.Ref.Index())
		}
	}
	for _, n := range r.next[i] {
		if r.waiting[n]--; r.waiting[n] == 0 {
			r.ready = append(r.ready, n)
		}
	}
	if r.users[i] == 0 {
		v.Release()
		r.values[i] = nil
	}
	r.wake.Broadcast()
}

// drop takes one user from task i and releases its value with the last.
func (r *localRun) drop(i int) {
	if r.users[i]--; r.users[i] == 0 {
		r.values[i].Release()
		r.values[i] = nil
	}
}

func (r *localRun) task(ctx context.Context, i int) (Value, error) {
	c := r.g.TaskClass(i)
	op, err := Lookup(c.Op)
	if err != nil {
		return nil, err
	}
	deps := r.g.TaskDeps(i)
	in := make([]Value, len(deps))
	for k, d := range deps {
		var v Value
		if d.Ref.IsInput() {
			if v, err = r.inputs[d.Ref.Index()](ctx); err != nil {
				return nil, err
			}
		} else {
			r.mu.Lock()
			v = r.values[d.Ref.Index()]
			r.mu.Unlock()
		}
		if in[k], err = PartOf(v, d.Part); err != nil {
			return nil, err
		}
	}
	if c.Spec.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.Spec.Timeout, ErrTimeout)
		defer cancel()
	}
	for try := int32(0); ; try++ {
		v, err := Execute(ctx, c.Op, op.CPU, &Call{Attr: r.g.TaskAttr(i), In: in, Threads: 1})
		if err == nil || try >= c.Spec.Retries || ctx.Err() != nil {
			return v, r.explain(err, i)
		}
	}
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
