package sim

import "github.com/ashlar-go/ashlar/worker"

// maxProcessing is how many tasks a worker may be given at a time, beyond
// eight a thread: what the scheduler's package comment says of tiny ones.
const maxProcessing = 512

// checkBeliefs: what the scheduler believes that a worker holds is there, when
// nothing is on its way between the two.
func (w *world) checkBeliefs() {
	for _, n := range w.nodes {
		if n.dead || n.hung || n.link == nil || n.link.cut || n.link.flying > 0 {
			continue
		}
		for _, p := range w.m.Holding(n.id) {
			if _, has := n.store[worker.Item{Task: p.Task, Part: -1}]; !has {
				w.fail("worker process %d, connected as %d, does not hold %v, which the scheduler believes", n.number, n.id, p.Task)
			}
			w.res.Believed++
		}
	}
}

// checkBounds: no queue grows without bound.
func (w *world) checkBounds() {
	for _, in := range w.m.Info().Workers {
		if in.Processing > max(maxProcessing, 8*in.Threads) {
			w.fail("worker %s is given %d tasks at a time, with %d threads", in.Name, in.Processing, in.Threads)
		}
	}
	if live := 8*len(w.things)*len(w.clients) + 1000; len(w.heap) > live+100*len(w.nodes)+maxFlying {
		w.fail("%d things are to happen, with %d processes and %d clients", len(w.heap), len(w.nodes), len(w.clients))
	}
}
