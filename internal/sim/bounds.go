package sim

// maxProcessing is how many tasks a worker may be given at a time, beyond
// eight a thread: what the scheduler's package comment says of tiny ones.
const maxProcessing = 512

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
