package sim

import (
	"time"

	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// A trouble strikes a connected worker process now and again.
type trouble struct {
	fault  Fault
	weight int
	strike func(*node)
}

var troubles = []trouble{
	{Crash, 4, func(n *node) { n.die("signal: killed", false) }},
	{Cut, 4, (*node).breakOff},
	{Hang, 2, (*node).hang},
	{Pause, 4, (*node).pause},
	{Retire, 1, (*node).retire},
}

// goWrong does some harm, now and again: the more workers, the more often.
func (w *world) goWrong() {
	if w.calm {
		return
	}
	w.after(time.Duration(w.fate.IntN(300))*time.Millisecond*5/time.Duration(max(5, w.cfg.Workers)), w.goWrong)
	n, luck := w.nodes[w.fate.IntN(len(w.nodes))], w.fate.IntN(20)
	if n.dead || n.link == nil || n.link.cut {
		return
	}
	for _, t := range troubles {
		if luck -= t.weight; luck < 0 {
			if w.faults&t.fault != 0 {
				t.strike(n)
			}
			return
		}
	}
}

// breakOff cuts the link of the process, which notices that later.
func (n *node) breakOff() {
	n.w.res.Cuts++
	n.disconnect("connection lost", false)
	l := n.link
	n.w.after(n.w.delay()*5, func() { n.reset(l) })
}

func (n *node) retire() {
	w, id := n.w, n.id
	n.link.report(func() sched.Event { return sched.Retire{At: w.now, Worker: id} })
}

// hang stops the process for a while. If it is long, the scheduler gives it
// up; when it comes back it does what it finds in its inbox, and only then
// learns that it was given up.
func (n *node) hang() {
	n.hung = true
	l := n.link
	long := n.w.fate.IntN(2) == 0
	if long {
		n.disconnect("no heartbeat", false)
	}
	n.w.after(time.Duration(n.w.fate.IntN(1000))*time.Millisecond, func() {
		n.hung = false
		for len(n.inbox) > 0 {
			e := n.inbox[0]
			n.inbox = n.inbox[1:]
			n.step(e)
		}
		if long {
			n.reset(l)
		}
	})
}

func (n *node) pause() {
	n.told = true
	n.setPaused(true)
	n.w.after(time.Duration(n.w.fate.IntN(1000))*time.Millisecond, func() {
		n.told = false
		n.setPaused(n.mem.pressed)
	})
}

func (n *node) setPaused(paused bool) {
	n.paused = paused
	n.step(worker.Pressure{At: n.w.now, Paused: paused})
}

// settleDown ends the time of trouble: nothing more goes wrong by chance, and
// there are workers of each kind, with all the memory that there is.
func (w *world) settleDown() {
	w.calm = true
	w.spawn(true)
	w.spawn(false)
	for _, c := range w.clients {
		c.insist()
	}
}
