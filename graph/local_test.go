package graph

import (
	"context"
	"testing"
)

var square = NewFunc("test.square", func(_ context.Context, x int) (int, error) { return x * x, nil })
var sum = NewFunc("test.sum", func(_ context.Context, xs []int) (int, error) {
	t := 0
	for _, x := range xs {
		t += x
	}
	return t, nil
})

func squares(t *testing.T, n int) *Graph {
	t.Helper()
	b := &Builder{}
	var deps []Dep
	for i := range n {
		a, err := square.Literal(i)
		if err != nil {
			t.Fatal(err)
		}
		r := b.Add(Class{Op: square.Name()}, a)
		r = b.Add(Class{Op: square.Name()}, ArgValue(), r.Whole())
		deps = append(deps, r.Whole())
	}
	r := b.Add(Class{Op: sum.Name()}, ArgList(), deps...)
	b.Output(r, NewKey("sum"))
	return b.Graph()
}

func TestLocalRunsOptimizedGraph(t *testing.T) {
	for _, g := range []*Graph{squares(t, 10), Optimize(squares(t, 10))} {
		if err := g.Validate(); err != nil {
			t.Fatal(err)
		}
		vs, err := (&Local{}).Run(context.Background(), g)
		if err != nil {
			t.Fatal(err)
		}
		var got int
		if err := Decode(vs[0], &got); err != nil || got != 15333 {
			t.Fatalf("sum of fourth powers below 10 = %d, %v; want 15333", got, err)
		}
	}
	if n := Optimize(squares(t, 10)).Len(); n != 11 {
		t.Fatalf("the optimized graph has %d tasks; chains of two must be one: want 11", n)
	}
}
