package sim

import (
	"time"

	"github.com/ashlar-go/ashlar/sched"
)

// A link is a connection to the scheduler: what is sent on it arrives late, in
// order, some of it twice, and nothing after it was cut, or nearly nothing.
type link struct {
	w        *world
	cut      bool
	lost     bool          // something on its way up, and with it all that was sent later
	up, down time.Duration // when the last message each way arrives
	joined   time.Duration // when the first one does: the scheduler is never told of an end before
	back     time.Duration // of a client: until when it is away
	flying   int           // messages that have not arrived
}

// maxFlying is how many messages may be on their way on one link: more is a
// queue that grows without bound.
const maxFlying = 20_000

// send does f at t, at which something arrives.
func (l *link) send(t time.Duration, f func()) {
	if l.flying++; l.flying > maxFlying {
		l.w.fail("%d messages are on their way on one connection", l.flying)
	}
	l.w.at(t, func() {
		l.flying--
		f()
	})
}

// report sends an event to the scheduler. What was on its way when the link
// was cut may arrive all the same, but nothing after what did not.
func (l *link) report(e func() sched.Event) {
	if l.cut {
		return
	}
	l.up = max(l.up, l.w.now+l.w.delay())
	late := l.w.odds(Late, 50)
	twice := l.w.odds(Twice, 2)
	l.send(l.up, func() {
		if l.lost = l.lost || l.cut && !late; l.lost {
			return
		}
		l.w.toSched(e())
		if twice {
			l.w.toSched(e())
		}
	})
}

// deliver sends something from the scheduler.
func (l *link) deliver(f func()) {
	if l.cut {
		return
	}
	l.down = max(l.down, l.w.now+l.w.delay())
	l.send(l.down, func() {
		if !l.cut {
			f()
		}
	})
}

func (w *world) toNode(id sched.WorkerID, a sched.Action) {
	n := w.byID[id]
	if n == nil || n.id != id {
		return // it is gone, and the scheduler does not know yet
	}
	twice := w.odds(Twice, 2)
	n.link.deliver(func() {
		n.hear(a)
		switch a.(type) {
		case sched.Assign, sched.Invoke:
			if twice {
				n.hear(a)
			}
		}
	})
}

func (w *world) toClient(id sched.ClientID, a sched.Action) {
	if c := w.clients[id-1]; !c.gone {
		c.link.deliver(func() { c.link.arrive(func() { c.hear(a) }) })
	}
}
