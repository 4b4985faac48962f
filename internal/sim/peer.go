package sim

import (
	"time"

	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// fetch asks a peer for items, and gets an answer in any case.
func (n *node) fetch(f worker.Fetch) {
	n.w.after(n.w.delay(), func() { n.ask(f, n.w.now+patience) })
}

const (
	// patience is how long a peer waits for what it is asked for and is about to
	// have, looking every so often.
	patience = 200 * time.Millisecond
	lookAt   = time.Millisecond
)

// ask has the peer answer, now or when it has what it is asked for.
func (n *node) ask(f worker.Fetch, until time.Duration) {
	peer := n.w.reachable(sched.WorkerID(f.Peer))
	if peer != nil && n.w.now < until && peer.awaits(f) {
		n.w.res.Awaited++
		n.w.after(lookAt, func() { n.ask(f, until) })
		return
	}
	e := worker.Fetched{Request: f.Request, Peer: f.Peer}
	var got []datum
	switch {
	case peer == nil:
		e.Err = worker.PeerGone
	case n.w.odds(Busy, 5):
		e.Err = worker.PeerBusy
	default:
		for _, it := range f.Items {
			if v, has := peer.get(it); has && !n.w.odds(Forget, 3) {
				if n.w.fromDisk(peer, it) {
					n.w.res.Lent++
				}
				e.Got = append(e.Got, worker.Arrival{Item: it, Bytes: v.bytes, Leased: n.shares(peer)})
				got = append(got, v)
			} else {
				e.Absent = append(e.Absent, it)
			}
		}
	}
	n.w.after(n.w.delay(), func() { n.fetched(e, got, peer) })
}

// shares reports whether n reads values of peer where they lie: so do pairs.
func (n *node) shares(peer *node) bool { return n.number/2 == peer.number/2 }

// awaits reports whether n is about to have all that it is asked for.
func (n *node) awaits(f worker.Fetch) bool {
	for _, it := range f.Items {
		if _, has := n.get(it); !has && n.m.Expects(it) {
			return true
		}
	}
	return false
}

// fetched ends a fetch, unless the peer has died meanwhile.
func (n *node) fetched(e worker.Fetched, got []datum, peer *node) {
	if n.dead {
		return
	}
	if peer != nil && peer.dead {
		e.Got, e.Absent, e.Err = nil, nil, worker.PeerGone
	}
	for k, a := range e.Got {
		n.put(a.Item, got[k])
		n.w.res.Fetched += a.Bytes
	}
	e.At = n.w.now
	n.step(e)
}

// get is what n answers when asked for an item.
func (n *node) get(it worker.Item) (datum, bool) {
	if v, has := n.store[worker.Item{Task: it.Task, Part: -1}]; has {
		return v.part(it.Part), true
	}
	v, has := n.store[it]
	return v, has
}

// reachable returns the process behind a worker, or nil if it does not answer.
func (w *world) reachable(id sched.WorkerID) *node {
	if n := w.byID[id]; n != nil && n.id == id && !n.dead && !n.hung {
		return n
	}
	return nil
}

// die ends the process; another of its kind is started.
func (n *node) die(cause string, clean bool) {
	if n.dead {
		return
	}
	n.dead = true
	n.w.res.Crashes++
	n.disconnect(cause, clean)
	n.w.after(time.Duration(n.w.fate.IntN(500))*time.Millisecond, func() { n.w.spawn(n.gpu) })
}

// disconnect cuts the link; the scheduler hears of it, sooner or later.
func (n *node) disconnect(cause string, clean bool) {
	if n.link == nil {
		return
	}
	n.link.cut = true
	id, w := n.id, n.w
	w.at(max(w.now+w.delay(), n.link.joined), func() {
		w.toSched(sched.WorkerLeft{At: w.now, Worker: id, Cause: cause, Clean: clean})
	})
}

// reset makes the process notice that l was cut: it starts afresh.
func (n *node) reset(l *link) {
	if n.dead || n.link != l {
		return
	}
	n.link, n.id = nil, 0
	n.paused, n.told, n.mem.pressed = false, false, false
	n.step(worker.Reset{At: n.w.now})
}
