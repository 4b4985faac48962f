package sched_test

import (
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// Two tasks on one worker, by hand: the second is assigned when the first has
// finished, and then the first's value is freed.
func Example() {
	b := &graph.Builder{}
	read := b.Add(graph.Class{Op: "read"}, nil)
	sum := b.Add(graph.Class{Op: "sum"}, nil, read.Whole())
	b.Output(sum, graph.NewKey("total"))

	m := sched.New(sched.Config{})
	for _, e := range []sched.Event{
		sched.WorkerJoined{Worker: 1, Name: "w1", Threads: 2},
		sched.ClientJoined{Client: 1},
		sched.Submit{Client: 1, Run: 1, Graph: b.Graph()},
		done(0, time.Millisecond),
		done(1, 2*time.Millisecond),
		sched.Release{Client: 1, Keys: []graph.Key{graph.NewKey("total")}},
	} {
		for _, a := range m.Step(e) {
			switch a := a.(type) {
			case sched.Assign:
				fmt.Println("assign", a.Tasks[0].Task, "attempt", a.Tasks[0].Attempt, "to", a.Worker)
			case sched.Free:
				fmt.Println("free", a.Tasks, "at", a.Worker)
			case sched.Ready:
				fmt.Println("ready", a.Key.Name, "at", a.Holders)
			}
		}
	}
	// Output:
	// assign 1/0 attempt 1 to 1
	// assign 1/1 attempt 1 to 1
	// ready total at [1]
	// free [1/0] at 1
	// free [1/1] at 1
}

func done(row uint32, at time.Duration) sched.Event {
	return sched.Finished{At: at, Worker: 1, Tasks: []sched.Done{{
		Task: graph.NewTaskID(1, row), Attempt: 1, Bytes: 8, Took: time.Millisecond,
	}}}
}
