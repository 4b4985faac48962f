package sched

import "slices"

// Who holds a value: task.holder first, then Machine.copies.

func (m *Machine) holds(i uint32, w *worker) bool {
	return m.tasks.hot(i).holder == w.slot || slices.Contains(m.copies[i], w.slot)
}

func (m *Machine) addHolder(i uint32, w *worker) {
	t := m.tasks.hot(i)
	w.bytes += t.bytes
	if t.holder == none {
		t.holder = w.slot
		m.tasks.push(&w.held, i)
		return
	}
	if len(m.copies[i]) == 0 {
		m.spreadOut(i)
	}
	m.copies[i] = append(m.copies[i], w.slot)
	w.copies[i] = struct{}{}
}

// dropHolder takes w from the holders of i. The first copy takes its place if
// it was the first holder.
func (m *Machine) dropHolder(i uint32, w *worker) {
	t := m.tasks.hot(i)
	w.bytes -= t.bytes
	m.lack(i)
	cs := m.copies[i]
	if t.holder != w.slot {
		delete(w.copies, i)
		m.setCopies(i, slices.DeleteFunc(cs, func(s uint32) bool { return s == w.slot }))
		return
	}
	m.tasks.unlink(&w.held, i)
	t.holder = none
	if len(cs) > 0 {
		v := m.workers[cs[0]]
		delete(v.copies, i)
		t.holder = v.slot
		m.tasks.push(&v.held, i)
		m.setCopies(i, slices.Delete(cs, 0, 1))
	}
}

func (m *Machine) setCopies(i uint32, cs []uint32) {
	if len(cs) == 0 {
		delete(m.copies, i)
		return
	}
	m.copies[i] = cs
}

func (m *Machine) holderIDs(i uint32) []WorkerID {
	h := m.tasks.hot(i).holder
	if h == none {
		return nil
	}
	cs := m.copies[i]
	ids := m.box.ids.cut(1 + len(cs))
	ids[0] = m.workers[h].id
	for k, s := range cs {
		ids[k+1] = m.workers[s].id
	}
	return ids
}

// freeAll makes all holders of i drop it.
func (m *Machine) freeAll(i uint32) {
	delete(m.asked, i)
	m.cancelCopies(i)
	for m.tasks.hot(i).holder != none {
		w := m.workers[m.tasks.hot(i).holder]
		m.dropHolder(i, w)
		m.box.free(w, m.id(i), m.tasks.hot(i).bytes)
		m.soil(w)
	}
}
