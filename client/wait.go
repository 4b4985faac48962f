package client

import (
	"context"
	"iter"
)

// WaitAll returns when every value is there, or at once with the error of the
// first that never will be.
func WaitAll[R Result](ctx context.Context, rs ...R) error {
	for r, err := range AsCompleted(ctx, rs...) {
		if err != nil {
			return err
		}
		if err := r.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// WaitAny returns the first of rs that ends, well or badly; its Wait tells.
func WaitAny[R Result](ctx context.Context, rs ...R) (R, error) {
	for r, err := range AsCompleted(ctx, rs...) {
		return r, err
	}
	var none R
	return none, nil
}

// AsCompleted yields each of rs when it has ended, well or badly; its Wait or
// Result tells. If ctx ends first, it yields its error, once, with no future.
func AsCompleted[R Result](ctx context.Context, rs ...R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		ended := make(chan int, len(rs))
		stop := notify(ended, rs)
		defer stop()
		for range rs {
			select {
			case i := <-ended:
				if !yield(rs[i], nil) {
					return
				}
			case <-ctx.Done():
				var none R
				yield(none, explain(ctx, context.Cause(ctx)))
				return
			}
		}
	}
}

// notify sends the index of each future on ended, which has room for all, when
// it ends.
func notify[R Result](ended chan<- int, rs []R) (stop func()) {
	subs := make([]*sub, len(rs))
	for i, r := range rs {
		once := true
		subs[i] = &sub{func(*want) {
			if once {
				once = false
				ended <- i
			}
		}}
		h := r.hold()
		h.w.c.mu.Lock()
		if h.gone != nil {
			subs[i].f(h.w)
		} else {
			h.w.subscribe(subs[i])
			h.alsoWhenGone(subs[i])
		}
		h.w.c.mu.Unlock()
	}
	return func() {
		for i, r := range rs {
			h := r.hold()
			h.w.c.mu.Lock()
			delete(h.w.subs, subs[i])
			h.notWhenGone(subs[i])
			h.w.c.mu.Unlock()
		}
	}
}
