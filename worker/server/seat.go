package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
)

// A seat is what an execution has of its lane's slots. Who secedes leaves the
// crew: another goroutine is hired in its place, once, and its own ends with
// the execution. So the crew always has as many as the lane has slots.
type seat struct {
	crew  *crew
	lane  *lane
	scope *store.Scope

	mu      sync.Mutex
	begun   bool // a thread has taken it up
	ended   bool // the function has returned
	left    bool // the crew; for good
	away    bool // it has no slot
	asked   bool // and Secede was called for it: a wait does not end that
	since   time.Time
	absence time.Duration // how long it had no slot
	back    chan struct{} // closed when it has a slot again; nil unless it asked for one
}

var errEnded = errors.New("the task has ended")

// begin is called before the function.
func (s *seat) begin(c *crew, l *lane, scope *store.Scope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crew, s.lane, s.scope, s.begun = c, l, scope, true
}

// close is called after the function, and before its scope ends.
func (s *seat) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.away {
		s.seated()
	}
}

// end is called last. It returns how long the execution was without a slot, and
// whether its goroutine has left the crew.
func (s *seat) end() (absence time.Duration, left bool) {
	s.close()
	return s.absence, s.left
}

// Secede implements graph.Host.
func (x *execution) Secede() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.ended:
		return errEnded
	case x.lane.device != nil:
		return fmt.Errorf("the task runs on device %s, which it has to itself: run it without a GPU", x.lane.name)
	}
	x.asked = true
	x.leave()
	return nil
}

// leave gives the slot away. The caller holds the lock.
func (x *execution) leave() {
	if x.away && x.back == nil {
		return
	}
	x.back = nil
	if !x.away {
		x.away, x.since = true, time.Now()
		x.scope.Leave()
	}
	if !x.left {
		x.left = true
		x.crew.hire(x.lane)
	}
	x.crew.box.put(seceding{x})
}

// Rejoin implements graph.Host.
func (x *execution) Rejoin(ctx context.Context) error {
	x.mu.Lock()
	x.asked = false
	if x.ended || !x.away {
		x.mu.Unlock()
		return nil
	}
	if x.back == nil {
		x.back = make(chan struct{})
		x.crew.box.put(rejoining{x})
	}
	back := x.back
	x.mu.Unlock()
	select {
	case <-back:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Yield implements graph.Host.
func (x *execution) Yield() (resume func() error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended || x.lane.device != nil || x.away && x.back == nil {
		return func() error { return nil }
	}
	x.leave()
	return func() error {
		x.mu.Lock()
		stay := x.asked
		x.mu.Unlock()
		if stay {
			return nil
		}
		return x.Rejoin(x.ctx)
	}
}

// seated notes that the execution has a slot. The caller holds the lock.
func (s *seat) seated() {
	s.away = false
	s.absence += time.Since(s.since)
	s.scope.Return()
	if s.back != nil {
		close(s.back)
		s.back = nil
	}
}

// resume gives the execution its slot, if it still wants one.
func (l *loop) resume(a worker.Resume) {
	x := l.execs[execID{a.Task, a.Attempt}]
	if x == nil {
		panic(fmt.Sprintf("worker: the machine resumes task %v, attempt %d, which does not run", a.Task, a.Attempt))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.ended && x.back != nil {
		x.seated()
	}
}

// seceding and rejoining are letters about an execution that may have ended.
type seceding struct{ x *execution }

func (s seceding) deliver(l *loop) {
	l.step(worker.Seceded{At: l.now(), Task: s.x.task.ID, Attempt: s.x.task.Attempt})
}

type rejoining struct{ x *execution }

func (r rejoining) deliver(l *loop) {
	l.step(worker.Rejoin{At: l.now(), Task: r.x.task.ID, Attempt: r.x.task.Attempt})
}

// Place implements graph.Host.
func (x *execution) Place() graph.Place {
	o := &x.crew.o
	return graph.Place{Task: x.task.ID, Attempt: x.task.Attempt, Worker: o.Name, Scheduler: o.Scheduler}
}

// Shared implements graph.Host.
func (x *execution) Shared() *graph.Shared { return x.crew.shared }
