package client_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

var (
	deeds atomic.Int64
	gate  = make(chan struct{}, 10)
	deed  = graph.NewFunc("clienttest.deed", func(ctx context.Context, _ int) (int, error) {
		select {
		case <-gate:
			deeds.Add(1)
			return 0, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
)

// TestFireAndForget: the work is done though its future is released and its
// client closes.
func TestFireAndForget(t *testing.T) {
	a, b, ctx := clients(t)
	deeds.Store(0)
	f := must(client.Submit(ctx, a, deed, 1))(t)
	if err := client.FireAndForget(f); err != nil {
		t.Fatal(err)
	}
	f.Release()
	wantError(t, client.FireAndForget(f), client.ErrReleased)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	gate <- struct{}{}
	empty(t, ctx, b)
	if n := deeds.Load(); n != 1 {
		t.Errorf("done %d times", n)
	}
}

func TestOnDone(t *testing.T) {
	c, ctx := connect(t)
	type end struct {
		f   *client.Future[int]
		err error
	}
	ends := make(chan end, 10)
	note := func(f *client.Future[int], err error) { ends <- end{f, err} }
	f := must(client.Submit(ctx, c, square, 6))(t)
	client.OnDone(ctx, f, note)
	if e := <-ends; e.f != f || e.err != nil {
		t.Errorf("%+v", e)
	}
	h := must(client.Submit(ctx, c, hang, 1))(t)
	<-started
	client.OnDone(ctx, h, note)
	stop := client.OnDone(ctx, h, func(*client.Future[int], error) { t.Error("called after stop") })
	if !stop() {
		t.Error("stop was not in time")
	}
	h.Cancel()
	<-stopped
	wantError(t, (<-ends).err, graph.ErrCancelled)
	select {
	case e := <-ends:
		t.Errorf("called twice: %+v", e)
	case <-time.After(20 * time.Millisecond):
	}
	g := must(client.Submit(ctx, c, hang, 2))(t)
	<-started
	client.OnDone(ctx, g, note)
	g.Release()
	<-stopped
	wantError(t, (<-ends).err, client.ErrReleased)
}
