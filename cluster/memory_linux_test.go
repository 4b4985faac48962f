package cluster_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/server"
)

var (
	// hoard keeps more and more of Go's memory, and never ends by itself.
	hoard = graph.NewFunc("clustertest.hoard", func(ctx context.Context, _ int) (int, error) {
		var all [][]byte
		for ctx.Err() == nil {
			b := make([]byte, 16<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
			time.Sleep(5 * time.Millisecond)
		}
		return len(all), ctx.Err()
	})
	// megabytes is a value of so many MiB.
	megabytes = graph.NewFunc("clustertest.megabytes", func(ctx context.Context, mib int) (*kernels.Block, error) {
		return kernels.Zeros(kernels.AllocatorFrom(ctx), kernels.Uint8, mib<<20)
	})
)

// TestHoarderIsEnded: a worker whose tasks keep more memory than there is ends
// before the system has none; the task is told why, and the others go on.
func TestHoarderIsEnded(t *testing.T) {
	o := server.Options{Machine: sched.Config{AllowedFailures: 1}}
	_, c, ctx := processes(t, cluster.Scheduler(o), cluster.Memory(64<<20))
	f, err := client.Submit(ctx, c, hoard, 1)
	if err != nil {
		t.Fatal(err)
	}
	err = f.Wait(ctx)
	if !errors.Is(err, graph.ErrKilled) || !strings.Contains(err.Error(), "out of memory") || !strings.Contains(err.Error(), "limit of 64 MiB") {
		t.Errorf("error %v, want one that says out of memory, and of how much", err)
	}
	g, err := client.Submit(ctx, c, nap, 5)
	if err != nil {
		t.Fatal(err)
	}
	if x, err := g.Result(ctx); x != 5 || err != nil {
		t.Errorf("afterwards: %d, %v", x, err)
	}
}

// TestCrashLeavesNoSpillFile: what a worker had on disk is gone when it is killed,
// and its successor spills again.
func TestCrashLeavesNoSpillFile(t *testing.T) {
	dir := t.TempDir()
	cl, c, ctx := processes(t, cluster.Memory(64<<20), cluster.Spill(dir))
	spillOn := func(from int) {
		t.Helper()
		for i := range 12 {
			f, err := client.Submit(ctx, c, megabytes, 8, client.Workers("worker-0"), client.Impure())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(f.Release)
			if err := f.Wait(ctx); err != nil {
				t.Fatalf("value %d: %v", from+i, err)
			}
		}
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			info, err := c.Info(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range info.Workers {
				if w.Name == "worker-0" && w.Spilled > 0 {
					return
				}
			}
			if time.Now().After(end) {
				t.Fatal("nothing is spilled")
			}
		}
	}
	spillOn(0)
	if n := spillFilesOf(t, cl.Worker(0).Pid, dir); n != 1 {
		t.Errorf("the worker has %d spill files open, want 1", n)
	}
	if err := cl.Kill(0); err != nil {
		t.Fatal(err)
	}
	spillOn(12)
	if es, err := os.ReadDir(dir); err != nil || len(es) > 0 {
		t.Errorf("files are left: %v %v", es, err)
	}
}

// spillFilesOf counts the spill files in dir that a process has open: they have no name
// any more.
func spillFilesOf(t *testing.T, pid int, dir string) (n int) {
	t.Helper()
	fds, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, dir+"/") && strings.HasSuffix(to, "(deleted)") {
			n++
		}
	}
	return n
}

// pile keeps MiB of Go's memory, which are no result.
var pile = graph.NewFunc("clustertest.pile", func(_ context.Context, mib int) (int, error) {
	piled = make([]byte, mib<<20)
	for i := 0; i < len(piled); i += 4096 {
		piled[i] = 1
	}
	return mib, nil
})

var piled []byte

// TestHeapIsShownApart: what tasks keep of Go's memory is in a worker's Heap, and
// results are not.
func TestHeapIsShownApart(t *testing.T) {
	_, c, ctx := processes(t, cluster.Workers(1))
	const keeps, result = 96, 64
	f, err := client.Submit(ctx, c, pile, keeps)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	g, err := client.Submit(ctx, c, megabytes, result)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Release()
	if err := errors.Join(f.Wait(ctx), g.Wait(ctx)); err != nil {
		t.Fatal(err)
	}
	await(t, c, "the heap has what is kept, and the result is counted", func(in *client.Info) bool {
		w := in.Workers[0]
		return w.Heap > keeps<<20 && w.Managed >= result<<20 && w.Heap+w.Managed <= w.Process+(16<<20)
	})
}
