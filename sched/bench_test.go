package sched

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// BenchmarkMachine runs a random graph of 10⁵ tasks with two dependencies on
// average through a cluster whose workers finish what they are given at once,
// in messages of up to 16 tasks.
func BenchmarkMachine(b *testing.B) {
	const tasks = 100_000
	g := randomGraph(tasks)
	for _, workers := range []int{100, 1000} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				runAll(b, g, workers)
			}
			b.ReportMetric(float64(tasks)*float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
		})
	}
}

func randomGraph(n int) *graph.Graph {
	rng := rand.New(rand.NewPCG(1, 2))
	b := &graph.Builder{}
	for i := range n {
		var deps []graph.Dep
		for range min(i, rng.IntN(5)) {
			deps = append(deps, graph.TaskRef(i-1-rng.IntN(min(i, 1000))).Whole())
		}
		r := b.Add(graph.Class{Op: "op"}, nil, deps...)
		if i >= n-1000 {
			b.Output(r, key(fmt.Sprint("out", i)))
		}
	}
	return graph.Cull(b.Graph())
}

func runAll(b *testing.B, g *graph.Graph, workers int) {
	m := New(Config{})
	for w := range workers {
		m.Step(WorkerJoined{Worker: WorkerID(w + 1), Name: fmt.Sprint("w", w), Threads: 2})
	}
	m.Step(ClientJoined{Client: 1})
	given := make([][]Done, workers+1)
	var busy []WorkerID // may hold some twice
	take := func(as []Action) {
		for _, a := range as {
			if a, is := a.(Assign); is {
				for _, t := range a.Tasks {
					given[a.Worker] = append(given[a.Worker], Done{t.Task, t.Attempt, 1000, 20 * time.Microsecond})
				}
				busy = append(busy, a.Worker)
			}
		}
	}
	take(m.Step(Submit{Client: 1, Run: 1, Graph: g}))
	for len(busy) > 0 {
		w := busy[0]
		busy = busy[1:]
		n := min(16, len(given[w]))
		if n == 0 {
			continue
		}
		done := given[w][:n:n]
		given[w] = given[w][n:]
		if len(given[w]) > 0 {
			busy = append(busy, w)
		}
		take(m.Step(Finished{Worker: w, Tasks: done}))
	}
	if n := m.counts[StateMemory]; n < 1000 {
		b.Fatalf("stuck: %v", m.counts)
	}
}
