package server

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
)

const (
	// flushGap is how long a report may wait for company while tasks run.
	flushGap = 300 * time.Microsecond
	// awaitedGap is how long one may wait that somebody elsewhere waits for, if
	// another was sent just before.
	awaitedGap = 50 * time.Microsecond
	// flushTasks is from how many results on nothing waits.
	flushTasks = 512
)

// An outbox is the message for the scheduler that is being filled.
type outbox struct {
	m       *pb.FromWorker
	urgent  bool
	awaited bool      // somebody elsewhere waits for a result in it
	last    time.Time // of the last flush
}

func (o *outbox) message() *pb.FromWorker {
	if o.m == nil {
		o.m = &pb.FromWorker{}
	}
	return o.m
}

// report adds results. value is that of the execution that has just ended, if
// that is what is reported.
func (o *outbox) report(a worker.Report, value graph.Value) {
	m := o.message()
	for i := range a.Tasks {
		r := &a.Tasks[i]
		m.DoneTask = append(m.DoneTask, uint64(r.Task))
		m.DoneAttempt = append(m.DoneAttempt, r.Attempt)
		m.DoneBytes = append(m.DoneBytes, r.Bytes)
		m.DoneNanos = append(m.DoneNanos, int64(r.Took))
		if value != nil {
			m.DoneInline = wire.AppendInline(m.DoneInline, value)
		}
		m.DoneInlineEnd = append(m.DoneInlineEnd, uint32(len(m.DoneInline)))
	}
}

func (o *outbox) failed(a worker.ReportFailed) {
	m := o.message()
	m.Failed = append(m.Failed, &pb.TaskFailure{Task: uint64(a.Task), Attempt: a.Attempt, Error: wire.TaskErrorToPB(a.Err)})
}

func (o *outbox) missing(a worker.ReportMissing) {
	x := &pb.MissingDep{Task: uint64(a.Task), Attempt: a.Attempt, Dep: uint64(a.Dep)}
	for _, h := range a.Holders {
		x.Holders = append(x.Holders, uint32(h))
	}
	m := o.message()
	m.Missing = append(m.Missing, x)
}

func (o *outbox) replicas(a worker.ReportReplicas) {
	m := o.message()
	m.ReplicaNumber = a.Number
	for _, t := range a.Tasks {
		m.Replica = append(m.Replica, uint64(t))
	}
}

func (o *outbox) yielded(a worker.ReportYielded) {
	m := o.message()
	m.YieldedTask = append(m.YieldedTask, uint64(a.Task))
	m.YieldedAttempt = append(m.YieldedAttempt, a.Attempt)
	m.YieldedOk = append(m.YieldedOk, a.OK)
	o.urgent = true // somebody idles for it
}

func (o *outbox) uncopied(a worker.ReportUncopied) {
	m := o.message()
	for _, t := range a.Tasks {
		m.Uncopied = append(m.Uncopied, uint64(t))
	}
}

func (o *outbox) status(s *pb.WorkerStatus) {
	o.message().Status = s
	o.urgent = true
}

// flush hands the message to the session, unless it is to wait for company: a
// worker that is idle, or has been silent for a while, speaks at once. It
// returns how long the message is to wait.
func (l *loop) flush() (wait time.Duration) {
	o := &l.out
	if o.m == nil {
		return 0
	}
	if l.session == nil {
		o.m, o.urgent, o.awaited = nil, false, false // whoever it was for is gone
		return 0
	}
	now := time.Now()
	if !o.urgent && len(l.execs) > 0 && len(o.m.DoneTask) < flushTasks {
		gap := flushGap
		if o.awaited {
			gap = awaitedGap
		}
		if left := gap - now.Sub(o.last); left > 0 {
			return left
		}
	}
	select {
	case l.session.outgoing <- o.m:
		o.m, o.urgent, o.awaited, o.last = nil, false, false, now
	default: // the one before is being sent; then the loop is woken
	}
	return 0
}
