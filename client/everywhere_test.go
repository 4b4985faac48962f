package client_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

var (
	bulky = graph.NewFunc("clienttest.bulky", func(_ context.Context, n int) ([]byte, error) { return make([]byte, n), nil })
	first atomic.Bool
	// oneHangs answers on one worker and hangs on the others.
	oneAnswers = graph.NewFunc("clienttest.oneAnswers", func(ctx context.Context, x int) (int, error) {
		if first.CompareAndSwap(false, true) {
			return x, nil
		}
		started <- struct{}{}
		<-ctx.Done()
		stopped <- context.Cause(ctx)
		return 0, ctx.Err()
	})
)

func TestRunOn(t *testing.T) {
	c, ctx := connect(t)
	h := must(client.Map(ctx, c, hang, []int{1, 2}))(t) // both threads are busy
	<-started
	<-started
	as := must(client.RunOn(ctx, c, square, 9))(t)
	if len(as) != 2 || as[0] != (client.WorkerAnswer[int]{Worker: "worker-0", Value: 81}) || as[1].Worker != "worker-1" || as[1].Value != 81 {
		t.Errorf("on all workers: %+v", as)
	}
	as = must(client.RunOn(ctx, c, square, 7, "worker-1"))(t)
	if len(as) != 1 || as[0] != (client.WorkerAnswer[int]{Worker: "worker-1", Value: 49}) {
		t.Errorf("on one worker: %+v", as)
	}
	for _, f := range h {
		f.Cancel()
		<-stopped
	}
	es := must(client.RunOn(ctx, c, explode, "boom"))(t)
	wantError(t, es[1].Err, graph.ErrPanic, "boom", "worker-1", explode.Name())
	bs := must(client.RunOn(ctx, c, bulky, 2<<20))(t)
	wantError(t, bs[0].Err, graph.ErrMemory, "submit it as a task")
	_, err := client.RunOn(ctx, c, square, 1, "worker-7")
	wantError(t, err, client.ErrNotFound, "worker-7")
}

// TestRunOnIsCancelled: what was answered is there, the rest is stopped.
func TestRunOnIsCancelled(t *testing.T) {
	c, ctx := connect(t)
	first.Store(false)
	brief, cancel := context.WithCancel(ctx)
	go func() { <-started; cancel() }()
	as, err := client.RunOn(brief, c, oneAnswers, 3)
	wantError(t, err, graph.ErrCancelled)
	<-stopped
	good := 0
	for _, a := range as {
		if a.Err == nil && a.Value == 3 {
			good++
		} else {
			wantError(t, a.Err, graph.ErrCancelled, a.Worker)
		}
	}
	if len(as) != 2 || good > 1 {
		t.Errorf("answers %+v", as)
	}
}

func TestRestart(t *testing.T) {
	a, b, ctx := clients(t)
	done := must(client.Submit(ctx, a, square, 4))(t)
	get(t, ctx, done)
	if err := client.Publish(ctx, a, "four", done); err != nil {
		t.Fatal(err)
	}
	hung := must(client.Submit(ctx, a, hang, 9))(t)
	<-started
	before := must(b.Info(ctx))(t)
	if err := b.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	<-stopped
	wantError(t, hung.Wait(ctx), graph.ErrCancelled, "restarted", "the other asked for it")
	wantError(t, done.Wait(ctx), graph.ErrCancelled, "restarted")
	after := must(b.Info(ctx))(t)
	if len(after.Workers) != 2 || after.Workers[0].ID == before.Workers[0].ID || after.Workers[0].Managed != 0 {
		t.Errorf("workers before %+v, after %+v", before.Workers, after.Workers)
	}
	if names := must(b.Datasets(ctx))(t); len(names) != 0 {
		t.Errorf("published still: %v", names)
	}
	done.Release()
	again := must(client.Submit(ctx, a, square, 4))(t)
	if got := get(t, ctx, again); got != 16 {
		t.Errorf("afterwards: %d", got)
	}
}

func TestRetireWorkers(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(3))
	names := must(c.RetireSome(ctx, 1))(t)
	if len(names) != 1 {
		t.Errorf("retired %v", names)
	}
	_, err := c.RetireSome(ctx, 3)
	wantError(t, err, client.ErrBadAsk, "3 workers", "2 are there")
	in := must(c.Info(ctx))(t)
	name := in.Workers[0].Name
	h := must(client.Submit(ctx, c, hang, 5, client.Workers(name)))(t)
	<-started
	brief, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	wantError(t, c.RetireWorkers(brief, name), graph.ErrTimeout, name, "1 tasks")
	h.Cancel()
	<-stopped
	if err := c.RetireWorkers(ctx, name); err != nil && !errors.Is(err, client.ErrNotFound) {
		t.Error(err)
	}
	if in := must(c.Info(ctx))(t); len(in.Workers) != 1 {
		t.Errorf("left: %+v", in.Workers)
	}
	wantError(t, c.RetireWorkers(ctx, "worker-12"), client.ErrNotFound, "worker-12")
}

// RunOn calls a function on every worker, beside its tasks.
func ExampleRunOn() {
	ctx := context.Background()
	cl, err := cluster.Local(ctx, cluster.Workers(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	answers, err := client.RunOn(ctx, c, cube, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range answers {
		fmt.Println(a.Worker, a.Value, a.Err)
	}
	// Output:
	// worker-0 8 <nil>
	// worker-1 8 <nil>
}
