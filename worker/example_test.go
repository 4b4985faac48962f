package worker_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/worker"
)

// A task whose dependency is on a peer: the machine asks for a fetch, then for
// an execution, then for a report.
func Example() {
	m := worker.New(worker.Config{Lanes: []worker.Lane{{Name: "cpu", Slots: 1}}})
	input := worker.Item{Task: graph.NewTaskID(1, 0), Part: -1}
	show := func(actions []worker.Action) {
		for _, a := range actions {
			fmt.Printf("%T\n", a)
		}
	}
	show(m.Step(worker.Assign{Tasks: []worker.Task{{
		ID: graph.NewTaskID(1, 1), Attempt: 1, Class: &graph.Class{Op: "double"},
		Deps: []worker.Dep{{Item: input, Bytes: 8, Holders: []worker.PeerID{2}}},
	}}}))
	show(m.Step(worker.Fetched{Request: 1, Peer: 2, Got: []worker.Arrival{{Item: input, Bytes: 8}}}))
	show(m.Step(worker.Done{Task: graph.NewTaskID(1, 1), Attempt: 1, Bytes: 8}))
	// Output:
	// worker.Fetch
	// worker.ReportReplicas
	// worker.Run
	// worker.Report
}
