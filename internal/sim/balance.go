package sim

import (
	"time"

	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// dependencies turns what the scheduler says into what a worker reads.
func dependencies(ds []sched.Dep) (out []worker.Dep) {
	for _, d := range ds {
		wd := worker.Dep{Item: worker.Item{Task: d.Task, Part: d.Part}, Bytes: d.Bytes, Inline: inlined(d.Inline), First: worker.PeerID(d.First)}
		for _, h := range d.Holders {
			wd.Holders = append(wd.Holders, worker.PeerID(h))
		}
		out = append(out, wd)
	}
	return out
}

// rearrange asks for copies of some of the things that c wants, for one of each,
// or for more even memory.
func (c *client) rearrange() {
	some := c.some()
	switch c.rng.IntN(3) {
	case 0:
		c.say(sched.ReplicateKeys{Client: c.id, Keys: c.keys(some), Copies: c.rng.IntN(4)})
	case 1:
		c.say(sched.Rebalance{Client: c.id, Keys: c.keys(some)})
	case 2:
		c.say(sched.Rebalance{Client: c.id})
	}
}

// settled reports whether nobody retires any more. There is room for everything
// in a simulation, so every worker that was told to go can.
func (w *world) settled() bool {
	in := w.m.Info()
	for _, x := range in.Workers {
		if x.Retiring {
			return false
		}
	}
	return in.UnderWay == 0
}

// verifyBalance: copies that were ordered came to their end, and whoever was to
// retire did.
func (w *world) verifyBalance() {
	w.untilSo(w.now+time.Minute, w.settled)
	if w.err == nil && !w.settled() {
		in := w.m.Info()
		w.fail("replicas %+v, workers %+v", in.Replicas, in.Workers)
	}
	w.res.Stealing, w.res.Replicas = w.m.Info().Stealing, w.m.Info().Replicas
}
