package client

import (
	"context"
	"iter"
	"math"
	"sync"

	"github.com/ashlar-go/ashlar/graph"
)

// A Completion yields futures as they end, well or badly, like [AsCompleted],
// and takes more while it does: those, for example, that follow from the ones
// that ended. The zero Completion is ready to use, from any goroutine.
type Completion[R Result] struct {
	mu    sync.Mutex
	ended []R
	left  int           // added and not yielded
	wake  chan struct{} // holds one
}

// Add adds futures; one that has ended already is yielded next.
func (q *Completion[R]) Add(rs ...R) {
	q.mu.Lock()
	q.left += len(rs)
	q.mu.Unlock()
	for _, r := range rs {
		once := true
		s := &sub{func(*want) {
			if once {
				once = false
				q.end(r)
			}
		}}
		h := r.hold()
		h.w.c.mu.Lock()
		if h.gone != nil {
			s.f(h.w)
		} else {
			h.w.subscribe(s)
			h.whenGone.add(s)
		}
		h.w.c.mu.Unlock()
	}
}

// Len returns how many were added and not yielded yet.
func (q *Completion[R]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.left
}

// All yields what was added, and what is added meanwhile, each when it has
// ended, until nothing is left. If ctx ends first, it yields its error, once,
// with no future; what had not been yielded comes another time.
func (q *Completion[R]) All(ctx context.Context) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for {
			rs, err := q.take(ctx, 1)
			switch {
			case err != nil:
				var none R
				yield(none, explain(ctx, err))
				return
			case len(rs) == 0 || !yield(rs[0], nil):
				return
			}
		}
	}
}

// Batches is All in slices: each has all that ended since the last one, and is
// not empty.
func (q *Completion[R]) Batches(ctx context.Context) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		for {
			rs, err := q.take(ctx, math.MaxInt)
			switch {
			case err != nil:
				yield(nil, explain(ctx, err))
				return
			case len(rs) == 0 || !yield(rs, nil):
				return
			}
		}
	}
}

func (q *Completion[R]) end(r R) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = append(q.ended, r)
	q.poke()
}

// poke wakes one who takes. The caller holds the lock.
func (q *Completion[R]) poke() {
	select {
	case q.wakes() <- struct{}{}:
	default:
	}
}

func (q *Completion[R]) wakes() chan struct{} {
	if q.wake == nil {
		q.wake = make(chan struct{}, 1)
	}
	return q.wake
}

// take waits until something has ended, and returns so much of it; nothing if
// nothing is left.
func (q *Completion[R]) take(ctx context.Context, most int) ([]R, error) {
	for {
		q.mu.Lock()
		n, wake := min(len(q.ended), most), q.wakes()
		rs := q.ended[:n:n]
		q.ended = q.ended[n:]
		q.left -= n
		over := q.left == 0
		if len(q.ended) > 0 || over {
			q.poke() // there may be others who take
		}
		q.mu.Unlock()
		if n > 0 || over {
			return rs, nil
		}
		if err := graph.Yield(ctx, func() error {
			select {
			case <-wake:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}); err != nil {
			return nil, err
		}
	}
}
