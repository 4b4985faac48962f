package cluster_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

var (
	// fill returns a slice of a hundred thousand numbers.
	fill = graph.NewFunc("clustertest.fill", func(_ context.Context, x int) ([]int, error) {
		return slices.Repeat([]int{x}, 100_000), nil
	})
	// doze takes so many milliseconds.
	doze = graph.NewFunc("clustertest.doze", func(ctx context.Context, ms int) (int, error) {
		select {
		case <-time.After(time.Duration(ms) * time.Millisecond):
			return ms, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
)

func results(fs []*client.Future[[]int]) (rs []client.Result) {
	for _, f := range fs {
		rs = append(rs, f)
	}
	return rs
}

// TestDataMovesWithoutLoss: all results are made by one worker process; they are
// evened out, replicated and evacuated, and none is computed twice.
func TestDataMovesWithoutLoss(t *testing.T) {
	cl, c, ctx := processes(t)
	const n = 24
	var fs []*client.Future[[]int]
	for i := range n {
		f, err := client.Submit(ctx, c, fill, i, client.Workers(cl.Worker(0).Name))
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, f)
	}
	var keys []graph.Key
	for _, f := range fs {
		keys = append(keys, f.Key())
	}
	count := func() (on [2]int) {
		held, err := c.Holders(ctx, keys...)
		if err != nil {
			t.Fatal(err)
		}
		for _, names := range held {
			for i := range on {
				if slices.Contains(names, cl.Worker(i).Name) {
					on[i]++
				}
			}
		}
		return on
	}
	if err := client.WaitAll(ctx, results(fs)...); err != nil {
		t.Fatal(err)
	}
	if on := count(); on != [2]int{n, 0} {
		t.Fatalf("%v values are held by the workers, all should be by the first", on)
	}
	if err := c.Rebalance(ctx); err != nil {
		t.Fatal(err)
	}
	if on := count(); on[0]+on[1] != n || on[0] < n/2-1 || on[1] < n/2-1 {
		t.Errorf("%v values are held by the workers after a rebalance", on)
	}
	if err := c.Replicate(ctx, 2, results(fs[:6])...); err != nil {
		t.Fatal(err)
	}
	if on := count(); on[0]+on[1] != n+6 {
		t.Errorf("%v values are held by the workers, of which six twice", on)
	}
	if err := c.RetireWorkers(ctx, cl.Worker(0).Name); err != nil {
		t.Fatal(err)
	}
	for i, f := range fs {
		if xs, err := f.Result(ctx); err != nil || len(xs) != 100_000 || xs[0] != i || xs[99_999] != i {
			t.Fatalf("value %d is wrong after its worker was retired: %v", i, err)
		}
	}
	if in, err := c.Info(ctx); err != nil || in.Finished != n {
		t.Errorf("%d executions for %d values: %v", in.Finished, n, err)
	}
}

// TestStealing: what waits behind a task that takes longer than it should is
// taken by the worker that idles.
func TestStealing(t *testing.T) {
	_, c, ctx := processes(t)
	fs := behindALongOne(t, ctx, c, 3*time.Second)
	if s := fs[0].Status(); s != client.StatusPending {
		t.Errorf("the short tasks waited for the long one, which is %s", s)
	}
	in, err := c.Info(ctx)
	if err != nil || in.Balance.Moved+in.Balance.Taken == 0 {
		t.Errorf("nothing was taken: %+v, %v", in.Balance, err)
	}
}

// TestNoStealing: if stealing is off, nothing is.
func TestNoStealing(t *testing.T) {
	_, c, ctx := processes(t, cluster.NoStealing())
	behindALongOne(t, ctx, c, time.Second)
	in, err := c.Info(ctx)
	if err != nil || in.Balance.Asked+in.Balance.Taken != 0 {
		t.Errorf("stealing is off, and it did %+v, %v", in.Balance, err)
	}
}

// behindALongOne submits a task that takes as long, and some that take 30 ms
// like those of its function that ran before, and waits for the short ones.
func behindALongOne(t *testing.T, ctx context.Context, c *client.Client, long time.Duration) (fs []*client.Future[int]) {
	t.Helper()
	for range 4 { // the scheduler learns that the function takes 30 ms
		f, err := client.Submit(ctx, c, doze, 30, client.Impure())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Result(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, ms := range []int{int(long.Milliseconds()), 31, 32, 33, 34, 35} {
		f, err := client.Submit(ctx, c, doze, ms)
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, f)
	}
	for _, f := range fs[1:] {
		if _, err := f.Result(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return fs
}
