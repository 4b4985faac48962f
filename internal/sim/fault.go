package sim

import (
	"time"

	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// goWrong does some harm, now and again.
func (w *world) goWrong() {
	if w.calm {
		return
	}
	w.after(time.Duration(w.rng.IntN(300))*time.Millisecond, w.goWrong)
	n := w.nodes[w.rng.IntN(len(w.nodes))]
	if n.dead || n.link == nil || n.link.cut {
		return
	}
	switch w.rng.IntN(8) {
	case 0, 1:
		n.die("signal: killed", false)
	case 2, 3:
		w.res.Cuts++
		n.disconnect("connection lost", false)
		l := n.link
		w.after(w.delay()*5, func() { n.reset(l) })
	case 4:
		n.hang()
	case 5, 6:
		n.pause()
	case 7:
		if w.chance(20) {
			id := n.id
			n.link.report(func() sched.Event { return sched.Retire{At: w.now, Worker: id} })
		}
	}
}

// hang stops the process for a while. If it is long, the scheduler gives it
// up; when it comes back it does what it finds in its inbox, and only then
// learns that it was given up.
func (n *node) hang() {
	n.hung = true
	l := n.link
	long := n.w.chance(50)
	if long {
		n.disconnect("no heartbeat", false)
	}
	n.w.after(time.Duration(n.w.rng.IntN(1000))*time.Millisecond, func() {
		n.hung = false
		inbox := n.inbox
		n.inbox = nil
		for _, e := range inbox {
			n.step(e)
		}
		if long {
			n.reset(l)
		}
	})
}

func (n *node) pause() {
	n.paused = true
	n.step(worker.Pressure{At: n.w.now, Paused: true})
	n.w.after(time.Duration(n.w.rng.IntN(1000))*time.Millisecond, func() {
		n.paused = false
		n.step(worker.Pressure{At: n.w.now})
	})
}

// settleDown ends the time of trouble: nothing more goes wrong by chance, and
// there are workers of each kind.
func (w *world) settleDown() {
	w.calm = true
	w.spawn(true)
	w.spawn(false)
	for _, c := range w.clients {
		c.insist()
	}
}
