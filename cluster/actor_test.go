package cluster_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

type tally struct{ n int }

var (
	tallies = graph.NewActorClass("clustertest.tally", func(context.Context, int) (*tally, error) { return &tally{}, nil })
	// count adds and says in which process.
	count = graph.NewMethod("clustertest.tally.count", func(_ context.Context, s *tally, x int) ([]int, error) {
		s.n += x
		return []int{s.n, os.Getpid()}, nil
	})
	brood = graph.NewMethod("clustertest.tally.brood", func(ctx context.Context, _ *tally, _ int) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	})
)

// TestActorInProcess: an actor lives in one worker process; when that is killed
// all calls fail and say which actor, which worker and why.
func TestActorInProcess(t *testing.T) {
	cl, c, ctx := processes(t)
	a, err := client.NewActor(ctx, c, tallies, 0, client.Workers("worker-1"))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Release()
	for i := 1; i <= 20; i++ {
		if got, err := client.Call(ctx, a, count, 2); err != nil || got[0] != 2*i || got[1] != cl.Worker(1).Pid {
			t.Fatalf("call %d: %v, %v", i, got, err)
		}
	}
	under, err := client.Begin(a, brood, 1)
	if err != nil {
		t.Fatal(err)
	}
	behind, err := client.Begin(a, count, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := cl.Kill(1); err != nil {
		t.Fatal(err)
	}
	_, err1 := under.Result(ctx)
	_, err2 := behind.Result(ctx)
	_, err3 := client.Call(ctx, a, count, 1)
	if err := c.WaitForWorkers(ctx, 2); err != nil {
		t.Fatal(err)
	}
	_, err4 := client.Call(ctx, a, count, 1) // its worker has a successor, the actor none
	for i, err := range []error{err1, err2, err3, err4, a.Wait(ctx)} {
		if !errors.Is(err, graph.ErrActorLost) {
			t.Errorf("call %d after the worker was killed: %v", i, err)
			continue
		}
		for _, want := range []string{"clustertest.tally", "worker-1", "signal: killed"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %v does not say %q", err, want)
			}
		}
	}
}
