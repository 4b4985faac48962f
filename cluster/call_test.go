package cluster_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// TestRestrictionsMakeAnotherCall: equal calls with other restrictions are run
// where each may run.
func TestRestrictionsMakeAnotherCall(t *testing.T) {
	cl, c, ctx := processes(t)
	var pids [2]int
	for i := range pids {
		f, err := client.Submit(ctx, c, whoami, 1, client.Workers(cl.Worker(i).Name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		if pids[i], err = f.Result(ctx); err != nil {
			t.Fatal(err)
		}
		if want := cl.Worker(i).Pid; pids[i] != want {
			t.Errorf("the call restricted to worker %d ran in process %d, want %d", i, pids[i], want)
		}
	}
}

var floats = graph.NewFunc("clustertest.floats", func(_ context.Context, n int) ([]float64, error) {
	return make([]float64, n), nil
})

// TestEncodedResultsCountTowardsTheLimit: what functions return is bounded as
// what kernels allocate is.
func TestEncodedResultsCountTowardsTheLimit(t *testing.T) {
	_, c, ctx := start(t, cluster.Workers(1), cluster.Threads(1), cluster.Memory(32<<20), cluster.NoSpill())
	var last error
	for i := range 10 { // 8 MiB each
		f, err := client.Submit(ctx, c, floats, 1<<20+i)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		if last = f.Wait(ctx); last != nil {
			break
		}
	}
	if !errors.Is(last, graph.ErrMemory) || !strings.Contains(last.Error(), "-memory") {
		t.Fatalf("ten results of 8 MiB on a worker of 32 MiB ended with %v; want ErrMemory and what to do", last)
	}
}

var length = graph.NewFunc("clustertest.length", func(_ context.Context, fs []float64) (int, error) { return len(fs), nil })
