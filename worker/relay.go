package worker

// A value that many fetch is handed on: the scheduler names a worker to ask
// first that was sent for it earlier. Such a request goes alone, since its
// answer may take a while, and keeps nothing else from that peer: it counts for
// none of the bounds on requests. When it is not answered with the item, the
// holders are asked.

// askFirst has w asked for from one peer, if nobody can be asked for it so far.
func (m *Machine) askFirst(w *want, first PeerID) {
	if first == 0 || len(w.holders) > 0 {
		return
	}
	w.first = first
	m.remote++
	w.holders = append(w.holders, first)
	m.peer(first).queue.push(w)
}

// takeOff counts a request that is on its way, land one that has ended.
func (m *Machine) takeOff(f *flight) {
	f.peer.flights++
	m.coming += f.bytes
	if f.awaited {
		f.peer.awaited++
		m.awaited++
	}
}

func (m *Machine) land(f *flight) {
	f.peer.flights--
	m.coming -= f.bytes
	if f.awaited {
		f.peer.awaited--
		m.awaited--
	}
}

// Expects reports whether the item is on its way here, or is about to be
// fetched: who asks for it had better wait for a while.
func (m *Machine) Expects(it Item) bool {
	w := m.wants.get(it)
	return w != nil && w.wanted() && (w.from != 0 || !m.paused)
}
