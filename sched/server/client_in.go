package server

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/coord"
)

// A request is a message of a client, decoded.
type request struct {
	m       *pb.FromClient
	submits []*graph.Graph
	scatter []graph.Key
	release []graph.Key
	cancel  []graph.Key
	retry   []graph.Key
	gone    graph.Key
	actor   graph.Key // of a call
	op      coord.Op
	catalog catalogRequest
	placing placing
}

// readRequest decodes m and checks it, so that the machine gets only what its
// events promise.
func readRequest(m *pb.FromClient) (r *request, err error) {
	r = &request{m: m}
	if r.submits, err = readSubmits(m); err != nil {
		return nil, err
	}
	if s := m.Scatter; s != nil {
		if r.scatter, err = scatterKeys(s); err != nil {
			return nil, err
		}
	}
	for _, f := range []struct {
		to   *[]graph.Key
		from []*pb.Key
	}{{&r.release, m.Release}, {&r.cancel, m.Cancel}, {&r.retry, m.Retry}} {
		if *f.to, err = wire.KeysFromPB(f.from); err != nil {
			return nil, err
		}
	}
	if m.Released != nil {
		more, err := wire.KeysFromColumns(m.Released)
		if err != nil {
			return nil, err
		}
		r.release = append(r.release, more...)
	}
	if m.Coordinate != nil {
		if r.op, err = coordOp(m.Coordinate); err != nil {
			return nil, err
		}
	}
	if r.placing, err = readPlacing(m); err != nil {
		return nil, err
	}
	if m.Call != nil {
		if r.actor, err = readCall(m.Call); err != nil {
			return nil, err
		}
	}
	if m.Gone != nil {
		if r.gone, err = wire.KeyFromPB(m.Gone.Key); err != nil {
			return nil, err
		}
	}
	r.catalog, err = readCatalog(m)
	return r, err
}

func readSubmits(m *pb.FromClient) (gs []*graph.Graph, err error) {
	if m.Submit == nil && len(m.Submits) == 0 {
		return nil, nil
	}
	for _, p := range append([]*pb.Graph{m.Submit}, m.Submits...) {
		g, err := wire.GraphFromPB(p)
		if err != nil {
			return nil, err
		}
		gs = append(gs, g)
	}
	return gs, nil
}

func scatterKeys(s *pb.Scatter) ([]graph.Key, error) {
	keys, err := wire.KeysFromPB(s.Keys)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 || len(keys) != len(s.Bytes) || len(keys) > graph.MaxTasks {
		return nil, fmt.Errorf("a scatter of %d keys has %d sizes", len(keys), len(s.Bytes))
	}
	seen := make(map[graph.Key]bool, len(keys))
	for i, k := range keys {
		if seen[k] || k.IsZero() || s.Bytes[i] < 0 {
			return nil, fmt.Errorf("key %v of a scatter is there twice, is zero, or has %d bytes", k, s.Bytes[i])
		}
		seen[k] = true
	}
	return keys, nil
}

// fromClient acts on a request, once and in the order in which it was said.
func (l *loop) fromClient(c *client, r *request) {
	if l.clients[c.id] != c {
		return
	}
	c.forget(r.m.Ack)
	if r.m.Seq == 0 {
		return // a heartbeat
	}
	switch last := c.received.Load(); {
	case r.m.Seq <= last:
		return // said again after a reconnection, needlessly
	case r.m.Seq > last+1:
		l.expel(c, fmt.Errorf("message %d follows %d: what was between is lost", r.m.Seq, last))
		return
	}
	c.flush() // was decided before acting on r
	c.received.Store(r.m.Seq)
	if c.observer && (r.submits != nil || r.scatter != nil || r.m.Run != nil) {
		l.expel(c, fmt.Errorf("an observer submits no work: connect as a client"))
		return
	}
	l.perform(c, r)
	l.performCatalog(c, r)
	l.performOperation(c, r)
	l.arrange(c, r)
	if r.m.Info {
		c.info(l, r.m.Request)
	}
	if r.m.Leaving {
		l.endSession(c, "it closed")
	}
}

// perform steps the machine with each thing that r asks, in the order of the
// fields.
func (l *loop) perform(c *client, r *request) {
	at := l.now()
	for _, g := range r.submits {
		l.lastRun++
		l.step(sched.Submit{At: at, Client: c.id, Run: l.lastRun, Graph: g, Parent: graph.TaskID(r.m.Parent)})
	}
	if r.scatter != nil {
		l.lastRun++
		c.requests[l.lastRun] = r.m.Request
		l.step(sched.Scatter{At: at, Client: c.id, Run: l.lastRun, Keys: r.scatter, Bytes: r.m.Scatter.Bytes, Workers: workerIDs(r.m.Scatter.Workers)})
		if _, unanswered := c.requests[l.lastRun]; unanswered { // there are errors instead
			c.place(l, sched.Place{Client: c.id, Run: l.lastRun})
		}
	}
	if len(r.m.Scattered) > 0 {
		l.step(sched.Scattered{At: at, Client: c.id, Tasks: taskIDs(r.m.Scattered)})
	}
	if len(r.m.Abandoned) > 0 {
		l.step(sched.Abandoned{At: at, Client: c.id, Tasks: taskIDs(r.m.Abandoned)})
	}
	l.call(c, r)
	if len(r.release) > 0 {
		l.step(sched.Release{At: at, Client: c.id, Keys: r.release})
	}
	if len(r.cancel) > 0 {
		l.step(sched.Cancel{At: at, Client: c.id, Keys: r.cancel})
	}
	if len(r.retry) > 0 {
		l.step(sched.Retry{At: at, Client: c.id, Keys: r.retry})
	}
	if g := r.m.Gone; g != nil {
		l.step(sched.Gone{At: at, Client: c.id, Key: r.gone, Worker: sched.WorkerID(g.Worker)})
	}
	if r.op != nil {
		l.step(sched.Coordinate{At: at, Client: c.id, Request: r.m.Coordinate.Request, Op: r.op})
	}
	if id := sched.WorkerID(r.m.Retire); id != 0 {
		if _, ok := l.workers[id]; ok {
			l.step(sched.Retire{At: at, Worker: id})
		}
	}
}
