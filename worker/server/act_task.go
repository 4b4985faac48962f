package server

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
)

// actTask performs what is about the slot of an execution, its memory, or about an
// actor.
func (l *loop) actTask(a worker.Action) {
	switch a := a.(type) {
	case worker.Spill:
		l.spill(a)
	case worker.Starve:
		l.store.Starve()
	case worker.Relieved:
		l.store.Relieve()
	case worker.Resume:
		l.resume(a)
	case worker.ReportSeceded:
		l.out.stance(a.Task, a.Attempt, false)
	case worker.ReportRejoined:
		l.out.stance(a.Task, a.Attempt, true)
	case worker.Invoke:
		l.invoke(a)
	case worker.StopCall:
		l.stopCall(a)
	case worker.ReportReturned:
		l.out.returned(a)
	default:
		panic(fmt.Sprintf("worker: unknown action %T", a))
	}
}

// stance is urgent: the scheduler has work for the slot.
func (o *outbox) stance(id graph.TaskID, attempt uint32, rejoined bool) {
	m := o.message()
	m.Stance = append(m.Stance, &pb.TaskStance{Task: uint64(id), Attempt: attempt, Rejoined: rejoined})
	o.urgent = true
}
