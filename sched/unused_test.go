package sched

import (
	"fmt"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

// TestUnusedIsForgotten: what is kept of restrictions and ops is bounded by
// those in use and the last few.
func TestUnusedIsForgotten(t *testing.T) {
	m := New(Config{})
	for w := range 3 {
		m.Step(WorkerJoined{Worker: WorkerID(w + 1), Name: fmt.Sprint("w", w), Threads: 1})
	}
	m.Step(ClientJoined{Client: 1})
	kept := key("kept")
	for k := range 2 * idleOps {
		b := &graph.Builder{}
		c := graph.Class{Op: fmt.Sprint("op", k)}
		c.Spec.Workers, c.Spec.Loose = []string{fmt.Sprint("x", k), "w1"}, k%2 == 0
		out := kept
		if k > 0 {
			out = key(fmt.Sprint("k", k))
		}
		b.Output(b.Add(c, nil), out)
		m.Step(Submit{Client: 1, Run: uint32(k + 1), Graph: b.Graph()})
		m.Step(Finished{Worker: 2, Tasks: []Done{{graph.NewTaskID(uint32(k+1), 0), 1, 8, 1}}})
		if k > 0 {
			m.Step(Release{Client: 1, Keys: []graph.Key{out}})
		}
		if k%500 == 0 {
			if err := m.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if g, o, w := len(m.groupByID), len(m.ops), len(m.worker(2).groups); g > idleGroups+1 || o > idleOps+1 || w != g+1 {
		t.Errorf("%d groups and %d ops are kept, worker 2 is in %d", g, o, w)
	}
	if m.ops["op0"] == nil {
		t.Error("an op in use was forgotten")
	}
}
