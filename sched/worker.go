package sched

import (
	"slices"
	"strconv"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

type worker struct {
	id        WorkerID
	slot      uint32
	name      string
	addr      string
	host      string
	threads   int
	window    int   // root tasks it is given
	memory    int64 // limit; 0 is unlimited
	total     graph.Resources
	free      graph.Resources // same names as total
	paused    bool
	retiring  bool
	gone      bool
	dirty     bool
	shunned   bool          // by the task that is being placed
	vain      bool          // it was kept free in vain: what it has does not end soon
	only      uint32        // the wary task that it is kept for; none: it takes others
	alone     time.Duration // since when
	ghosts    int           // so many heartbeats more must say that nothing runs that was taken back
	groups    []*group
	leaf      int   // in the tree of the group of all
	proc      list  // what it is Processing and has all inputs, oldest first
	away      list  // likewise, what of it seceded
	ahead     list  // likewise, what was sent ahead of an input
	aheadWork int64 // expected duration of ahead, ns
	front     front
	held      list                // values of which it is the first holder
	copies    map[uint32]struct{} // values of which it is another holder
	heard     uint64              // the number of its last Replicated
	backlog   queue               // see backlog.go
	richAt    int                 // where in Machine.rich, while there is a backlog
	laden     bool                // it is in Machine.laden
	asked     int                 // tasks that it is asked to give back
	coming    int                 // tasks that others are asked to give back for it
	unwilling time.Duration       // it is not asked before
	lookAgain time.Duration       // it does not look for what to take before
	link      Link                // measured, and not enough to count yet
	bandwidth float64             // bytes a second when it fetches; 0 is not known
	occupancy int64               // expected duration of proc, ns
	reserved  int64               // expected results of proc, bytes
	bytes     int64               // of all values it holds
	making    map[uint32]struct{} // values that it is to copy
	arriving  int64               // bytes of these
	copyAfter time.Duration       // it is not told to copy before
	parting   int                 // values of it that others are to copy, to relieve it
	departing int64               // bytes of these
	stuck     string              // while retiring: why its values are not moved
	status    WorkerStatus        // the last one
	out       pending

	// While a place for a task is sought: bytes of its inputs that are here.
	local int64
	stamp uint64
}

// resident is the bytes of the values that w holds in memory, by its last
// heartbeat.
func (w *worker) resident() int64 { return max(0, w.bytes-w.status.Spilled) }

// closed reports whether w is to be given nothing.
func (w *worker) closed() bool {
	return w.paused || w.retiring || w.gone || w.shunned || w.only != none
}

// queueing estimates how long a task given to w now waits for a thread.
func (w *worker) queueing() int64 {
	if w.proc.n+w.backlog.live < w.threads {
		return 0
	}
	return (w.occupancy + w.backlog.work) / int64(w.threads)
}

// lighter orders workers by load: those with room for root tasks first, then
// by queueing time, number of tasks, and age.
func lighter(a, b *worker) bool {
	if fa, fb := a.proc.n >= a.window, b.proc.n >= b.window; fa != fb {
		return fb
	}
	if qa, qb := a.queueing(), b.queueing(); qa != qb {
		return qa < qb
	}
	if na, nb := a.tasks(), b.tasks(); na != nb {
		return na < nb
	}
	return a.id < b.id
}

// tasks is how many tasks w has or is to get, besides those that wait there for
// others: only who has none idles.
func (w *worker) tasks() int { return w.proc.n + w.backlog.live }

// worker returns the worker of that id, or nil if it is gone.
func (m *Machine) worker(id WorkerID) *worker {
	if s, ok := m.workerByID[id]; ok {
		return m.workers[s]
	}
	return nil
}

// workerID returns the id of the worker in a slot; 0 for none.
func (m *Machine) workerID(slot uint32) WorkerID {
	if slot == none || m.workers[slot] == nil {
		return 0
	}
	return m.workers[slot].id
}

func (m *Machine) joinWorker(e WorkerJoined) {
	if m.worker(e.Worker) != nil {
		return
	}
	threads := max(1, e.Threads)
	w := &worker{
		id: e.Worker, only: none, name: e.Name, addr: e.Addr, host: e.Host, threads: threads, window: m.cfg.window(threads),
		memory: e.Memory, total: e.Resources, free: slices.Clone(e.Resources),
		proc: newList(), away: newList(), ahead: newList(), held: newList(), copies: map[uint32]struct{}{}, making: map[uint32]struct{}{},
	}
	if n := len(m.freeWorkers); n > 0 {
		w.slot, m.freeWorkers = m.freeWorkers[n-1], m.freeWorkers[:n-1]
		m.workers[w.slot] = w
	} else {
		w.slot = uint32(len(m.workers))
		m.workers = append(m.workers, w)
	}
	w.backlog.id = w.slot<<1 | 1
	m.workerByID[w.id] = w.slot
	for _, g := range m.groups {
		if g != nil && g.admits(w) {
			m.enter(g, w)
		}
	}
	m.soil(w)
}

func (m *Machine) workerStatus(e WorkerStatus) {
	w := m.worker(e.Worker)
	if w == nil {
		return
	}
	w.status = e
	w.measureLink(e.Link)
	w.status.Running = slices.Clone(e.Running)
	m.pacify(w)
	if w.paused != e.Paused {
		w.paused = e.Paused
		m.reweigh(w)
	} else if w.paused {
		m.recall(w)
	}
	m.soil(w)
}

// recall takes back what w, which has been paused for a while, has not
// started: as it is paused, it starts nothing that its heartbeat does not name.
func (m *Machine) recall(w *worker) {
	running := make(map[graph.TaskID]bool, len(w.status.Running))
	for _, id := range w.status.Running {
		running[id] = true
	}
	for _, i := range m.queuedAt(w) {
		if m.worksAt(i, w) && !running[m.id(i)] { // not taken back with another
			m.unassign(i)
			m.abort(i)
			m.again(i)
		}
	}
	m.disperse(&w.backlog)
	m.cancelOrders(w)
}

// soil notes that w may have room for more.
func (m *Machine) soil(w *worker) {
	if !w.dirty && !w.gone {
		w.dirty = true
		m.dirty = append(m.dirty, w)
	}
}

// describe names a worker and what it has, for error messages.
func (w *worker) describe() string {
	s := w.name + "(threads " + strconv.Itoa(w.threads)
	if len(w.total) > 0 {
		s += ", " + w.total.String()
	}
	if w.host != "" {
		s += ", host " + w.host
	}
	return s + ")"
}

// durationOf is the estimate of how long a task of class c takes.
func (c *class) durationOf() time.Duration {
	if c.op.measured {
		return c.op.took
	}
	if c.prior > 0 {
		return c.prior
	}
	return unknownDuration
}
