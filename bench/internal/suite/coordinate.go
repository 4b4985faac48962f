package suite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/client"
)

// A handover is one use of a primitive by two clients of one scheduler: what
// the one does is seen by the other. It returns what that saw, which is i.
type handover func(ctx context.Context, i int) (int, error)

// coordinationCases are the latencies of the coordination primitives, each the
// median of some handovers from one client to another, one at a time.
func coordinationCases(a, b *client.Client) []harness.Case {
	var topic *client.Subscription[int]
	subscribe := func(ctx context.Context) (release func(), err error) {
		if topic, err = client.NewTopic[int](b, "bench").Subscribe(ctx, 0); err != nil {
			return nil, err
		}
		return topic.Close, nil
	}
	publish := func(ctx context.Context, i int) (int, error) {
		if _, err := client.NewTopic[int](a, "bench").Publish(ctx, i); err != nil {
			return 0, err
		}
		return topic.Next(ctx)
	}
	return []harness.Case{
		handoverCase("lock", nil, lockHandover(a.Lock("bench"), b.Lock("bench"))),
		handoverCase("multilock", nil, multiLockHandover(a, b)),
		handoverCase("semaphore", nil, semaphoreHandover(a, b)),
		handoverCase("event", nil, eventHandover(a.Event("bench"), b.Event("bench"))),
		handoverCase("queue", nil, queueHandover(a, b)),
		handoverCase("variable", nil, variableHandover(a, b)),
		handoverCase("topic", subscribe, publish),
	}
}

func handoverCase(name string, prepare func(context.Context) (func(), error), once handover) harness.Case {
	const n = 200
	return harness.Case{
		Name:   "coordinate/" + name,
		Metric: "ms p50", Better: harness.Lower, Value: milliseconds,
		Prepare: prepare,
		Ours: func(ctx context.Context, _ harness.Call) (harness.Sample, error) {
			times := make([]float64, n)
			for i := range times {
				start := time.Now()
				got, err := once(ctx, i)
				times[i] = time.Since(start).Seconds()
				if err == nil && got != i {
					err = fmt.Errorf("bench: %s: the other client saw %d, want %d", name, got, i)
				}
				if err != nil {
					return harness.Sample{}, err
				}
			}
			slices.Sort(times)
			return harness.Sample{Seconds: times[n/2]}, nil
		},
	}
}

// lockHandover is one acquires and releases, the other acquires and releases.
func lockHandover(a, b *client.Lock) handover {
	return func(ctx context.Context, i int) (int, error) {
		for _, l := range []*client.Lock{a, b} {
			if err := l.Acquire(ctx); err != nil {
				return 0, err
			}
			if err := l.Release(ctx); err != nil {
				return 0, err
			}
		}
		return i, nil
	}
}

// acquirer is what a MultiLock and a Semaphore are.
type acquirer interface {
	Acquire(ctx context.Context) (*client.Holding, error)
}

func multiLockHandover(a, b *client.Client) handover {
	return holdingHandover(a.MultiLock(2, "bench-1", "bench-2"), b.MultiLock(2, "bench-1", "bench-2"))
}

func semaphoreHandover(a, b *client.Client) handover {
	return holdingHandover(a.Semaphore("bench", 1, time.Minute), b.Semaphore("bench", 1, time.Minute))
}

func holdingHandover(sides ...acquirer) handover {
	return func(ctx context.Context, i int) (int, error) {
		for _, s := range sides {
			h, err := s.Acquire(ctx)
			if err != nil {
				return 0, err
			}
			if err := h.Release(ctx); err != nil {
				return 0, err
			}
		}
		return i, nil
	}
}

// eventHandover is one sets, the other waits and clears.
func eventHandover(a, b *client.Event) handover {
	return func(ctx context.Context, i int) (int, error) {
		if err := a.Set(ctx); err != nil {
			return 0, err
		}
		if err := b.Wait(ctx); err != nil {
			return 0, err
		}
		return i, b.Clear(ctx)
	}
}

func queueHandover(a, b *client.Client) handover {
	put, get := client.NewQueue[int](a, "bench", 0), client.NewQueue[int](b, "bench", 0)
	return func(ctx context.Context, i int) (int, error) {
		if err := put.Put(ctx, i); err != nil {
			return 0, err
		}
		return get.Get(ctx)
	}
}

func variableHandover(a, b *client.Client) handover {
	set, get := client.NewVariable[int](a, "bench"), client.NewVariable[int](b, "bench")
	return func(ctx context.Context, i int) (int, error) {
		if err := set.Set(ctx, i); err != nil {
			return 0, err
		}
		return get.Get(ctx)
	}
}
