package server

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
)

// incoming is a message of the scheduler, ready for the machine.
type incoming struct {
	peers  []*pb.Peer
	aborts []worker.Abort
	free   worker.Free
	tasks  []worker.Task
	claims []worker.Reclaim
	copies []worker.Dep
	calls  []worker.Call
	lost   []worker.PeerID
	run    []*pb.Errand
	stop   []uint32
}

// read checks and converts a message. It is called outside the loop.
func (l *loop) read(m *pb.ToWorker) (*incoming, error) {
	in := &incoming{peers: m.Peers, run: m.Run, stop: m.StopRun, lost: peerIDs(m.Lost), calls: callsOf(m.Call)}
	if len(m.AbortTask) != len(m.AbortAttempt) {
		return nil, fmt.Errorf("%d aborts have %d attempts", len(m.AbortTask), len(m.AbortAttempt))
	}
	if len(m.ReclaimTask) != len(m.ReclaimAttempt) {
		return nil, fmt.Errorf("%d tasks to give back have %d attempts", len(m.ReclaimTask), len(m.ReclaimAttempt))
	}
	for i, t := range m.ReclaimTask {
		in.claims = append(in.claims, worker.Reclaim{Task: graph.TaskID(t), Attempt: m.ReclaimAttempt[i]})
	}
	var err error
	if in.copies, err = copiesOf(m.Replicate); err != nil {
		return nil, err
	}
	for i, t := range m.AbortTask {
		in.aborts = append(in.aborts, worker.Abort{Task: graph.TaskID(t), Attempt: m.AbortAttempt[i]})
	}
	in.free.Heard = m.FreeHeard
	for _, t := range m.Free {
		in.free.Tasks = append(in.free.Tasks, graph.TaskID(t))
	}
	if m.Assign == nil {
		return in, nil
	}
	as, err := wire.AssignFromPB(m.Assign)
	if err != nil {
		return nil, err
	}
	orders, err := ordersOf(m)
	if err != nil {
		return nil, err
	}
	in.tasks = make([]worker.Task, len(as))
	for i := range as {
		a := &as[i]
		in.tasks[i] = worker.Task{ID: a.Task, Attempt: a.Attempt, Class: a.Class, Attr: a.Attr, Deps: dependencies(a.Deps), Order: orders[a.Task.Run()], Awaited: a.Awaited}
	}
	return in, nil
}

func dependencies(as []wire.AssignedDep) []worker.Dep {
	if len(as) == 0 {
		return nil
	}
	ds := make([]worker.Dep, len(as))
	for i := range as {
		a := &as[i]
		ds[i] = worker.Dep{Item: worker.Item{Task: a.Task, Part: a.Part}, Bytes: a.Bytes, Inline: a.Inline, First: worker.PeerID(a.First)}
		if len(a.Holders) > 0 {
			ds[i].Holders = peerIDs(a.Holders)
		}
	}
	return ds
}

func peerIDs(ids []uint32) []worker.PeerID {
	if len(ids) == 0 {
		return nil
	}
	ps := make([]worker.PeerID, len(ids))
	for i, id := range ids {
		ps[i] = worker.PeerID(id)
	}
	return ps
}

func (in *incoming) deliver(l *loop) {
	if l.session == nil {
		return // it came after the session had ended
	}
	at := l.now()
	for _, p := range in.peers {
		l.peers[worker.PeerID(p.Worker)] = p.Address
	}
	for _, id := range in.lost {
		l.losePeer(id)
	}
	for _, a := range in.aborts {
		a.At = at
		l.step(a)
	}
	if len(in.free.Tasks) > 0 {
		in.free.At = at
		l.step(in.free)
	}
	if len(in.tasks) > 0 {
		for i := range in.tasks {
			in.tasks[i].Lane = l.laneOf(&in.tasks[i])
		}
		l.step(worker.Assign{At: at, Tasks: in.tasks})
	}
	for _, c := range in.claims {
		c.At = at
		l.step(c)
	}
	if len(in.copies) > 0 {
		l.step(worker.Replicate{At: at, Items: in.copies})
	}
	for _, c := range in.calls {
		c.At = at
		l.step(c)
	}
	l.runErrands(in.run, in.stop)
}

// attach begins a session.
type attach struct{ s *session }

func (a attach) deliver(l *loop) {
	l.session = a.s
	l.fetches, l.stopFetch = context.WithCancel(context.Background())
	l.lastBeat = l.lastBeat.AddDate(-1, 0, 0) // say at once how things are
}

// detach ends the session, if there is one, and forgets what it was about.
// drained is closed when nothing runs any more and nothing is on its way.
type detach struct{ drained chan<- struct{} }

func (d detach) deliver(l *loop) {
	if l.session != nil {
		close(l.session.outgoing)
		l.session = nil
		l.stopFetch()
	}
	l.stopErrands()
	l.step(worker.Reset{At: l.now()})
	clear(l.peers)
	l.drained = append(l.drained, d.drained)
}

// leave is the last word of a session.
type leave struct{ why string }

func (x leave) deliver(l *loop) {
	s := l.session
	if s == nil {
		return
	}
	m := l.out.message()
	m.Leaving = x.why
	l.out, l.session = outbox{}, nil
	l.stopFetch()
	l.stopErrands()
	l.step(worker.Reset{At: l.now()}) // else it would go on asking peers
	go func() {                       // the message before it may still be waiting
		select {
		case s.outgoing <- m:
		case <-s.sent:
		}
		close(s.outgoing)
	}()
}
