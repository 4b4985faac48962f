package server

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
)

// A visit is one call of an actor, in a goroutine of its own: it takes no slot.
// It is the letter that says that it ended, and what executes the method.
type visit struct {
	call   worker.Invoke
	place  graph.Place
	crew   *crew
	ctx    context.Context
	cancel context.CancelCauseFunc
	state  graph.Value // a reference
	result []byte
	err    error
}

var _ graph.Host = (*visit)(nil)

// invoke starts a call.
func (l *loop) invoke(a worker.Invoke) {
	v, err := l.store.Get(store.Item{Task: a.Task, Part: -1})
	if err != nil {
		panic(fmt.Sprintf("worker: the machine calls %q on %v, which is not in the store: %v", a.Method, a.Task, err))
	}
	x := &visit{call: a, crew: l.crew, state: v, place: graph.Place{Task: a.Task, Worker: l.o.Name, Scheduler: l.o.Scheduler}}
	ctx, cancel := context.WithCancelCause(context.Background())
	x.ctx, x.cancel = graph.WithHost(ctx, x), cancel
	l.visits[a.Call] = x
	go x.run()
}

func (x *visit) run() {
	returned := false
	defer func() {
		if !returned { // the method ended its goroutine
			x.err = &graph.TaskError{Kind: graph.KindPanic, Op: x.call.Method, Message: "the method ended its goroutine"}
		}
		x.state.Release()
		x.crew.box.put(x)
	}()
	x.result, x.err = graph.CallActor(x.ctx, x.state, x.call.Method, x.call.Arg)
	if n := len(x.result); n > wire.MaxActorBytes {
		x.result, x.err = nil, fmt.Errorf("%w: its result of %d bytes is over the %d that may go through the scheduler: submit or scatter it, and return the key of the future",
			graph.ErrMemory, n, wire.MaxActorBytes)
	}
	returned = true
}

// deliver tells the machine.
func (x *visit) deliver(l *loop) {
	x.cancel(nil)
	delete(l.visits, x.call.Call)
	e := worker.Returned{At: l.now(), Task: x.call.Task, Call: x.call.Call, Result: x.result}
	if x.err != nil {
		te := *graph.AsTaskError(x.err, x.call.Method)
		if te.Worker == "" {
			te.Worker = l.o.Name
		}
		e.Err = &te
	}
	l.step(e)
}

// stopCall ends the context of a call: its actor is no more.
func (l *loop) stopCall(a worker.StopCall) { l.visits[a.Call].cancel(graph.ErrCancelled) }

// returned is urgent: somebody waits for it.
func (o *outbox) returned(a worker.ReportReturned) {
	r := &pb.ActorReturn{Call: a.Call, Result: a.Result}
	if a.Err != nil {
		r.Error = wire.TaskErrorToPB(a.Err)
	}
	m := o.message()
	m.Returned = append(m.Returned, r)
	o.urgent = true
}

// Place implements graph.Host.
func (x *visit) Place() graph.Place { return x.place }

// Shared implements graph.Host.
func (x *visit) Shared() *graph.Shared { return x.crew.shared }

// Secede implements graph.Host. A call has no slot to give away.
func (x *visit) Secede() error { return nil }

// Rejoin implements graph.Host.
func (x *visit) Rejoin(context.Context) error { return nil }

// Yield implements graph.Host.
func (x *visit) Yield() (resume func() error) { return func() error { return nil } }

// stays returns an error if v cannot be the value of t: it must be one that
// travels, or the state of an actor if t makes one.
func stays(t *worker.Task, v graph.Value) error {
	switch {
	case t.Class.Spec.Actor && graph.IsActor(v):
		return nil
	case t.Class.Spec.Actor:
		return fmt.Errorf("a %T is no actor: register the class with graph.NewActorClass", v)
	case graph.IsActor(v):
		return fmt.Errorf("an actor stays on its worker: make it with client.NewActor")
	}
	return wire.Travels(v)
}

// callsOf returns the calls that the scheduler says.
func callsOf(ps []*pb.ActorCall) []worker.Call {
	var cs []worker.Call
	for _, p := range ps {
		cs = append(cs, worker.Call{Task: graph.TaskID(p.GetTask()), Call: p.GetCall(), Method: p.GetMethod(), Arg: p.GetArg()})
	}
	return cs
}
