package graph

import "fmt"

// A TaskID names a task inside one cluster: the number of its run, which grows
// with every submission, above its number in the run's graph. Of two tasks of
// one user priority, the one with the lower TaskID goes first: that is older
// submission before younger, then graph order.
type TaskID uint64

// NewTaskID returns the id of task index of the run.
func NewTaskID(run, index uint32) TaskID { return TaskID(run)<<32 | TaskID(index) }

// Run returns the number of the run.
func (t TaskID) Run() uint32 { return uint32(t >> 32) }

// Index returns the number of the task in its run's graph.
func (t TaskID) Index() uint32 { return uint32(t) }

// String returns run/index.
func (t TaskID) String() string { return fmt.Sprintf("%d/%d", t.Run(), t.Index()) }
