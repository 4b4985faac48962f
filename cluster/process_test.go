package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/server"
)

// TestProcesses: calls run in the worker processes, where they are told to.
func TestProcesses(t *testing.T) {
	cl, c, ctx := processes(t, cluster.WorkerResources(1, "GPU=1"))
	for i := range cl.Size() {
		w := cl.Worker(i)
		f, err := client.Submit(ctx, c, whoami, i, client.Workers(w.Name))
		if err != nil {
			t.Fatal(err)
		}
		if pid, err := f.Result(ctx); err != nil || pid != w.Pid || pid == os.Getpid() {
			t.Errorf("%s runs as %d, said %d, %v", w.Name, w.Pid, pid, err)
		}
	}
	f, err := client.Submit(ctx, c, whoami, 7, client.Resources("GPU=1"))
	if err != nil {
		t.Fatal(err)
	}
	if pid, err := f.Result(ctx); err != nil || pid != cl.Worker(1).Pid {
		t.Errorf("what needs a GPU ran in %d, not in %d: %v", pid, cl.Worker(1).Pid, err)
	}
}

// fold is a graph of n naps that are folded in a tree.
func fold(n int) *graph.Graph {
	b := &graph.Builder{}
	var level []graph.Ref
	for i := range n {
		arg, _ := nap.Literal(i) // an int always encodes
		level = append(level, b.Add(graph.Class{Op: nap.Name()}, arg))
	}
	for len(level) > 1 {
		var up []graph.Ref
		for i := 0; i < len(level); i += 2 {
			up = append(up, b.Add(graph.Class{Op: pair.Name()}, graph.ArgList(), level[i].Whole(), level[i+1].Whole()))
		}
		level = up
	}
	b.Output(level[0], graph.NewKey("fold"))
	return b.Graph()
}

func number(t *testing.T, vs []graph.Value, err error) int {
	t.Helper()
	var x int
	if err == nil {
		err = graph.Decode(vs[0], &x)
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestCase17KilledTwice: the answer is right although worker processes are killed
// while they compute it, and the cause is known.
func TestCase17KilledTwice(t *testing.T) {
	var log record
	cl, c, ctx := processes(t, cluster.Log(log.logger()))
	g := fold(256)
	vs, err := (&graph.Local{Threads: 256}).Run(ctx, g)
	want := number(t, vs, err)

	killed := make(chan error, 2)
	go func() {
		for _, i := range []int{0, 1} {
			time.Sleep(400 * time.Millisecond)
			killed <- cl.Kill(i)
		}
	}()
	vs, err = c.Run(ctx, g)
	if got := number(t, vs, err); got != want {
		t.Errorf("with two workers killed the answer is %d, want %d", got, want)
	}
	if err := errors.Join(<-killed, <-killed); err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "level=WARN msg=\"worker lost\""); n != 2 || !strings.Contains(log.String(), "signal: killed") {
		t.Errorf("%d workers lost, want 2, with their cause, in:\n%s", n, &log)
	}
	if err := c.WaitForWorkers(ctx, 2); err != nil {
		t.Errorf("the dead are not replaced: %v", err)
	}
}

// TestKillerTask: a task that kills its workers errs, and says which and how.
func TestKillerTask(t *testing.T) {
	o := server.Options{Machine: sched.Config{AllowedFailures: 1}}
	_, c, ctx := processes(t, cluster.Scheduler(o))
	f, err := client.Submit(ctx, c, suicide, 1)
	if err != nil {
		t.Fatal(err)
	}
	err = f.Wait(ctx)
	if !errors.Is(err, graph.ErrKilled) || !strings.Contains(err.Error(), "signal: killed") || !strings.Contains(err.Error(), "worker-") {
		t.Errorf("error %v, want one that names the workers and the signal", err)
	}
	if err := c.WaitForWorkers(ctx, 2); err != nil {
		t.Error(err)
	}
	g, err := client.Submit(ctx, c, nap, 5)
	if err != nil {
		t.Fatal(err)
	}
	if x, err := g.Result(ctx); x != 5 || err != nil {
		t.Errorf("afterwards: %d, %v", x, err)
	}
}

// TestHolderDies: a result whose only holder died is computed again when it is
// gathered.
func TestHolderDies(t *testing.T) {
	cl, c, ctx := processes(t)
	f, err := client.Submit(ctx, c, nap, 42, client.Workers("worker-0"), client.Loose())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := cl.Kill(0); err != nil {
		t.Fatal(err)
	}
	if x, err := f.Result(ctx); x != 42 || err != nil {
		t.Errorf("gathered %d, %v", x, err)
	}
}

// TestStartAgain: a worker process that died is replaced by another.
func TestStartAgain(t *testing.T) {
	cl, c, ctx := processes(t)
	before := cl.Worker(0).Pid
	if err := cl.Kill(0); err != nil {
		t.Fatal(err)
	}
	f, err := client.Submit(ctx, c, whoami, 1, client.Workers("worker-0"))
	if err != nil {
		t.Fatal(err)
	}
	if pid, err := f.Result(ctx); err != nil || pid == before || pid != cl.Worker(0).Pid {
		t.Errorf("worker-0 was %d, is %d, and answers as %d, %v", before, cl.Worker(0).Pid, pid, err)
	}
}

func TestErrors(t *testing.T) {
	ctx := context.Background()
	first, err := cluster.Local(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	for want, opts := range map[string][]cluster.Option{
		first.Address():                {cluster.Listen(first.Address())},
		"worker 3 of 2":                {cluster.Workers(2), cluster.WorkerResources(3, "GPU=1")},
		"NAME=NUMBER":                  {cluster.WorkerResources(0, "GPU=x")},
		"-1 workers":                   {cluster.Workers(-1)},
		"\"nowhere\" is not HOST:PORT": {cluster.Listen("nowhere")},
	} {
		c, err := cluster.Local(ctx, opts...)
		if err == nil {
			c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	if err := first.Kill(0); err == nil || !strings.Contains(err.Error(), "Processes") {
		t.Errorf("killing a goroutine: %v", err)
	}
}

func Example() {
	ctx := context.Background()
	c, err := cluster.Local(ctx, cluster.Workers(2), cluster.Threads(1), cluster.WorkerResources(1, "GPU=1"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range c.Size() {
		fmt.Println(c.Worker(i).Name)
	}
	fmt.Println(c.Close())
	// Output:
	// worker-0
	// worker-1
	// <nil>
}
