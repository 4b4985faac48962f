package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/server"
)

// An errand is what addUp does, in its worker process.
type errand struct {
	Path  string // of a file with a number
	Times int
	Hold  bool // take the lock and die with it
}

// addUp adds one to the number so many times, reading and writing it under a
// lock.
var addUp = graph.NewFunc("clustertest.addUp", func(ctx context.Context, e errand) (int, error) {
	c, err := client.FromContext(ctx)
	if err != nil {
		return 0, err
	}
	l := c.Lock(e.Path)
	if e.Hold {
		if err := l.Acquire(ctx); err != nil {
			return 0, err
		}
		if err := c.Event("held").Set(ctx); err != nil {
			return 0, err
		}
		<-ctx.Done() // the process is killed before that
		return 0, context.Cause(ctx)
	}
	for range e.Times {
		if err := l.Acquire(ctx); err != nil {
			return 0, err
		}
		b, err := os.ReadFile(e.Path)
		if err == nil {
			n, _ := strconv.Atoi(string(b)) // an empty file is 0
			err = os.WriteFile(e.Path, []byte(strconv.Itoa(n+1)), 0o600)
		}
		if err := l.Release(ctx); err != nil {
			return 0, err
		}
		if err != nil {
			return 0, err
		}
	}
	return e.Times, nil
})

// TestS29LockAcrossProcesses: no addition is lost, since one process at a time
// has the lock; and that of a process that is killed passes to the next.
func TestS29LockAcrossProcesses(t *testing.T) {
	cl, c, ctx := processes(t, cluster.Scheduler(server.Options{Lease: time.Second}))
	path := filepath.Join(t.TempDir(), "number")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const times = 200
	var fs []*client.Future[int]
	for i := range cl.Size() {
		f, err := client.Submit(ctx, c, addUp, errand{Path: path, Times: times}, client.Workers(cl.Worker(i).Name), client.Impure())
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, f)
	}
	if _, err := client.Gather(ctx, fs...); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != strconv.Itoa(times*cl.Size()) {
		t.Errorf("%d processes add up to %q, %v", cl.Size(), b, err)
	}

	holder, err := client.Submit(ctx, c, addUp, errand{Path: path, Hold: true}, client.Workers(cl.Worker(1).Name))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Event("held").Wait(ctx); err != nil {
		t.Fatal(err)
	}
	l := c.Lock(path)
	if ok, err := l.TryAcquire(ctx); ok || err != nil {
		t.Errorf("a lock that another process has: %t, %v", ok, err)
	}
	holder.Release() // nobody else is to run it
	if err := cl.Kill(1); err != nil {
		t.Fatal(err)
	}
	if err := l.Acquire(ctx); err != nil {
		t.Errorf("the lock of a process that was killed: %v", err)
	}
}
