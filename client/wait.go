package client

import (
	"context"
	"iter"

	"github.com/ashlar-go/ashlar/graph"
)

// WaitAll returns when every value is there, or at once with the error of the
// first that never will be.
func WaitAll[R Result](ctx context.Context, rs ...R) error {
	hs := make([]*hold, len(rs))
	for i, r := range rs {
		hs[i] = r.hold()
	}
	return explain(ctx, waitHolds(ctx, hs))
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
			i, err := next(ctx, ended)
			if err != nil {
				var none R
				yield(none, explain(ctx, err))
				return
			}
			if !yield(rs[i], nil) {
				return
			}
		}
	}
}

// next receives from ended.
func next(ctx context.Context, ended <-chan int) (i int, err error) {
	select {
	case i = <-ended:
		return i, nil
	default:
	}
	err = graph.Yield(ctx, func() error {
		select {
		case i = <-ended:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	return i, err
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
			h.whenGone.add(subs[i])
		}
		h.w.c.mu.Unlock()
	}
	return func() {
		for i, r := range rs {
			h := r.hold()
			h.w.c.mu.Lock()
			h.w.subs.remove(subs[i])
			h.whenGone.remove(subs[i])
			h.w.c.mu.Unlock()
		}
	}
}
