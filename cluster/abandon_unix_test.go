//go:build unix

package cluster_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/server"
)

// stopping starts a cluster in which a stopped worker is not declared lost.
func stopping(t *testing.T) (*cluster.Cluster, *client.Client, context.Context) {
	return processes(t, cluster.Scheduler(server.Options{Heartbeat: 50 * time.Millisecond, WorkerTimeout: time.Minute}))
}

// goOn has workers go on.
func goOn(t *testing.T, cl *cluster.Cluster, workers ...int) {
	t.Helper()
	for _, i := range workers {
		if err := cl.Signal(i, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
}

// await returns when the cluster is as ok says.
func await(t *testing.T, c *client.Client, what string, ok func(*client.Info) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	for {
		in, err := c.Info(ctx)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if ok(in) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func waiting(n int64) func(*client.Info) bool {
	return func(in *client.Info) bool { return in.Tasks["waiting"] == n }
}

// TestAbandonedLiteralIsBroughtByAnother: a run that counts on another to bring
// a literal brings it itself when that one ends.
func TestAbandonedLiteralIsBroughtByAnother(t *testing.T) {
	cl, c, ctx := stopping(t)
	one := napping(1, "first")
	two := napping(1, "second") // of the same literal
	vs, err := (&graph.Local{}).Run(ctx, two)
	want := number(t, vs, err)
	halt(t, cl, 0)
	halt(t, cl, 1)
	first, giveUp := context.WithCancel(ctx)
	defer giveUp()
	gaveUp, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := c.Run(first, one)
		gaveUp <- err
	}()
	await(t, c, "the first run brings its literal", waiting(1))
	second, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	go func() {
		var err error
		vs, err = c.Run(second, two)
		ended <- err
	}()
	await(t, c, "the second run waits for it", waiting(2))
	giveUp()
	if err := <-gaveUp; !errors.Is(err, graph.ErrCancelled) {
		t.Errorf("the first run ended with %v", err)
	}
	goOn(t, cl, 0, 1)
	if got := number(t, vs, <-ended); got != want {
		t.Errorf("the second run says %d, want %d", got, want)
	}
}

// TestAbandonedScatterIsFreed: of values that were not all brought, no worker
// keeps any.
func TestAbandonedScatterIsFreed(t *testing.T) {
	cl, c, ctx := stopping(t)
	const size = 8 << 20
	managed := func() (sum int64) {
		await(t, c, "info", func(in *client.Info) bool {
			for _, w := range in.Workers {
				sum += w.Managed
			}
			return true
		})
		return sum
	}
	halt(t, cl, 0)
	try, giveUp := context.WithCancel(ctx)
	defer giveUp()
	ended := make(chan error, 1)
	go func() {
		_, err := client.Scatter(try, c, make([]byte, size), make([]byte, size))
		ended <- err
	}()
	await(t, c, "one value arrives", func(*client.Info) bool { return managed() >= size })
	giveUp()
	if err := <-ended; !errors.Is(err, graph.ErrCancelled) {
		t.Errorf("the scatter ended with %v", err)
	}
	await(t, c, "it is freed", func(*client.Info) bool { return managed() == 0 })
	goOn(t, cl, 0)
	fs, err := client.Scatter(ctx, c, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		f.Release()
	}
	await(t, c, "nothing is left", func(in *client.Info) bool { return managed() == 0 && in.Tasks["memory"] == 0 })
}
