package graph_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

func init() {
	k := func(context.Context, *graph.Call) (graph.Value, error) { return graph.Raw{}, nil }
	graph.Register("fusetest.cpu", k)
	graph.Register("fusetest.both", k)
	graph.RegisterGPU("fusetest.both", k)
}

// TestFuseKeepsProcessorsApart fuses a chain of ops of which one has no GPU
// kernel: where a GPU is asked for it stays by itself.
func TestFuseKeepsProcessorsApart(t *testing.T) {
	for _, c := range []struct {
		spec graph.Spec
		want []string
	}{
		{graph.Spec{}, []string{graph.Fused}},
		{graph.Spec{Resources: graph.Resources{{Name: "LICENCE", Milli: 1000}}}, []string{graph.Fused}},
		{graph.Spec{Resources: graph.Resources{{Name: graph.GPU, Milli: 1000}}}, []string{graph.Fused, "fusetest.cpu", "fusetest.both"}},
	} {
		b := &graph.Builder{}
		var r graph.Ref
		for i, op := range []string{"fusetest.both", "fusetest.both", "fusetest.cpu", "fusetest.both"} {
			var deps []graph.Dep
			if i > 0 {
				deps = []graph.Dep{r.Whole()}
			}
			r = b.Add(graph.Class{Op: op, Spec: c.spec}, nil, deps...)
		}
		b.Output(r, graph.RandomKey("out"))
		g := graph.Fuse(b.Graph())
		var got []string
		for i := range g.Len() {
			got = append(got, g.TaskClass(i).Op)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("with %v: tasks %v, want %v", c.spec.Resources, got, c.want)
		}
	}
}
