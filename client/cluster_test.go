package client_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The functions of these tests. Workers run in this process, so what a function
// does to package variables can be seen.
var (
	square = graph.NewFunc("clienttest.square", func(_ context.Context, x int) (int, error) { return x * x, nil })
	sum    = graph.NewFunc("clienttest.sum", func(_ context.Context, xs []int) (int, error) {
		t := 0
		for _, x := range xs {
			t += x
		}
		return t, nil
	})
	explode = graph.NewFunc("clienttest.explode", func(_ context.Context, why string) (int, error) { panic(why) })
	refuse  = graph.NewFunc("clienttest.refuse", func(_ context.Context, why string) (int, error) { return 0, errors.New(why) })

	stepsRun atomic.Int64
	step     = graph.NewFunc("clienttest.step", func(_ context.Context, x int) (int, error) {
		stepsRun.Add(1)
		return x + 1, nil
	})

	attempts atomic.Int64
	flaky    = graph.NewFunc("clienttest.flaky", func(_ context.Context, good int) (int, error) {
		n := int(attempts.Add(1))
		if n < good {
			return 0, fmt.Errorf("attempt %d of %d", n, good)
		}
		return n, nil
	})

	started = make(chan struct{}, 100)
	stopped = make(chan error, 100)
	// hang runs until its context ends, and says so.
	hang = graph.NewFunc("clienttest.hang", func(ctx context.Context, _ int) (int, error) {
		started <- struct{}{}
		<-ctx.Done()
		stopped <- context.Cause(ctx)
		return 0, ctx.Err()
	})
)

// connect returns a client of a cluster of its own, in this process.
func connect(t *testing.T, opts ...cluster.Option) (*client.Client, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	cl, err := cluster.Local(ctx, append([]cluster.Option{cluster.Workers(2), cluster.Threads(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cl.Client(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(c.Close(), cl.Close()); err != nil {
			t.Error(err)
		}
	})
	return c, ctx
}

// get fails the test unless f has a result.
func get[T any](t *testing.T, ctx context.Context, f *client.Future[T]) T {
	t.Helper()
	v, err := f.Result(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// must fails the test if err is not nil.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// within fails the test unless f returns in time.
func within(t *testing.T, d time.Duration, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(d):
		t.Fatalf("%s took more than %v", what, d)
	}
}
