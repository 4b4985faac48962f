package frame

import (
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

// TestPlacementReachesEveryTask: what a frame is restricted to, and what is made
// of it, restricts every task of the plan; and it is another computation than
// the same plan without.
func TestPlacementReachesEveryTask(t *testing.T) {
	f := people(t).Place(graph.Spec{Priority: 3}).
		Filter(Col("age").Gt(20)).Join(people(t), Semi, Using("name")).
		GroupBy("team").Agg(Rows()).Sort(Asc("team")).Head(2)
	g, err := f.Graph()
	if err != nil {
		t.Fatal(err)
	}
	defer releaseLiterals(g)
	g = graph.Optimize(g)
	for i := range g.Len() {
		if p := g.TaskClass(i).Spec.Priority; p != 3 {
			t.Errorf("task %d (%s) has priority %d, want 3", i, g.TaskClass(i).Name(), p)
		}
	}
	p := people(t).Select("name")
	plain, err := p.Graph()
	if err != nil {
		t.Fatal(err)
	}
	defer releaseLiterals(plain)
	placed, err := p.Place(graph.Spec{Priority: 3}).Graph()
	if err != nil {
		t.Fatal(err)
	}
	defer releaseLiterals(placed)
	if plain.Outputs[0].Key == placed.Outputs[0].Key {
		t.Error("a placed frame must not share its results with the same one placed otherwise")
	}
}
