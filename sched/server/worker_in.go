package server

import (
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// fromWorker turns what a worker says into events. A worker that was given up
// is not listened to any more.
func (l *loop) fromWorker(w *worker, m *pb.FromWorker) {
	if l.workers[w.id] != w {
		return
	}
	if err := checkFromWorker(m); err != nil {
		w.line.end(wire.Refuse(err.Error()))
		l.loseWorker(w, err.Error(), false)
		return
	}
	at := l.now()
	if len(m.DoneTask) > 0 {
		l.finished += int64(len(m.DoneTask))
		l.step(sched.Finished{At: at, Worker: w.id, Tasks: done(m), Inline: inlined(m)})
	}
	if len(m.Replica) > 0 {
		l.step(sched.Replicated{At: at, Worker: w.id, Tasks: taskIDs(m.Replica), Number: m.ReplicaNumber})
	}
	for _, f := range m.Failed {
		err := wire.TaskErrorFromPB(f.Error)
		if err.Worker == "" {
			err.Worker = w.hello.Name
		}
		l.step(sched.Failed{At: at, Worker: w.id, Task: graph.TaskID(f.Task), Attempt: f.Attempt, Err: err})
	}
	for _, x := range m.Missing {
		l.step(sched.Missing{
			At: at, Worker: w.id, Task: graph.TaskID(x.Task), Attempt: x.Attempt,
			Dep: graph.TaskID(x.Dep), Holders: workerIDs(x.Holders),
		})
	}
	for i, t := range m.YieldedTask {
		l.step(sched.Yielded{At: at, Worker: w.id, Task: graph.TaskID(t), Attempt: m.YieldedAttempt[i], OK: m.YieldedOk[i]})
	}
	l.fromTasks(at, w, m)
	if len(m.Uncopied) > 0 {
		l.step(sched.Uncopied{At: at, Worker: w.id, Tasks: taskIDs(m.Uncopied)})
	}
	for _, r := range m.Ran {
		l.ran(w, r)
	}
	if m.Retire {
		l.step(sched.Retire{At: at, Worker: w.id})
		if l.workers[w.id] != w {
			return
		}
	}
	if s := m.Status; s != nil {
		w.status = s
		l.step(sched.WorkerStatus{
			At: at, Worker: w.id, Managed: s.Managed, Spilled: s.Spilled, Process: s.Process,
			Paused: s.Paused, Running: taskIDs(s.Running),
			Link: sched.Link{Bytes: m.Link.GetBytes(), Took: time.Duration(m.Link.GetNanos())},
		})
	}
	if m.Leaving != "" {
		w.line.finish()
		l.loseWorker(w, m.Leaving, true)
	}
}

// inlined returns the encodings of the results that m reports.
func inlined(m *pb.FromWorker) []string {
	pieces, err := wire.CutInline(m.DoneInline, m.DoneInlineEnd, len(m.DoneTask))
	if err != nil {
		panic(err) // checkFromWorker has looked
	}
	if pieces == nil {
		return nil
	}
	es := make([]string, len(pieces))
	for i, p := range pieces {
		es[i] = string(p) // copied: one may live much longer than the others
	}
	return es
}

func checkFromWorker(m *pb.FromWorker) error {
	n := len(m.DoneTask)
	if len(m.DoneAttempt) != n || len(m.DoneBytes) != n || len(m.DoneNanos) != n {
		return fmt.Errorf("columns of a report of %d tasks do not make one table", n)
	}
	for i := range m.DoneBytes {
		if m.DoneBytes[i] < 0 || m.DoneNanos[i] < 0 {
			return fmt.Errorf("task %v is said to have %d bytes after %d ns", graph.TaskID(m.DoneTask[i]), m.DoneBytes[i], m.DoneNanos[i])
		}
	}
	if n := len(m.YieldedTask); len(m.YieldedAttempt) != n || len(m.YieldedOk) != n {
		return fmt.Errorf("columns of %d answers about tasks to give back do not make one table", n)
	}
	_, err := wire.CutInline(m.DoneInline, m.DoneInlineEnd, n)
	return err
}

func done(m *pb.FromWorker) []sched.Done {
	ds := make([]sched.Done, len(m.DoneTask))
	for i := range ds {
		ds[i] = sched.Done{
			Task: graph.TaskID(m.DoneTask[i]), Attempt: m.DoneAttempt[i],
			Bytes: m.DoneBytes[i], Took: time.Duration(m.DoneNanos[i]),
		}
	}
	return ds
}

func workerIDs(ids []uint32) []sched.WorkerID {
	ws := make([]sched.WorkerID, len(ids))
	for i, id := range ids {
		ws[i] = sched.WorkerID(id)
	}
	return ws
}
