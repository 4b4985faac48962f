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
	switch w.next(9) {
	case 5, 6:
		w.requests++
		w.step(ActorCall{w.now, w.someClient(), w.requests, w.key(), "add", nil})
	case 7, 8:
		e := ActorReturned{At: w.now, Worker: w.someWorker(), Call: uint64(w.next(40))}
		for _, i := range w.m.known() {
			if a := w.m.actors[i]; a != nil && len(a.calls) > 0 && w.m.tasks.hot(i).state == StateMemory && w.next(3) > 0 {
				e.Worker, e.Call = w.m.workerID(w.m.tasks.hot(i).holder), a.calls[w.next(len(a.calls))].id
				break
			}
		}
		w.step(e)
	case 0, 1:
		w.step(Seceded{w.now, at, id, attempt})
	case 2, 3:
		w.step(Rejoined{w.now, at, id, attempt})
	case 4:
		w.step(Failed{w.now, at, id, attempt, &graph.TaskError{Kind: graph.KindReschedule}})
	}
}
