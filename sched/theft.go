package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// What was sent to a worker and not started there can be had back for one that
// idles: the worker is asked, since only it knows what it has started. The task
// stays assigned to it until it answers, so a task never runs twice for this.

// Reclaim asks a worker to give an assignment back unless it has started it.
// Exactly one Yielded answers, or the worker's end does.
type Reclaim struct {
	Worker  WorkerID
	Task    graph.TaskID
	Attempt uint32
}

func (Reclaim) action() {}

// Yielded answers a Reclaim: the worker has given the task up, or it has
// started or ended it, or knows nothing of it.
type Yielded struct {
	At      time.Duration
	Worker  WorkerID
	Task    graph.TaskID
	Attempt uint32
	OK      bool
}

func (Yielded) event() {}

// Stealing counts what moved from worker to worker since the start.
type Stealing struct {
	Taken   int64 // tasks taken from backlogs: they had not been sent
	Asked   int64 // tasks that a worker was asked to give back
	Moved   int64 // of those, how many another worker got
	Refused int64 // of those, how many had been started
}

// A theft is a task that its worker is asked to give back.
type theft struct {
	thief   WorkerID
	attempt uint32
}

const (
	// A task is taken only if it would wait stealGain times as long as it
	// takes to ask for it and fetch its inputs, ...
	stealGain = 2
	// ... and if fetching them takes less than stealRatio times its duration.
	stealRatio = 4
	// candidates is how many tasks of one victim are looked at.
	candidates = 4
	// After a look in vain, or a refusal, the next one is so much later.
	lookPause   = 5 * time.Millisecond
	refusePause = 100 * time.Millisecond
)

// lade notes that w has tasks that it cannot have started.
func (m *Machine) lade(w *worker) {
	w.laden = true
	m.laden = append(m.laden, w)
}

// unlade takes whoever is at k out of Machine.laden.
func (m *Machine) unlade(k int) {
	m.laden[k].laden = false
	last := len(m.laden) - 1
	m.laden[k] = m.laden[last]
	m.laden[last] = nil
	m.laden = m.laden[:last]
}

// spare is how many of w's tasks can be waiting there, besides those that it
// is asked for already.
func (w *worker) spare() int { return w.proc.n - w.threads - w.asked }

// wait estimates how long the last of w's tasks waits for a thread.
func (w *worker) wait(expect int64) int64 { return (w.occupancy - expect) / int64(w.threads) }

// askFor asks others for tasks for the idle threads of w.
func (m *Machine) askFor(w *worker) {
	if len(m.laden) == 0 || m.cfg.NoStealing || m.now < w.lookAgain {
		return
	}
	for w.proc.n+w.coming < w.threads {
		i, v := m.prey(w)
		if i == none {
			w.lookAgain = m.now + lookPause
			return
		}
		attempt := m.tasks.cold(i).attempt
		m.thefts[i] = theft{w.id, attempt}
		v.asked++
		w.coming++
		m.stealing.Asked++
		m.send(v) // it may be assigned in this very step
		m.do(Reclaim{v.id, m.id(i), attempt})
	}
}

// prey returns the task that w had better have, and where it is: of the victims
// looked at, from the one where it would wait longest.
func (m *Machine) prey(w *worker) (best uint32, at *worker) {
	best, longest := none, int64(0)
	for range min(victims, len(m.laden)) {
		k := m.turn % len(m.laden)
		v := m.laden[k]
		if v.gone || v.proc.n <= v.threads {
			if m.unlade(k); len(m.laden) == 0 {
				break
			}
			continue
		}
		m.turn++
		if v == w || v.spare() <= 0 || m.now < v.unwilling || v.wait(0) <= longest {
			continue
		}
		if i, wait := m.preyAt(v, w); i != none && wait > longest {
			best, longest, at = i, wait, v
		}
	}
	return best, at
}

// preyAt returns the last of v's tasks that is worth moving to w, of a few, and
// how long it would wait where it is.
func (m *Machine) preyAt(v, w *worker) (i uint32, wait int64) {
	i = v.proc.tail
	for range min(candidates, v.proc.n-v.threads) {
		wait := v.wait(m.tasks.cold(i).expect)
		if _, asked := m.thefts[i]; !asked && m.worthAsking(i, wait, w) {
			return i, wait
		}
		i = m.tasks.cold(i).prev
	}
	return none, 0
}

// worthAsking reports whether i, which waits so long where it is, had better
// run on w.
func (m *Machine) worthAsking(i uint32, wait int64, w *worker) bool {
	ask := 4 * int64(m.cfg.Latency) // there and back, twice
	if wait <= stealGain*ask || !m.mayTake(w, i) {
		return false
	}
	inputs := m.survey(i)
	if w.stamp != m.stamp {
		w.stamp, w.local = m.stamp, 0
	}
	fetch := m.transfer(inputs-w.local, w)
	if wait <= stealGain*(ask+fetch) {
		return false
	}
	if fetch > stealRatio*m.tasks.cold(i).expect {
		m.popularize(i, w)
		return false
	}
	return true
}

// mayTake reports whether w can be given i, of another worker, now.
func (m *Machine) mayTake(w *worker, i uint32) bool {
	c := m.class(i)
	g := m.groups[c.group].serving()
	return g.loads.has(w) && g.open(w) && !m.isWary(i) && m.hasInputs(i) && m.fitsAt(w, g, i, c) && m.room(w, c)
}

// hasInputs reports whether all dependencies of i have values.
func (m *Machine) hasInputs(i uint32) bool {
	r, deps := m.deps(i)
	for _, d := range deps {
		if j := r.at(d.Ref); j == none || m.tasks.hot(j).state != StateMemory {
			return false
		}
	}
	return true
}

// yielded gives the thief what its victim gave back. If it has found other work
// meanwhile, or the task's inputs were lost, the task is placed anew.
func (m *Machine) yielded(e Yielded) {
	v, i := m.worker(e.Worker), m.find(e.Task)
	if v == nil || i == none || !m.current(i, v, e.Attempt) {
		return
	}
	th, asked := m.thefts[i]
	if !e.OK {
		if asked {
			m.endTheft(i, v)
			m.stealing.Refused++
			v.unwilling = m.now + refusePause
		}
		return
	}
	w := m.worker(th.thief)
	m.unassign(i)
	if w == nil || w.proc.n >= w.threads || !m.mayTake(w, i) {
		m.again(i)
		return
	}
	m.stealing.Moved++
	m.move(i, StateWaiting)
	m.assign(i, w, m.class(i))
}

// endTheft forgets that v was asked for i, if it was.
func (m *Machine) endTheft(i uint32, v *worker) {
	th, asked := m.thefts[i]
	if !asked {
		return
	}
	delete(m.thefts, i)
	v.asked--
	if w := m.worker(th.thief); w != nil {
		w.coming--
		m.soil(w)
	}
}
