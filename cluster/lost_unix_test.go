//go:build unix

package cluster_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/sched/server"
)

// TestHungHolder: whoever fetches from a worker that hangs waits until the
// scheduler gives that up, and not until the connection does.
func TestHungHolder(t *testing.T) {
	o := server.Options{Heartbeat: 50 * time.Millisecond, WorkerTimeout: 500 * time.Millisecond}
	cl, c, ctx := processes(t, cluster.Scheduler(o))
	fs, err := client.Map(ctx, c, floats, []int{1 << 20}, client.Workers("worker-0"), client.Loose())
	if err != nil {
		t.Fatal(err)
	}
	if err := fs[0].Wait(ctx); err != nil {
		t.Fatal(err)
	}
	halt(t, cl, 0)
	began := time.Now()
	n, err := client.Then(ctx, length, fs[0], client.Workers("worker-1"))
	if err != nil {
		t.Fatal(err)
	}
	if x, err := n.Result(ctx); x != 1<<20 || err != nil {
		t.Errorf("%d, %v", x, err)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %v, with a worker time-out of %v", took, o.WorkerTimeout)
	}
	if err := cl.Signal(0, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := c.WaitForWorkers(ctx, 2); err != nil {
		t.Error(err)
	}
}
