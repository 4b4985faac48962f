package client_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
)

// tree is a graph that sums the squares of n literals in a binary tree.
func tree(n int, key string) *graph.Graph {
	b := &graph.Builder{}
	var level []graph.Ref
	for i := range n {
		v, _ := graph.Encode(i) // an int always encodes
		lit := b.Literal(graph.NewKey("literal", []byte{byte(i), byte(i >> 8)}), v)
		level = append(level, b.Add(graph.Class{Op: square.Name()}, graph.ArgValue(), lit.Whole()))
	}
	for len(level) > 1 {
		var up []graph.Ref
		for i := 0; i+1 < len(level); i += 2 {
			up = append(up, b.Add(graph.Class{Op: sum.Name()}, graph.ArgList(), level[i].Whole(), level[i+1].Whole()))
		}
		if len(level)%2 == 1 {
			up = append(up, level[len(level)-1])
		}
		level = up
	}
	b.Output(level[0], graph.NewKey(key))
	return b.Graph()
}

// TestRunAgreesWithLocal: a cluster gives the answer of a Local, for any tree.
func TestRunAgreesWithLocal(t *testing.T) {
	c, ctx := connect(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "leaves")
		var got [2]int
		for i, r := range []graph.Runner{c, &graph.Local{}} {
			vs, err := r.Run(ctx, tree(n, "root"))
			if err != nil {
				t.Fatal(err)
			}
			if err := graph.Decode(vs[0], &got[i]); err != nil {
				t.Fatal(err)
			}
			vs[0].Release()
		}
		if got[0] != got[1] {
			t.Fatalf("%d leaves: the cluster says %d, Local %d", n, got[0], got[1])
		}
	})
	if in := must(c.Info(ctx))(t); in.Tasks["memory"] != 0 || in.Tasks["processing"] != 0 {
		t.Errorf("left behind: %v", in.Tasks)
	}
}

// TestPersist: what is persisted is the input of other graphs, under its key.
func TestPersist(t *testing.T) {
	c, ctx := connect(t)
	held := must(c.Persist(ctx, tree(10, "ten")))(t)
	b := &graph.Builder{}
	b.Output(b.Add(graph.Class{Op: square.Name()}, graph.ArgValue(), b.Input(held[0].Key()).Whole()), graph.NewKey("after"))
	b.Output(b.Input(held[0].Key()), held[0].Key()) // and the input itself
	vs := must(c.Run(ctx, b.Graph()))(t)
	var x, y int
	if err := graph.Decode(vs[0], &x); err != nil || x != 285*285 {
		t.Errorf("285² = %d, %v", x, err)
	}
	if err := graph.Decode(vs[1], &y); err != nil || y != 285 {
		t.Errorf("the sum of ten squares is %d, %v", y, err)
	}
	if err := held[0].Wait(ctx); err != nil {
		t.Error(err)
	}
	held[0].Release()
	in := must(c.Info(ctx))(t)
	if in.Tasks["memory"] != 0 {
		t.Errorf("left behind: %v", in.Tasks)
	}
}

// TestRunContextCancels: when its context ends, Run returns and the work stops.
func TestRunContextCancels(t *testing.T) {
	c, ctx := connect(t)
	b := &graph.Builder{}
	arg := must(hang.Literal(6))(t)
	b.Output(b.Add(graph.Class{Op: hang.Name()}, arg), graph.NewKey("never"))
	run, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		_, err := c.Run(run, b.Graph())
		ended <- err
	}()
	<-started
	cancel()
	wantError(t, <-ended, graph.ErrCancelled)
	<-stopped
	if in := must(c.Info(ctx))(t); in.Tasks["processing"] != 0 {
		t.Errorf("still working: %v", in.Tasks)
	}
}

// TestRunAfterGivingUpEarly: a run whose context ended before the scheduler
// said where its literals go takes nothing from the next.
func TestRunAfterGivingUpEarly(t *testing.T) {
	c, ctx := connect(t)
	over, cancel := context.WithCancel(ctx)
	cancel()
	for i := range 50 {
		if _, err := c.Run(over, tree(3, "tried")); err != nil {
			wantError(t, err, graph.ErrCancelled)
		}
		vs := must(c.Run(ctx, tree(3, "run")))(t)
		var got int
		if err := graph.Decode(vs[0], &got); err != nil || got != 5 {
			t.Fatalf("run %d: the sum of three squares is %d, %v", i, got, err)
		}
		vs[0].Release()
	}
	if in := must(c.Info(ctx))(t); in.Tasks["waiting"] != 0 || in.Tasks["memory"] != 0 {
		t.Errorf("left behind: %v", in.Tasks)
	}
}
