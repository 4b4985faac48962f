package suite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/client"
)

// An exchange is something that clients do with each other through the
// scheduler. It returns whether it came out right, and the seconds that count.
type exchange func(ctx context.Context) (right bool, seconds float64, err error)

// coordination returns the latencies of locks, queues and the like: of one
// client that does two things, and of one client that hands over to another,
// which waits for it already.
func coordination(a, b *client.Client, peers []harness.Peer, n int) []harness.Case {
	alone := []struct {
		name  string
		peers []harness.Peer
		do    exchange
	}{
		{"lock", peers, lockAlone(a)},
		{"multilock", peers, multiLockAlone(a)},
		{"semaphore", peers, semaphoreAlone(a)},
		{"event", peers, eventAlone(a)},
		{"queue", peers, queueAlone(a)},
		{"variable", peers, variableAlone(a)},
		{"topic", nil, topicAlone(a)},
		{"lock-handover", nil, lockHandover(a, b)},
		{"event-handover", nil, eventHandover(a, b)},
		{"queue-handover", nil, queueHandover(a, b)},
	}
	var cases []harness.Case
	for _, e := range alone {
		for _, p := range []float64{50, 99} {
			r := tasksRequest{Problem: e.name, N: n, Percentile: p}
			c := tasksCase(a, e.peers, r, percentileOf(p, e.do), milliseconds)
			c.Name, c.Metric, c.Better = fmt.Sprintf("coordinate/%s/p%.0f", e.name, p), "ms", harness.Lower
			cases = append(cases, c)
		}
	}
	return cases
}

// percentileOf is the percentile of n times that one exchange takes.
func percentileOf(percentile float64, do exchange) workload {
	return func(ctx context.Context, _ *client.Client, n int) (each, seconds float64, err error) {
		times := make([]float64, n)
		rights := 0
		for i := range times {
			right, s, err := do(ctx)
			if err != nil {
				return 0, 0, err
			}
			if times[i] = s; right {
				rights++
			}
		}
		slices.Sort(times)
		return float64(rights) / float64(n), times[min(n-1, int(float64(n)*percentile/100))], nil
	}
}

// since times f, which is the whole exchange.
func since(f func(ctx context.Context) (right bool, err error)) exchange {
	return func(ctx context.Context) (bool, float64, error) {
		start := time.Now()
		right, err := f(ctx)
		return right, time.Since(start).Seconds(), err
	}
}

// lockAlone acquires a lock that nobody has, and releases it.
func lockAlone(c *client.Client) exchange {
	l := c.Lock("bench")
	return since(func(ctx context.Context) (bool, error) {
		if err := l.Acquire(ctx); err != nil {
			return false, err
		}
		return true, l.Release(ctx)
	})
}

// multiLockAlone acquires any two of three locks, and releases them.
func multiLockAlone(c *client.Client) exchange {
	m := c.MultiLock(2, "bench a", "bench b", "bench c")
	return since(func(ctx context.Context) (bool, error) {
		h, err := m.Acquire(ctx)
		if err != nil {
			return false, err
		}
		return len(h.Names()) == 2, h.Release(ctx)
	})
}

// semaphoreAlone acquires a permit with a lease, and releases it.
func semaphoreAlone(c *client.Client) exchange {
	s := c.Semaphore("bench", 2, 30*time.Second)
	return since(func(ctx context.Context) (bool, error) {
		h, err := s.Acquire(ctx)
		if err != nil {
			return false, err
		}
		return true, h.Release(ctx)
	})
}

// eventAlone sets an event, waits for it, and clears it.
func eventAlone(c *client.Client) exchange {
	e := c.Event("bench")
	return since(func(ctx context.Context) (bool, error) {
		for _, step := range []func(context.Context) error{e.Set, e.Wait, e.Clear} {
			if err := step(ctx); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// queueAlone puts an integer, and gets it.
func queueAlone(c *client.Client) exchange {
	q := client.NewQueue[int](c, "bench", 10)
	return since(func(ctx context.Context) (bool, error) {
		if err := q.Put(ctx, 7); err != nil {
			return false, err
		}
		x, err := q.Get(ctx)
		return x == 7, err
	})
}

// variableAlone sets a variable, and gets its value.
func variableAlone(c *client.Client) exchange {
	v := client.NewVariable[int](c, "bench")
	return since(func(ctx context.Context) (bool, error) {
		if err := v.Set(ctx, 7); err != nil {
			return false, err
		}
		x, err := v.Get(ctx)
		return x == 7, err
	})
}

// topicAlone publishes a message and receives it. The subscription is made at
// the first.
func topicAlone(c *client.Client) exchange {
	t := client.NewTopic[int](c, "bench")
	var sub *client.Subscription[int]
	return func(ctx context.Context) (bool, float64, error) {
		if sub == nil {
			var err error
			if sub, err = t.Subscribe(ctx, 0); err != nil {
				return false, 0, err
			}
		}
		return since(func(ctx context.Context) (bool, error) {
			if _, err := t.Publish(ctx, 7); err != nil {
				return false, err
			}
			x, err := sub.Next(ctx)
			return x == 7, err
		})(ctx)
	}
}

// handover times from when give starts until take, which waits for it in the
// meantime, returns.
func handover(ctx context.Context, take func() (bool, error), give func() error) (bool, float64, error) {
	type end struct {
		right bool
		at    time.Time
		err   error
	}
	ended := make(chan end, 1)
	go func() {
		right, err := take()
		ended <- end{right, time.Now(), err}
	}()
	time.Sleep(time.Millisecond) // it waits at the scheduler by then, mostly
	start := time.Now()
	if err := give(); err != nil {
		return false, 0, err
	}
	select {
	case e := <-ended:
		return e.right, e.at.Sub(start).Seconds(), e.err
	case <-ctx.Done():
		return false, 0, context.Cause(ctx)
	}
}

func lockHandover(a, b *client.Client) exchange {
	mine, theirs := a.Lock("bench"), b.Lock("bench")
	return func(ctx context.Context) (bool, float64, error) {
		if err := mine.Acquire(ctx); err != nil {
			return false, 0, err
		}
		right, s, err := handover(ctx, func() (bool, error) { return true, theirs.Acquire(ctx) }, func() error { return mine.Release(ctx) })
		if err == nil {
			err = theirs.Release(ctx)
		}
		return right, s, err
	}
}

func eventHandover(a, b *client.Client) exchange {
	mine, theirs := a.Event("bench"), b.Event("bench")
	return func(ctx context.Context) (bool, float64, error) {
		right, s, err := handover(ctx, func() (bool, error) { return true, theirs.Wait(ctx) }, func() error { return mine.Set(ctx) })
		if err == nil {
			err = mine.Clear(ctx)
		}
		return right, s, err
	}
}

func queueHandover(a, b *client.Client) exchange {
	mine, theirs := client.NewQueue[int](a, "bench", 10), client.NewQueue[int](b, "bench", 10)
	return func(ctx context.Context) (bool, float64, error) {
		return handover(ctx, func() (bool, error) {
			x, err := theirs.Get(ctx)
			return x == 7, err
		}, func() error { return mine.Put(ctx, 7) })
	}
}
