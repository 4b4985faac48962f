package client_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// TestRetireOnlyWorker: a worker whose results have nowhere to go does not, and
// whoever asked is told; when nobody needs them any more it goes.
func TestRetireOnlyWorker(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	f, err := client.Submit(ctx, c, square, 12)
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, ctx, f); got != 144 {
		t.Fatalf("got %d", got)
	}
	err = c.RetireWorkers(ctx, "worker-0")
	if !errors.Is(err, client.ErrStuck) || !strings.Contains(err.Error(), "worker-0") {
		t.Fatalf("retiring the only worker: %v", err)
	}
	in, err := c.Info(ctx)
	if err != nil || len(in.Workers) != 1 || !in.Workers[0].Retiring || in.Workers[0].Blocked == "" || in.Balance.TargetWhy == "" {
		t.Fatalf("%+v, %v", in, err)
	}
	f.Release()
	for end := time.Now().Add(10 * time.Second); len(in.Workers) > 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if in, err = c.Info(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if len(in.Workers) > 0 {
		t.Errorf("nobody needs its results, and it is still there: %+v", in.Workers)
	}
}

// TestReplicate: a value is held by as many workers as were asked for, or as
// there are.
func TestReplicate(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(3))
	fs, err := client.Scatter(ctx, c, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	keys := []graph.Key{fs[0].Key(), fs[1].Key()}
	for _, n := range []int{1, 2, 7} {
		if err := c.Replicate(ctx, n, fs[0]); err != nil {
			t.Fatal(err)
		}
		held, err := c.Holders(ctx, keys...)
		if err != nil || len(held[0]) != min(n, 3) || len(held[1]) != 1 {
			t.Errorf("%d copies of the first value are asked for; holders are %v, %v", n, held, err)
		}
	}
	if err := c.Replicate(ctx, 0, fs[0]); err == nil || !strings.Contains(err.Error(), "0 copies") {
		t.Errorf("no copy of a value: %v", err)
	}
	bad, err := client.Submit(ctx, c, refuse, "no")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Replicate(ctx, 2, bad); !errors.Is(err, graph.ErrTask) {
		t.Errorf("a value that is an error: %v", err)
	}
	in, err := c.Info(ctx)
	if err != nil || in.Balance.CopiesMade < 2 {
		t.Errorf("%+v, %v", in.Balance, err)
	}
}
