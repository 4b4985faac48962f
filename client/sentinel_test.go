package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/server"
)

// TestSentinels: what can become of a call is an error of its own kind, from
// one end to the other, that names the function and the key.
func TestSentinels(t *testing.T) {
	quick := server.Options{Machine: sched.Config{NoWorkerTimeout: 100 * time.Millisecond}}
	c, ctx := connect(t, cluster.Scheduler(quick), cluster.Memory(1<<20))
	wait := func(f *client.Future[int], err error) error {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return f.Wait(ctx)
	}
	err := wait(client.Submit(ctx, c, refuse, "alas", client.Key("the refusal")))
	wantError(t, err, graph.ErrTask, "alas", refuse.Name(), "the refusal", "worker-")
	err = wait(client.Submit(ctx, c, explode, "bang", client.Key("the bang")))
	wantError(t, err, graph.ErrPanic, "bang", explode.Name(), "the bang", "remote stack", "cluster_test.go")
	err = wait(client.Submit(ctx, c, square, 1, client.Resources("GPU=1"), client.Key("the GPU")))
	wantError(t, err, graph.ErrNoWorker, "GPU", square.Name(), "the GPU", "waited 100ms")
	err = wait(client.Submit(ctx, c, hang, 31, client.Timeout(30*time.Millisecond), client.Key("the slow one")))
	wantError(t, err, graph.ErrTimeout, hang.Name(), "the slow one")
	<-started
	<-stopped
	big := must(client.Submit(ctx, c, bulky, 4<<20, client.Key("the bulk")))(t)
	wantError(t, big.Wait(ctx), graph.ErrMemory, bulky.Name(), "the bulk")

	f := must(client.Submit(ctx, c, hang, 32, client.Key("the hanging one")))(t)
	<-started
	f.Cancel()
	<-stopped
	wantError(t, f.Wait(ctx), graph.ErrCancelled, "the hanging one")

	brief, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel()
	g := must(client.Submit(brief, c, hang, 33))(t)
	<-started
	<-stopped
	wantError(t, g.Wait(ctx), graph.ErrCancelled, "context of its submission", "deadline")

	h := must(client.Submit(ctx, c, hang, 34))(t)
	<-started
	soon, cancel2 := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel2()
	_, err = client.Gather(soon, h)
	wantError(t, err, graph.ErrTimeout)
	h.Cancel()
	<-stopped
}
