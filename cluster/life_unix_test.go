//go:build unix

package cluster_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/server"
)

var (
	// crash panics where nobody recovers: its process dies.
	crash = graph.NewFunc("clustertest.crash", func(_ context.Context, why string) (int, error) {
		go func() { panic(why) }()
		select {}
	})
	// gorge takes more memory than its process may have.
	gorge = graph.NewFunc("clustertest.gorge", func(_ context.Context, n int) (int, error) {
		if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 1 << 30, Max: 1 << 30}); err != nil {
			return 0, err
		}
		return len(make([]byte, n)), nil
	})
	slowly = graph.NewFunc("clustertest.slowly", func(_ context.Context, ms int) (int, error) {
		time.Sleep(time.Duration(ms) * time.Millisecond)
		return os.Getpid(), nil
	})
)

// TestCausesInErrors: the error of a task that killed its workers says how they
// died.
func TestCausesInErrors(t *testing.T) {
	o := server.Options{Machine: sched.Config{AllowedFailures: -1}}
	_, c, ctx := processes(t, cluster.Scheduler(o))
	f, err := client.Submit(ctx, c, crash, "kaboom")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Wait(ctx); !errors.Is(err, graph.ErrKilled) || !strings.Contains(err.Error(), "exit status 2: panic: kaboom") {
		t.Errorf("a panic outside the task: %v", err)
	}
	g, err := client.Submit(ctx, c, gorge, 8<<30)
	if err != nil {
		t.Fatal(err)
	}
	err = g.Wait(ctx)
	// The race detector has an allocator, and last words, of its own.
	said := err != nil && (strings.Contains(err.Error(), "out of memory") || strings.Contains(err.Error(), "address space"))
	if !errors.Is(err, graph.ErrKilled) || !said {
		t.Errorf("too much memory: %v", err)
	}
}

// TestDrain: a worker that gets SIGTERM finishes what it runs and hands on what
// only it has; it is not started again, and nothing is lost.
func TestDrain(t *testing.T) {
	cl, c, ctx := processes(t)
	kept, err := client.Submit(ctx, c, letters, 100_000, client.Workers("worker-0"), client.Loose())
	if err != nil {
		t.Fatal(err)
	}
	pid := cl.Worker(0).Pid
	runs, err := client.Submit(ctx, c, slowly, 700, client.Workers("worker-0"), client.Loose())
	if err != nil {
		t.Fatal(err)
	}
	defer runs.Release() // not before: what is garbage is released
	if err := kept.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	await(t, c, "the task runs", func(in *client.Info) bool { return in.Tasks["processing"] == 1 })
	if err := cl.Signal(0, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got, err := runs.Result(ctx); got != pid || err != nil {
		t.Errorf("what ran on the worker that drains ended in %d, %v, want %d", got, err, pid)
	}
	await(t, c, "the worker goes", func(in *client.Info) bool { return len(in.Workers) == 1 })
	if in, err := c.Info(ctx); err != nil || in.Tasks["memory"] != 2 {
		t.Errorf("afterwards: %+v, %v", in.Tasks, err)
	}
	if who := c.WhoHas(kept); len(who) == 0 {
		t.Error("nobody has what the worker handed on")
	}
	if v, err := kept.Result(ctx); len(v) != 100_000 || err != nil {
		t.Errorf("%d bytes, %v", len(v), err)
	}
	for end := time.Now().Add(15 * time.Second); cl.Worker(0).Pid == pid && time.Now().Before(end); {
		time.Sleep(time.Millisecond) // it has left, and takes its time to end
	}
	time.Sleep(300 * time.Millisecond) // a nanny would have started another
	if p := cl.Worker(0).Pid; p != 0 {
		t.Errorf("the retired worker runs again, as %d", p)
	}
}

// TestLifetime: workers that lived their time are replaced, while results stay
// and work goes on.
func TestLifetime(t *testing.T) {
	for name, opts := range map[string][]cluster.Option{
		"processes":  {cluster.Processes()},
		"goroutines": nil,
	} {
		t.Run(name, func(t *testing.T) {
			var log record
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			defer cancel()
			opts = append(opts, cluster.Workers(2), cluster.Threads(1), cluster.Log(log.logger()),
				cluster.Lifetime(700*time.Millisecond, 300*time.Millisecond))
			cl, err := cluster.Local(ctx, opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer cl.Close()
			c, err := cl.Client(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			kept, err := client.Submit(ctx, c, letters, 100_000)
			if err != nil {
				t.Fatal(err)
			}
			runs := 0
			for strings.Count(log.String(), "lived its time") < 3 {
				f, err := client.Submit(ctx, c, nap, runs, client.Impure())
				if err != nil {
					t.Fatal(err)
				}
				if x, err := f.Result(ctx); x != runs || err != nil {
					t.Fatalf("run %d: %d, %v", runs, x, err)
				}
				runs++
			}
			if v, err := kept.Result(ctx); len(v) != 100_000 || err != nil {
				t.Errorf("%d bytes, %v", len(v), err)
			}
			if s := log.String(); strings.Contains(s, "level=WARN msg=\"worker lost\"") {
				t.Errorf("workers were lost:\n%s", s)
			}
		})
	}
}
