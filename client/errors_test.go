package client_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/server"
)

// wantError fails unless err is one, wraps want, if that is not nil, and says
// everything of says.
func wantError(t *testing.T, err, want error, says ...string) {
	t.Helper()
	if err == nil || want != nil && !errors.Is(err, want) {
		t.Errorf("error %v does not wrap %q", err, want)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not say %q", err, s)
		}
	}
}

func TestRemoteErrors(t *testing.T) {
	c, ctx := connect(t)
	err := must(client.Submit(ctx, c, explode, "kaboom"))(t).Wait(ctx)
	wantError(t, err, graph.ErrPanic, "kaboom", explode.Name(), "remote stack", "cluster_test.go", "worker-")
	var te *graph.TaskError
	if !errors.As(err, &te) || te.Worker == "" || te.Task == "" {
		t.Errorf("the panic is %+v", te)
	}

	f := must(client.Submit(ctx, c, refuse, "not me"))(t)
	wantError(t, f.Wait(ctx), graph.ErrTask, "not me", refuse.Name())
	dependent := must(client.Then(ctx, square, f))(t)
	wantError(t, dependent.Wait(ctx), graph.ErrTask, "not me", refuse.Name())

	b := &graph.Builder{}
	b.Output(b.Add(graph.Class{Op: "clienttest.nobody"}, nil), graph.NewKey("nobody"))
	_, err = c.Run(ctx, b.Graph())
	wantError(t, err, graph.ErrUnregistered, "clienttest.nobody", "not in this program")

	slow := must(client.Submit(ctx, c, hang, 4, client.Timeout(50*time.Millisecond)))(t)
	wantError(t, slow.Wait(ctx), graph.ErrTimeout, hang.Name())
	<-stopped
	<-started

	attempts.Store(0)
	if got := get(t, ctx, must(client.Submit(ctx, c, flaky, 3, client.Retries(2)))(t)); got != 3 {
		t.Errorf("two retries end with attempt %d", got)
	}
}

func TestBadCalls(t *testing.T) {
	c, ctx := connect(t)
	_, err := client.Submit(ctx, c, square, 1, client.Resources("GPU=many"))
	wantError(t, err, err, "GPU", square.Name())
	_, err = client.Submit(ctx, c, square, 1, client.Retries(-1))
	wantError(t, err, err, "-1 retries")

	b := &graph.Builder{}
	b.Output(b.Add(graph.Class{Op: graph.Identity}, nil, b.Input(graph.NewKey("lost and gone")).Whole()), graph.NewKey("out"))
	_, err = c.Run(ctx, b.Graph())
	wantError(t, err, graph.ErrUnknownKey, "lost and gone")
}

// TestNoWorkerWithResource: the task waits, then errs and says what is missing.
func TestNoWorkerWithResource(t *testing.T) {
	quick := server.Options{Machine: sched.Config{NoWorkerTimeout: 200 * time.Millisecond}}
	c, ctx := connect(t, cluster.Scheduler(quick), cluster.WorkerResources(1, "LICENCE=1"))
	f := must(client.Submit(ctx, c, square, 2, client.Resources("GPU=1")))(t)
	wantError(t, f.Wait(ctx), graph.ErrNoWorker, "GPU")
	g := must(client.Submit(ctx, c, square, 3, client.Resources("LICENCE=1")))(t)
	if got := get(t, ctx, g); got != 9 || len(c.WhoHas(g)) != 1 || c.WhoHas(g)[0] != "worker-1" {
		t.Errorf("%d on %v, want 9 on worker-1", got, c.WhoHas(g))
	}
	h := must(client.Submit(ctx, c, square, 4, client.Workers("worker-0")))(t)
	if get(t, ctx, h); c.WhoHas(h)[0] != "worker-0" {
		t.Errorf("restricted to worker-0, ran on %v", c.WhoHas(h))
	}
}

func TestConnectErrors(t *testing.T) {
	ctx := context.Background()
	_, err := client.Connect(ctx, "127.0.0.1:1")
	wantError(t, err, client.ErrUnreachable, "127.0.0.1:1", "ashlar scheduler")
	_, err = client.Connect(ctx, "nonsense")
	wantError(t, err, err, "HOST:PORT")
}

// TestClosedClient: whatever is asked of it says that it is closed.
func TestClosedClient(t *testing.T) {
	c, ctx := connect(t)
	f := must(client.Submit(ctx, c, hang, 5))(t)
	<-started
	waited := make(chan error, 1)
	go func() { waited <- f.Wait(ctx) }()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	wantError(t, <-waited, client.ErrClosed)
	<-stopped
	_, err := client.Submit(ctx, c, square, 1)
	wantError(t, err, client.ErrClosed)
	_, err = c.Info(ctx)
	wantError(t, err, client.ErrClosed)
	f.Release()
}
