package sched

// A value that many workers fetch at about the same time is handed on: each of
// them is told whom to ask first, which is the holder or a worker that was sent
// for the value before. They go round: everybody who was sent for it serves one
// more, then everybody again, with those who have come meanwhile. So the
// value spreads as a tree, in about as many times of one transfer as the
// number of workers has bits, and not as many as there are workers. Nothing
// depends on it: who was named and cannot help says so, and then the holders
// are asked.

// relayNeeds is how many tasks on their way have to depend on a value that is
// handed on.
const relayNeeds = 4

// A relay is who is sent for one value, in order, after its first holder.
type relay struct {
	ids   []WorkerID
	in    map[WorkerID]struct{}
	next  int // who serves next
	round int // how many there were when the round began
}

// via returns whom w asks first for the whole value j: 0 if that does not matter.
func (m *Machine) via(w *worker, j uint32) WorkerID {
	t := m.tasks.hot(j)
	if t.bytes < m.relayFrom || m.workers[t.holder].host == w.host && w.host != "" {
		return 0 // asking takes longer than sending, or nothing is sent
	}
	r := m.relays[j]
	if r == nil {
		if t.needed < relayNeeds || m.holds(j, w) {
			return 0
		}
		r = &relay{in: map[WorkerID]struct{}{}}
		m.relays[j] = r
		for _, id := range m.holderIDs(j) {
			r.add(id)
		}
		r.round = len(r.ids)
	}
	if _, sent := r.in[w.id]; sent || m.holds(j, w) {
		return 0
	}
	from := m.server(r)
	r.add(w.id)
	return from
}

func (r *relay) add(id WorkerID) {
	r.in[id] = struct{}{}
	r.ids = append(r.ids, id)
}

// relayLook is how many workers that are gone, or paused, are passed over for
// one that serves next.
const relayLook = 8

// server returns whose turn it is, or 0.
func (m *Machine) server(r *relay) WorkerID {
	for range relayLook {
		if r.next >= r.round {
			r.next, r.round = 0, len(r.ids)
		}
		id := r.ids[r.next]
		r.next++
		if w := m.worker(id); w != nil && !w.paused {
			return id
		}
	}
	return 0
}

// endRelay forgets who was sent for i, whose value is going.
func (m *Machine) endRelay(i uint32) {
	if len(m.relays) > 0 {
		delete(m.relays, i)
	}
}
