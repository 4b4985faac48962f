package client_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

func TestMetadata(t *testing.T) {
	a, b, ctx := clients(t)
	if err := client.SetMetadata(ctx, a, "run/rate", 0.25); err != nil {
		t.Fatal(err)
	}
	if v := must(client.Metadata[float64](ctx, b, "run/rate"))(t); v != 0.25 {
		t.Errorf("%v", v)
	}
	_, err := client.Metadata[string](ctx, b, "run/rate")
	wantError(t, err, nil, "run/rate", "float64", "string")
	if err := b.RemoveMetadata(ctx, "run/rate"); err != nil {
		t.Fatal(err)
	}
	_, err = client.Metadata[float64](ctx, a, "run/rate")
	wantError(t, err, client.ErrNotFound, "run/rate")
	wantError(t, client.SetMetadata(ctx, a, "big", make([]byte, 1<<20)), client.ErrTooLarge, "big", "scatter")
	wantError(t, client.SetMetadata(ctx, a, "", 1), client.ErrBadAsk, "path")
	wantError(t, client.SetMetadata(ctx, a, "f", func() {}), nil, "func()")
	wantError(t, client.SetMetadata(ctx, a, "list", graph.List{}), nil, "scatter it")
	if err := client.SetMetadata(ctx, a, "empty", ""); err != nil {
		t.Error(err)
	}
	if v := must(client.Metadata[string](ctx, b, "empty"))(t); v != "" {
		t.Errorf("%q", v)
	}
}

func TestEvents(t *testing.T) {
	a, b, ctx := clients(t)
	for i := range 3 {
		if err := client.LogEvent(ctx, b, "loss", 1/float64(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	es := must(a.Events(ctx, "loss"))(t)
	var vs []float64
	for _, e := range es {
		var v float64
		if err := client.Decode(e, &v); err != nil || e.Source != "the other" {
			t.Errorf("%+v: %v", e, err)
		}
		vs = append(vs, v)
	}
	if !slices.Equal(vs, []float64{1, 0.5, 1. / 3}) || es[2].At.Before(es[0].At) {
		t.Errorf("events %v", es)
	}
	if es := must(a.Events(ctx, "nothing"))(t); len(es) != 0 {
		t.Errorf("%v", es)
	}
	wantError(t, client.LogEvent(ctx, a, "loss", make([]byte, 1<<17)), client.ErrTooLarge, "loss", "65536")
	wantError(t, client.LogEvent(ctx, a, "", 1), client.ErrBadAsk, "topic")
}

// Small values, and a log of events, are shared through the scheduler.
func ExampleSetMetadata() {
	ctx := context.Background()
	cl, err := cluster.Local(ctx)
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
	fmt.Println(client.SetMetadata(ctx, c, "model/name", "ridge"))
	fmt.Println(client.Metadata[string](ctx, c, "model/name"))
	fmt.Println(client.LogEvent(ctx, c, "epochs", 1), client.LogEvent(ctx, c, "epochs", 2))
	events, err := c.Events(ctx, "epochs")
	fmt.Println(len(events), err)
	// Output:
	// <nil>
	// ridge <nil>
	// <nil> <nil>
	// 2 <nil>
}
