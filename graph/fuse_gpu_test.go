package graph_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

func init() {
	k := func(context.Context, *graph.Call) (graph.Value, error) { return graph.Raw{}, nil }
	graph.Register("fusetest.cpu", k)
	graph.Register("fusetest.both", k)
	graph.RegisterGPU("fusetest.both", k, func(attr []byte) error {
		if len(attr) > 0 {
			return errors.New("not for these")
		}
		return nil
	})
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

// TestWhyNoGPU names the op, of a chain that of the step.
func TestWhyNoGPU(t *testing.T) {
	gpu := graph.Spec{}
	b := &graph.Builder{}
	r := b.Add(graph.Class{Op: "fusetest.both", Spec: gpu}, nil)
	r = b.Add(graph.Class{Op: "fusetest.both", Spec: gpu}, []byte("x"), r.Whole())
	b.Output(r, graph.RandomKey("out"))
	g := graph.Fuse(b.Graph())
	if g.Len() != 1 {
		t.Fatalf("%d tasks", g.Len())
	}
	for _, c := range []struct {
		op   string
		attr []byte
		want string
	}{
		{"fusetest.both", nil, "<nil>"},
		{"fusetest.both", []byte("x"), "fusetest.both: not for these"},
		{"fusetest.cpu", nil, "fusetest.cpu has no GPU kernel"},
		{graph.Fused, g.TaskAttr(0), "fusetest.both: not for these"},
	} {
		if got := fmt.Sprint(graph.WhyNoGPU(c.op, c.attr)); got != c.want || graph.HasGPU(c.op, c.attr) != (c.want == "<nil>") {
			t.Errorf("%s with %q: %s, want %s", c.op, c.attr, got, c.want)
		}
	}
}
