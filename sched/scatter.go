package sched

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// scatter takes the keys that a client is about to bring values for, and says
// where to bring them: from the worker that holds least round to all.
func (m *Machine) scatter(e Scatter) {
	m.nextRun(e.Run)
	c := m.clients[e.Client]
	if c == nil {
		return
	}
	ws := m.roomiest(e.Workers)
	if len(ws) == 0 {
		which := "there is no worker to bring it to"
		if len(e.Workers) > 0 {
			which = "none of the workers that it is to be brought to is there"
		}
		for _, k := range e.Keys {
			m.forgo(c, k)
			m.do(Erred{e.Client, k, &graph.TaskError{Kind: graph.KindNoWorker, Task: k.String(),
				Message: which + ", or all are paused or retiring"}})
		}
		return
	}
	r := m.openRun(e.Run, e.Client, len(e.Keys))
	r.keys, r.places, r.onWay = e.Keys, make([]uint32, len(e.Keys)), len(e.Keys)
	p := Place{Client: e.Client, Run: e.Run, Workers: make([]WorkerID, len(e.Keys))}
	for k, key := range e.Keys {
		w := ws[k%len(ws)]
		r.places[k], p.Workers[k] = w.slot, w.id
		r.slots[k] = m.bring(r, k, key, e.Bytes[k])
		m.want(c, m.names.find(key))
		m.activate(r.slots[k]) // if it is released
	}
	m.do(p)
	for _, key := range e.Keys {
		switch n := m.names.find(key); m.tasks.hot(n.task).state { // what was known before
		case StateMemory:
			m.tellReady(c.id, n)
		case StateErred:
			m.tellErred(c.id, n)
		}
	}
	m.closeRun(r)
}

// forgo makes c want the key no more, if it did: it is told that it failed.
func (m *Machine) forgo(c *client, k graph.Key) {
	if n := m.names.find(k); n != nil && m.isWanted(c, n) {
		m.unwant(c, n)
	}
}

// bring returns the task that stands for key: one that is known, unless it is
// spent, or a new one.
func (m *Machine) bring(r *run, row int, key graph.Key, bytes int64) uint32 {
	if n := m.names.find(key); n != nil {
		if !m.spent(n.task) {
			return n.task
		}
		m.unname(n)
	}
	i := m.newTask(r, row)
	t := m.tasks.hot(i)
	t.brought, t.bytes = true, bytes
	m.newName(key, i)
	return i
}

// unname takes a key from a task that is spent, so that another can have it.
func (m *Machine) unname(n *name) {
	for _, id := range m.wanters(n) {
		m.unwant(m.clients[id], n)
	}
	m.abandonKeep(n.key)
	m.movePins(n)
	m.removeName(n)
}

// roomiest returns the workers that can take values, of those named if there are
// any, the one that holds least first.
func (m *Machine) roomiest(only []WorkerID) []*worker {
	ws := slices.DeleteFunc(m.inOrder(), func(w *worker) bool {
		return w.closed() || len(only) > 0 && !slices.Contains(only, w.id)
	})
	slices.SortStableFunc(ws, func(a, b *worker) int { return cmp.Compare(a.bytes, b.bytes) })
	return ws
}

func (m *Machine) scattered(e Scattered) {
	for _, id := range e.Tasks {
		w := m.arrived(id)
		if w == nil {
			continue
		}
		i := m.find(id)
		if i == none || m.tasks.hot(i).state != StateWaiting {
			m.box.free(w, id, unknownBytes) // nobody wants it any more, or it was known before, from elsewhere
			continue
		}
		m.obtain(i, w, m.tasks.hot(i).bytes)
	}
}

// arrived ends the way of a value, and returns where it was going; nil if it
// was not on its way.
func (m *Machine) arrived(id graph.TaskID) *worker {
	r := m.runByID[id.Run()]
	if r == nil || !r.comes(id.Index()) {
		return nil
	}
	w := m.workers[r.places[id.Index()]]
	r.places[id.Index()] = none
	r.onWay--
	m.closeRun(r)
	return w
}

// comes reports whether the value of a row is on its way.
func (r *run) comes(row uint32) bool { return int(row) < len(r.places) && r.places[row] != none }

// bringsTo reports whether a client is bringing a value to w.
func (m *Machine) bringsTo(id graph.TaskID, w *worker) bool {
	r := m.runByID[id.Run()]
	return r != nil && r.comes(id.Index()) && r.places[id.Index()] == w.slot
}

// onWay reports whether a client is bringing the value of task i.
func (m *Machine) onWay(i uint32) bool {
	t := m.tasks.hot(i)
	return t.brought && m.runs[t.run].comes(t.row)
}

// spent reports whether i stands for a value that was brought, or for an actor,
// and can never be had again.
func (m *Machine) spent(i uint32) bool {
	t := m.tasks.hot(i)
	return (t.brought || m.isDead(i)) && (t.state == StateErred || t.state == StateReleased)
}

func (m *Machine) lostBrought(i uint32, why string) *graph.TaskError {
	return m.newError(i, graph.KindLost, fmt.Sprintf("scattered value: %s; scatter it again", why))
}

// loseScatters gives up what was on its way to w.
func (m *Machine) loseScatters(w *worker) {
	m.giveUpBrought(func(r *run, row int) bool { return r.places[row] == w.slot },
		"the worker it was being brought to is gone")
}

// abandoned gives up what a client that stays will not bring.
func (m *Machine) abandoned(e Abandoned) {
	for _, id := range e.Tasks {
		if r := m.runByID[id.Run()]; r != nil && r.client == e.Client && r.comes(id.Index()) {
			m.giveUp(id, "its client gave up bringing it")
		}
	}
}

// abandonScatters gives up what c had not brought yet.
func (m *Machine) abandonScatters(c ClientID) {
	m.giveUpBrought(func(r *run, _ int) bool { return r.client == c }, "its client left before it had brought it")
}

func (m *Machine) giveUpBrought(which func(r *run, row int) bool, why string) {
	for _, r := range slices.Clone(m.runs) {
		if r == nil || r.onWay == 0 {
			continue
		}
		for row := range r.keys {
			if !r.comes(uint32(row)) || !which(r, row) {
				continue
			}
			m.giveUp(graph.NewTaskID(r.id, uint32(row)), why)
		}
	}
}

// giveUp ends the way of a value that will not come.
func (m *Machine) giveUp(id graph.TaskID, why string) {
	m.box.free(m.arrived(id), id, unknownBytes) // it may be there all the same
	if i := m.find(id); i != none && m.tasks.hot(i).state == StateWaiting {
		m.fail(i, m.lostBrought(i, why))
	}
}
