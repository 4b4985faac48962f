package worker

import (
	"cmp"
	"slices"
	"time"
)

// A want is an item that tasks wait for, or that is to be copied here. It stands in the queue of every peer
// that may be asked for it; whoever is idle first is.
type want struct {
	item    Item
	bytes   int64
	waiters []*task // may hold tasks that are gone
	live    int     // of the waiters
	urgent  *task   // the waiter that goes first, when it was last looked at; nil if there was none
	copy    bool    // it is wanted without a waiter, too: see Replicate
	holders []PeerID
	tried   []PeerID // asked in vain
	first   PeerID   // of the holders the only one to be asked so far, see relay.go; 0 if all can be
	from    PeerID   // whom it is on its way from; 0 is nobody
	settled bool     // it arrived or was given up; may still stand in queues
}

// settle ends w, which arrived or is given up.
func (m *Machine) settle(w *want) {
	w.settled = true
	m.wants.remove(w.item)
	if len(w.holders) > 0 {
		m.remote--
	}
}

// before orders a peer's queue.
func (w *want) before(v *want) bool {
	switch {
	case w.urgent == v.urgent:
		return compareItems(w.item, v.item) < 0
	case w.urgent == nil || v.urgent == nil:
		return v.urgent == nil
	}
	return w.urgent.before(v.urgent)
}

// A peer is a worker that items are wanted from.
type peer struct {
	id      PeerID
	queue   heap[*want]
	flights int           // requests on their way
	awaited int           // of these: see relay.go
	retry   time.Duration // not to be asked before this

	failures int  // requests in a row that did not reach it
	lost     bool // the scheduler says that it is gone
}

// A flight is a request on its way.
type flight struct {
	peer    *peer
	wants   []*want
	awaited bool  // see relay.go
	bytes   int64 // that it is expected to bring
}

// want makes t wait for d.
func (m *Machine) want(t *task, d Dep) {
	w := m.seek(d)
	m.attach(w, t)
	m.askFirst(w, d.First)
	m.askWhom(w, d.Holders)
}

// wanted reports whether anything is to be done with the item when it comes.
func (w *want) wanted() bool { return w.live > 0 || w.copy }

// seek returns the want of d's item.
func (m *Machine) seek(d Dep) *want {
	w := m.wants.get(d.Item)
	if w == nil {
		w = &want{item: d.Item, bytes: d.Bytes}
		m.wants.set(d.Item, w)
	}
	return w
}

// askWhom adds peers that are said to hold w's item. If there is nobody to ask,
// w is given up.
func (m *Machine) askWhom(w *want, holders []PeerID) {
	if len(w.holders) == 0 && len(holders) > 0 {
		m.remote++
	}
	for _, h := range holders {
		if !slices.Contains(w.holders, h) {
			w.holders = append(w.holders, h)
			if w.first == 0 {
				m.peer(h).queue.push(w)
			}
		}
	}
	if w.hopeless() && !m.producing(w.item) {
		m.miss(w)
	}
}

func (m *Machine) peer(id PeerID) *peer {
	p := m.peers[id]
	if p == nil {
		p = &peer{id: id}
		m.peers[id] = p
	}
	return p
}

// queueAgain puts w into the queues of all that can still be asked. It may stand
// there twice: whoever takes it first settles that.
func (m *Machine) queueAgain(w *want) {
	for _, h := range w.holders {
		if !slices.Contains(w.tried, h) && (w.first == 0 || w.first == h) {
			m.peer(h).queue.push(w)
		}
	}
}

// forsake takes t out of the wants that it waits for. A want that nobody waits
// for is dropped, unless it is on its way.
func (m *Machine) forsake(t *task) {
	for _, d := range t.Deps {
		if d.Inline != nil {
			continue
		}
		for _, it := range [2]Item{{d.Task, -1}, d.Item} { // see depend
			w := m.wants.get(it)
			if w == nil {
				continue
			}
			if w.remove(t); !w.wanted() && w.from == 0 {
				m.settle(w)
			}
		}
	}
}

// dispatchFetches sends requests to peers that have room for one, the most
// urgent first.
func (m *Machine) dispatchFetches() {
	m.disk.fetch = 0
	if m.paused || m.remote == 0 {
		return
	}
	for len(m.flights)-m.awaited < m.cfg.Fetches {
		p := m.nextPeer()
		if p == nil {
			return
		}
		w := m.head(p)
		room, ok := m.fetchRoom(w)
		if !ok {
			m.disk.fetch = w.bytes + m.ahead(w.urgent)
			m.makeRoom()
			return
		}
		batch := m.batch(p, room)
		items := make([]Item, len(batch))
		for i, w := range batch {
			items[i] = w.item
		}
		m.requests++
		f := &flight{peer: p, wants: batch, awaited: batch[0].first != 0, bytes: bytesOf(batch)}
		m.flights[m.requests] = f
		m.takeOff(f)
		m.do(Fetch{m.requests, p.id, items})
	}
}

// bytesOf is how many bytes ws are said to have, and no more than any memory.
func bytesOf(ws []*want) (n int64) {
	for _, w := range ws {
		n = min(n+w.bytes, 1<<50)
	}
	return n
}

// nextPeer returns the peer with the most urgent item that may be asked for
// now; of equals the one with the longer queue, then the lower number.
func (m *Machine) nextPeer() *peer {
	var best *peer
	for _, p := range m.peers { // order-free: better is a total order
		if p.flights-p.awaited >= m.cfg.PeerFetches || p.retry > m.now || m.head(p) == nil {
			continue
		}
		if best == nil || better(p, best) {
			best = p
		}
	}
	return best
}

func better(p, q *peer) bool {
	a, b := p.queue[0], q.queue[0]
	if a != b {
		return a.before(b)
	}
	return cmp.Or(cmp.Compare(len(q.queue), len(p.queue)), cmp.Compare(p.id, q.id)) < 0
}

// head returns the first item of p's queue that is still to be asked for.
func (m *Machine) head(p *peer) *want {
	for len(p.queue) > 0 {
		w := p.queue[0]
		if !w.settled && w.from == 0 {
			return w
		}
		p.queue.pop() // if it comes back unanswered, it is pushed again
	}
	return nil
}

// batch takes from p's queue what goes into one request: what there is room for,
// and where there is none, only what one task waits for.
func (m *Machine) batch(p *peer, room int64) []*want {
	var ws []*want
	var bytes int64
	for len(ws) < m.cfg.FetchItems {
		w := m.head(p)
		if w == nil || len(ws) > 0 && (bytes+w.bytes > m.cfg.FetchBytes || w.first != 0 || bytes+w.bytes > room && w.urgent != ws[0].urgent) {
			break
		}
		p.queue.pop()
		w.from = p.id
		bytes += w.bytes
		if ws = append(ws, w); w.first != 0 {
			break // it may take a while
		}
	}
	return ws
}
