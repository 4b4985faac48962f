package wire_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
)

// Tasks travel to a worker as columns, and are checked when they arrive.
func Example() {
	double := &graph.Class{Op: "double"}
	var w wire.AssignWriter
	for i := range uint32(3) {
		w.Task(graph.NewTaskID(7, i), 1, double, nil)
		if i > 0 {
			w.Dep(graph.NewTaskID(7, i-1), -1, 8)
			w.Holder(2) // the worker that has it
		}
	}
	tasks, err := wire.AssignFromPB(w.Message())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range tasks {
		fmt.Println(t.Task, t.Class.Op, t.Deps)
	}
	w.Message().Class[2] = 9
	_, err = wire.AssignFromPB(w.Message())
	fmt.Println(err)
	// Output:
	// 7/0 double []
	// 7/1 double [{7/0 -1 8 [2] [] 0}]
	// 7/2 double [{7/1 -1 8 [2] [] 0}]
	// wire: assignment 2 of 3: class 9 of 1, dependencies end at 2 of 2
}
