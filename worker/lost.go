package worker

import (
	"slices"
	"time"
)

// PeerLost: the scheduler has given a peer up. Nothing is to be had from it any
// more; requests on their way there end as [PeerGone].
type PeerLost struct {
	At   time.Duration
	Peer PeerID
}

func (PeerLost) event() {}

func (m *Machine) losePeer(id PeerID) {
	p := m.peers[id]
	if p == nil {
		return
	}
	p.lost = true
	if p.flights == 0 {
		delete(m.peers, id)
	}
	for _, it := range m.wants.items() {
		w := m.wants.get(it)
		if w == nil || w.from == id || !slices.Contains(w.holders, id) || slices.Contains(w.tried, id) {
			continue // what is on its way is answered yet
		}
		w.tried = append(w.tried, id)
		switch {
		case len(w.tried) == len(w.holders) && w.from == 0:
			m.miss(w)
		case w.first == id:
			w.first = 0
			m.queueAgain(w)
		}
	}
}

// landed notes how a request to p ended, and reports whether p is not to be
// asked again for what it did not bring. A peer that cannot be reached is, some
// times: it may only be slow, and the scheduler says so when it gives it up.
func (m *Machine) landed(p *peer, err FetchError) (gone bool) {
	switch {
	case p.lost:
		if p.flights == 0 {
			delete(m.peers, p.id)
		}
		return true
	case err == PeerBusy:
		p.retry = m.now + m.cfg.BusyDelay
	case err == PeerGone:
		p.failures++
		if p.failures > m.cfg.PeerRetries {
			return true
		}
		p.retry = m.now + m.cfg.BusyDelay<<p.failures
		return false
	}
	p.failures = 0
	return false
}
