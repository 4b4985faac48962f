package sim

import (
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// announceLosses tells all workers of those that the scheduler has given up, as
// its server does. Now and then it does not: then they find out by themselves.
func (w *world) announceLosses(e sched.Event, actions []sched.Action) {
	var lost []sched.WorkerID
	if e, is := e.(sched.WorkerLeft); is {
		lost = append(lost, e.Worker)
	}
	for _, a := range actions {
		if d, is := a.(sched.Dismiss); is {
			lost = append(lost, d.Worker)
		}
	}
	for _, id := range lost {
		for _, n := range w.nodes {
			if n.dead || n.link == nil || n.id == id || w.fate.IntN(10) == 0 {
				continue
			}
			n.link.deliver(func() { n.step(worker.PeerLost{At: w.now, Peer: worker.PeerID(id)}) })
		}
	}
}
