package server

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// maxAnswer bounds what an errand yields, in bytes: it goes through the
// scheduler.
const maxAnswer = 1 << 20

// An errand is a function that a client has called here beside the tasks. It is
// the letter that says that it ended.
type errand struct {
	*pb.Errand
	session *session // that it was asked in
	cancel  context.CancelCauseFunc
	value   graph.Raw
	err     error
}

// runErrands starts and stops what the scheduler says.
func (l *loop) runErrands(run []*pb.Errand, stop []uint32) {
	for _, m := range run {
		e := &errand{Errand: m, session: l.session}
		var ctx context.Context
		ctx, e.cancel = context.WithCancelCause(context.Background())
		l.errands[e] = struct{}{}
		box := l.box
		go func() {
			done := false
			defer func() {
				if !done { // the function ended its goroutine
					e.err = &graph.TaskError{Kind: graph.KindPanic, Op: e.Op, Message: "the function ended its goroutine"}
				}
				box.put(e)
			}()
			e.value, e.err = e.call(ctx)
			done = true
		}()
	}
	for _, id := range stop {
		for e := range l.errands { // at most one has it in this session
			if e.Id == id && e.session == l.session {
				e.cancel(graph.ErrCancelled)
			}
		}
	}
}

// stopErrands tells all to end.
func (l *loop) stopErrands() {
	for e := range l.errands { // each for itself
		e.cancel(graph.ErrCancelled)
	}
}

func (e *errand) call(ctx context.Context) (graph.Raw, error) {
	op, err := graph.Lookup(e.Op)
	if err != nil {
		return nil, err
	}
	v, err := graph.Execute(ctx, op.Name, op.CPU, &graph.Call{Attr: e.Attr, Threads: 1})
	if err != nil {
		return nil, err
	}
	raw, ok := v.(graph.Raw)
	if !ok {
		v.Release()
		return nil, fmt.Errorf("its result is a %T: only what is encoded, not a value of the workers' store, can be an answer", v)
	}
	if len(raw) > maxAnswer {
		return nil, fmt.Errorf("%w: its answer of %d bytes is over the %d that may go through the scheduler: submit it as a task", graph.ErrMemory, len(raw), maxAnswer)
	}
	return raw, nil
}

// deliver tells the scheduler, if it is still the one that asked.
func (e *errand) deliver(l *loop) {
	e.cancel(nil)
	delete(l.errands, e)
	if l.session == nil || l.session != e.session {
		return
	}
	r := &pb.Ran{Id: e.Id, Value: e.value}
	if e.err != nil {
		te := *graph.AsTaskError(e.err, e.Op)
		te.Worker = l.o.Name
		r.Error = wire.TaskErrorToPB(&te)
	}
	m := l.out.message()
	m.Ran = append(m.Ran, r)
	l.out.urgent = true
}
