package server

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// invoke passes a call on to the worker that has the actor.
func (w *worker) invoke(l *loop, a sched.Invoke) {
	m := w.at(l, stageCall)
	m.Call = append(m.Call, &pb.ActorCall{Call: a.Call, Task: uint64(a.Task), Method: a.Method, Arg: a.Arg})
	w.out.cost += len(a.Arg)
}

// returned answers a call.
func (c *client) returned(l *loop, a sched.Answer) {
	c.flush() // one answer a message
	m := c.at(l, stageInfo)
	m.Request, m.Returned = a.Request, &pb.ActorReturn{Result: a.Result}
	if a.Err != nil {
		m.Returned.Error = wire.TaskErrorToPB(a.Err)
	}
	c.out.cost += len(a.Result)
	c.flush()
}

// readCall checks a call of a client.
func readCall(p *pb.ActorCall) (graph.Key, error) {
	k, err := wire.KeyFromPB(p.Key)
	if err == nil && (p.Method == "" || len(p.Arg) > wire.MaxActorBytes) {
		err = fmt.Errorf("a call of actor %v names method %q, with an argument of %d bytes", k, p.Method, len(p.Arg))
	}
	return k, err
}

// call feeds a call to the machine.
func (l *loop) call(c *client, r *request) {
	if p := r.m.Call; p != nil {
		l.step(sched.ActorCall{At: l.now(), Client: c.id, Request: r.m.Request, Key: r.actor, Method: p.Method, Arg: p.Arg})
	}
}
