package cluster_test

import (
	"errors"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// napping is a graph that folds n literals, each after a nap.
func napping(n int, key string) *graph.Graph {
	b := &graph.Builder{}
	level := make([]graph.Ref, n)
	for i := range level {
		v, _ := graph.Encode(i) // an int always encodes
		lit := b.Literal(graph.NewKey("napping literal").With(string(rune('a'+i))), v)
		level[i] = b.Add(graph.Class{Op: nap.Name()}, graph.ArgValue(), lit.Whole())
	}
	for len(level) > 1 {
		var up []graph.Ref
		for i := 0; i < len(level); i += 2 {
			up = append(up, b.Add(graph.Class{Op: pair.Name()}, graph.ArgList(), level[i].Whole(), level[i+1].Whole()))
		}
		level = up
	}
	b.Output(level[0], graph.NewKey(key))
	return b.Graph()
}

// TestLiteralsAreBroughtAgain: what a program brought and a dead worker had is
// brought again.
func TestLiteralsAreBroughtAgain(t *testing.T) {
	var log record
	cl, c, ctx := processes(t, cluster.Log(log.logger()))
	g := napping(64, "run")
	vs, err := (&graph.Local{Threads: 64}).Run(ctx, g)
	want := number(t, vs, err)
	killed := make(chan error, 1)
	go func() {
		time.Sleep(150 * time.Millisecond)
		killed <- cl.Kill(0)
	}()
	vs, err = c.Run(ctx, g)
	if got := number(t, vs, err); got != want {
		t.Errorf("the answer is %d, want %d", got, want)
	}
	if err := <-killed; err != nil {
		t.Error(err)
	}
}

// TestPersistedComesBack: a persisted value is computed again even if all that
// it came from is lost with it.
func TestPersistedComesBack(t *testing.T) {
	cl, c, ctx := processes(t)
	g := napping(8, "persisted")
	vs, err := (&graph.Local{}).Run(ctx, g)
	want := number(t, vs, err)
	held, err := c.Persist(ctx, g)
	if err != nil {
		t.Fatal(err)
	}
	if err := held[0].Wait(ctx); err != nil {
		t.Fatal(err)
	}
	pids := []int{cl.Worker(0).Pid, cl.Worker(1).Pid}
	if err := errors.Join(cl.Kill(0), cl.Kill(1)); err != nil {
		t.Fatal(err)
	}
	for i, pid := range pids {
		for cl.Worker(i).Pid == pid || cl.Worker(i).Pid == 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}
	if err := c.WaitForWorkers(ctx, 2); err != nil {
		t.Fatal(err)
	}
	b := &graph.Builder{}
	in := b.Input(held[0].Key()).Whole()
	b.Output(b.Add(graph.Class{Op: pair.Name()}, graph.ArgList(), in, in), graph.NewKey("after"))
	vs, err = c.Run(ctx, b.Graph())
	if got := number(t, vs, err); got != 4*want {
		t.Errorf("what follows from it is %d, want %d", got, 4*want)
	}
	if err := held[0].Wait(ctx); err != nil {
		t.Error(err)
	}
	held[0].Release()
	if in, err := c.Info(ctx); err != nil || in.Tasks["memory"] != 0 {
		t.Errorf("left behind: %v, %v", in, err)
	}
}
