//go:build unix

package cluster_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

var letters = graph.NewFunc("clustertest.letters", func(_ context.Context, n int) ([]byte, error) { return make([]byte, n), nil })

// TestSmallResultsNeedNoHolder: a small value comes with the news that it is
// there, a large one only from its holder, which is asleep.
func TestSmallResultsNeedNoHolder(t *testing.T) {
	cl, c, ctx := processes(t)
	submit := func(n int) *client.Future[[]byte] {
		f, err := client.Submit(ctx, c, letters, n, client.Workers("worker-0"))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	small, large := submit(1000), submit(100_000)
	if err := client.WaitAll(ctx, small, large); err != nil {
		t.Fatal(err)
	}
	halt(t, cl, 0)
	defer cl.Signal(0, syscall.SIGCONT)
	if v, err := small.Result(ctx); err != nil || len(v) != 1000 {
		t.Errorf("got %d bytes, %v", len(v), err)
	}
	soon, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if v, err := large.Result(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %d bytes, %v, from a worker that is stopped", len(v), err)
	}
}
