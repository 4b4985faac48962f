package sched

import (
	"fmt"
	"math"
	"time"
)

// Adaptive says how many workers there should be.
type Adaptive struct {
	// Min and Max bound the number of workers; a Max of 0 is no bound.
	Min, Max int
	// Duration is how long the work that is known should take: the shorter,
	// the more workers. Default 5 s.
	Duration time.Duration
	// Wait is how often in a row, a second apart, fewer workers must suffice
	// before any is named to go. Default 3.
	Wait int
}

const (
	// adaptEvery is how often the target is computed.
	adaptEvery = time.Second
	// ampleMemory is the part of all memory that values may fill before
	// workers are wanted for their memory.
	ampleMemory = 0.6
)

// A Target is how many workers would be right now. For work, as many threads as
// do what is expected in Adaptive.Duration, but no more than there are tasks;
// for memory, twice the workers if values fill more than 60 % of it. The larger
// counts, within Adaptive.Min and Max.
type Target struct {
	Workers int
	Why     string
	Retire  []WorkerID // who had better go, if fewer suffice for some time: idle ones, those with the fewest bytes first
}

// adapt computes the target from the last walk, once a second.
func (m *Machine) adapt() {
	if m.now < m.adaptAt {
		return
	}
	m.adaptAt = m.now + adaptEvery
	a, t := &m.cfg.Adaptive, &m.census.tally
	n, why := m.forWork(t)
	if k, reason := forMemory(t); k > n {
		n, why = k, reason
	}
	if n < a.Min {
		n, why = a.Min, fmt.Sprintf("%d is the least; %s", a.Min, why)
	}
	if a.Max > 0 && n > a.Max {
		n, why = a.Max, fmt.Sprintf("%d is the most; %s", a.Max, why)
	}
	m.target = Target{Workers: n, Why: why}
	if n >= t.workers {
		m.fewer = 0
		return
	}
	if m.fewer++; m.fewer >= a.Wait {
		m.target.Retire = m.dispensable(t, t.workers-n)
	}
}

// forWork returns how many workers the work that is known asks for.
func (m *Machine) forWork(t *tally) (int, string) {
	tasks := m.counts[StateProcessing] + m.counts[StateQueued] + m.counts[StateNoWorker]
	work := t.occupancy + time.Duration(m.queuedWork) + time.Duration(m.counts[StateNoWorker])*unknownDuration
	threads := min(tasks, int(math.Ceil(float64(work)/float64(m.cfg.Adaptive.Duration))))
	if tasks > 0 {
		threads = max(threads, 1)
	}
	each := 1.0
	if t.workers > 0 {
		each = float64(t.threads) / float64(t.workers)
	}
	return int(math.Ceil(float64(threads) / each)), fmt.Sprintf("%d tasks are expected to take %v", tasks, work)
}

// forMemory returns how many workers the values that there are ask for.
func forMemory(t *tally) (int, string) {
	if t.memory == 0 || float64(t.bytes) <= ampleMemory*float64(t.memory) {
		return 0, ""
	}
	return 2 * t.workers, fmt.Sprintf("results fill %d of %d bytes", t.bytes, t.memory)
}

// dispensable returns up to n workers that do nothing and that the others have
// memory enough to replace.
func (m *Machine) dispensable(t *tally, n int) (ids []WorkerID) {
	memory := t.memory
	for _, id := range t.poorest[:min(n, len(t.poorest))] {
		w := m.worker(id)
		if w == nil || w.retiring || w.tasks() > 0 || w.processing() > 0 {
			continue
		}
		if memory -= w.memory; t.memory > 0 && float64(t.bytes) > ampleMemory*float64(memory) {
			break
		}
		ids = append(ids, id)
	}
	return ids
}
