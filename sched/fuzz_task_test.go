package sched

import "github.com/ashlar-go/ashlar/graph"

// parent is, now and then, a task that is being executed.
func (w *world) parent() graph.TaskID {
	if w.next(4) > 0 {
		return 0
	}
	id, _, _ := w.someTask(StateProcessing)
	return id
}

// turnTask does what an executing task may do.
func (w *world) turnTask() {
	id, attempt, at := w.someTask(StateProcessing)
	switch w.next(5) {
	case 0, 1:
		w.step(Seceded{w.now, at, id, attempt})
	case 2, 3:
		w.step(Rejoined{w.now, at, id, attempt})
	case 4:
		w.step(Failed{w.now, at, id, attempt, &graph.TaskError{Kind: graph.KindReschedule}})
	}
}
