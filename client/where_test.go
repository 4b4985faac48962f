package client_test

import (
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

func TestWhereThingsAre(t *testing.T) {
	a, b, ctx := clients(t)
	f := must(client.Submit(ctx, a, square, 11, client.Workers("worker-1")))(t)
	h := must(client.Submit(ctx, a, hang, 1, client.Workers("worker-0")))(t)
	<-started
	if err := f.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if who := must(b.Holders(ctx, f.Key(), h.Key()))(t); !slices.Equal(who[0], []string{"worker-1"}) || len(who[1]) != 0 {
		t.Errorf("held by %v", who)
	}
	has := must(b.HasWhat(ctx, "worker-1"))(t)
	if len(has) != 1 || has[0].Key != f.Key() || has[0].Op != square.Name() || has[0].Bytes != 9 {
		t.Errorf("worker-1 has %+v", has)
	}
	does := must(b.Processing(ctx, "worker-0"))(t)
	if len(does) != 1 || does[0].Key != h.Key() || does[0].Op != hang.Name() || does[0].Age <= 0 {
		t.Errorf("worker-0 does %+v", does)
	}
	story := must(b.Story(ctx, f.Key()))(t)
	var states []string
	for _, s := range story {
		states = append(states, s.To)
	}
	if !slices.Equal(states, []string{"waiting", "processing", "memory"}) || story[1].Worker != "worker-1" || story[1].Attempt != 1 {
		t.Errorf("the story of a square is %+v", story)
	}
	_, err := b.Story(ctx, graph.NewKey("fable"))
	wantError(t, err, client.ErrNotFound, "fable", "never submitted")
	_, err = b.HasWhat(ctx, "worker-9")
	wantError(t, err, client.ErrNotFound, "worker-9", `"worker-0" "worker-1"`)
	h.Cancel()
	<-stopped
}
