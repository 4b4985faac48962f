package server

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// fromTasks turns what executing tasks do into events.
func (l *loop) fromTasks(at time.Duration, w *worker, m *pb.FromWorker) {
	for _, s := range m.Stance {
		id := graph.TaskID(s.Task)
		if s.Rejoined {
			l.step(sched.Rejoined{At: at, Worker: w.id, Task: id, Attempt: s.Attempt})
		} else {
			l.step(sched.Seceded{At: at, Worker: w.id, Task: id, Attempt: s.Attempt})
		}
	}
	for _, r := range m.Returned {
		e := sched.ActorReturned{At: at, Worker: w.id, Call: r.Call, Result: r.Result}
		if r.Error != nil {
			e.Err = wire.TaskErrorFromPB(r.Error)
		}
		l.step(e)
	}
}
