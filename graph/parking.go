package graph

import (
	"sync"
	"sync/atomic"
)

// parking is where the workers of a run wait when there is nothing to do, and
// who is to be woken when there is.
//
// A worker that finds nothing looks round for a while (it is searching) before
// it parks, since waking a thread takes longer than most handovers. Whoever
// readies work wakes somebody only if nobody is searching, and a searcher that
// found work, and was the last to search, wakes another if there is more. No
// wake-up is lost: a worker first counts as parked, then stops counting as
// searching, and then looks once more; who readies work looks at the two counts
// after the work can be seen.
type parking struct {
	searching atomic.Int32
	parked    atomic.Int32 // len(idle); workers not yet started count

	mu   sync.Mutex
	idle []*localWorker
}

// wake gets one parked worker going if nobody is searching.
func (p *parking) wake() {
	// The loop is for a worker that parks while we hold the only search: it may
	// have looked before, and others not woken it after, what we are here for.
	for p.parked.Load() > 0 && p.searching.CompareAndSwap(0, 1) {
		if w := p.last(); w != nil {
			w.resume()
			return
		}
		p.searching.Add(-1)
	}
}

// last takes the worker that parked last, whose cache is warmest; nil if none.
func (p *parking) last() *localWorker {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	w := p.idle[n-1]
	p.idle = p.idle[:n-1]
	p.parked.Store(int32(n - 1))
	return w
}

// wakeAll gets all parked workers going, to see that the run is over. Those
// that never started are left alone.
func (p *parking) wakeAll() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.parked.Store(0)
	p.mu.Unlock()
	for _, w := range idle {
		if w.started {
			p.searching.Add(1)
			w.resume()
		}
	}
}

// enter makes a searching worker count as parked and no longer as searching.
func (p *parking) enter(w *localWorker) {
	p.mu.Lock()
	p.idle = append(p.idle, w)
	p.parked.Store(int32(len(p.idle)))
	p.mu.Unlock()
	p.searching.Add(-1)
}

// leave undoes enter. It is false if somebody is waking the worker already.
func (p *parking) leave(w *localWorker) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, x := range p.idle {
		if x == w {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.parked.Store(int32(len(p.idle)))
			p.searching.Add(1)
			return true
		}
	}
	return false
}
