package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// right reports whether thing i may err like that.
func (w *world) right(i int, err *graph.TaskError) bool {
	switch err.Kind {
	case graph.KindTask:
		return w.things.any(i, func(t *thing) bool { return t.bad || t.flaky > 0 })
	case graph.KindKilled:
		return w.guilty(err)
	case graph.KindNoWorker, graph.KindUnknownKey:
		return true // see insist
	case graph.KindMemory:
		return w.tight(i)
	case graph.KindLost:
		return w.things.any(i, func(t *thing) bool { return t.data })
	}
	return false
}

// checkDismissals: letting a worker go loses nothing.
func (w *world) checkDismissals(actions []sched.Action) {
	dismissed := false
	for _, a := range actions {
		switch a := a.(type) {
		case sched.Dismiss:
			dismissed = true
		case sched.Lost:
			if dismissed {
				w.fail("a worker is dismissed, and with it %v is lost", a.Key)
			}
		}
	}
}

// lasting reports whether an error is there to stay once nothing goes wrong
// any more.
func (w *world) lasting(i int, err *graph.TaskError) bool {
	switch err.Kind {
	case graph.KindUnknownKey: // an input that was cancelled by somebody else
		return true
	case graph.KindTask:
		return w.things.any(i, func(t *thing) bool { return t.bad })
	case graph.KindKilled:
		return w.things.any(i, func(t *thing) bool { return t.poison })
	case graph.KindMemory: // the worker that it is restricted to may be small, or something kills the large ones
		return w.things.any(i, func(t *thing) bool { return len(t.class.Spec.Workers) > 0 }) ||
			slices.ContainsFunc(w.things, func(t *thing) bool { return t.poison })
	}
	return err.Kind == graph.KindLost
}

// insist retries, now that all is well, what has erred for reasons that are
// over, as long as there is such.
func (c *client) insist() {
	if c.gone {
		return
	}
	c.retry(func(i int, err *graph.TaskError) bool { return !c.w.lasting(i, err) })
	c.w.after(2*time.Second, c.insist)
}

// satisfied reports whether every client has what it wants, or an error that
// lasts.
func (w *world) satisfied() bool {
	if _, _, is := w.unsettled(); is {
		return false
	}
	if w.pactsWait() != nil {
		return false
	}
	for _, c := range w.clients {
		if !c.gone && len(c.troupe.calls) > 0 {
			return false
		}
		for i := range w.things {
			wt := c.wants[i]
			if wt == nil || wt.ready && wt.got {
				continue
			}
			if wt.erred == nil || !w.lasting(i, wt.erred) {
				return false
			}
		}
	}
	return true
}

// verify says what is stuck.
func (w *world) verify() {
	w.verifyDatasets()
	if c := w.pactsWait(); c != nil {
		w.fail("client %d still waits for a lock or a permit", c.id)
	}
	for _, c := range w.clients {
		if !c.gone && len(c.troupe.calls) > 0 {
			w.fail("client %d still waits for %d calls of actors", c.id, len(c.troupe.calls))
		}
		for i := range w.things {
			wt := c.wants[i]
			switch {
			case wt == nil:
			case wt.ready && wt.got:
			case wt.erred != nil && w.lasting(i, wt.erred):
				w.res.Erred++
			default:
				id, _ := w.m.Lookup(w.things[i].key)
				w.fail("client %d still waits for %v: ready %t, got %t, error %v; %s",
					c.id, w.things[i].key, wt.ready, wt.got, wt.erred, w.why(id))
			}
		}
	}
}

// why says what a task waits for in the end, and what became of that.
func (w *world) why(id graph.TaskID) string {
	s := fmt.Sprintf("task %v is %v", id, w.m.State(id))
	for {
		lacks := w.m.Lacks(id)
		if len(lacks) == 0 {
			return fmt.Sprintf("%s: %+v; workers: %+v", s, w.m.Story(id), w.m.Info().Workers)
		}
		id = lacks[0]
		s += fmt.Sprintf(", waits for %v, which is %v", id, w.m.State(id))
	}
}

func (w *world) releaseAll() {
	for _, c := range w.clients {
		if !c.gone {
			c.leave()
		}
	}
	w.emptyCatalog()
	if w.ledger.open {
		w.emptyNames()
	}
}

// idle reports whether the scheduler has no task on its way to a value.
func (w *world) idle() bool {
	tasks := w.m.Info().Tasks
	return tasks[sched.StateWaiting]+tasks[sched.StateQueued]+tasks[sched.StateNoWorker]+tasks[sched.StateProcessing] == 0
}

// verifyEmpty looks for what was left behind.
func (w *world) verifyEmpty() {
	w.verifyNames()
	in := w.m.Info()
	for s := sched.StateReleased; s < sched.StateForgotten; s++ {
		if n := in.Tasks[s]; n > 0 {
			w.fail("the scheduler still knows %d tasks that are %v", n, s)
		}
	}
	for _, n := range w.nodes {
		if n.dead {
			continue
		}
		if len(n.mem.hungry) > 0 || n.mem.held != 0 || len(n.mem.onDisk) > 0 || n.mem.disk.used != 0 || n.m.OnDisk() != 0 {
			n.w.fail("worker process %d: in the end %d executions wait for memory, %d bytes are held, %d values are on disk",
				n.number, len(n.mem.hungry), n.mem.held, len(n.mem.onDisk))
		}
		if len(n.comebacks) > 0 {
			w.fail("worker process %d has %d executions that wait for a slot", n.number, len(n.comebacks))
		}
		if len(n.store) > 0 || !n.m.Idle() {
			w.fail("worker process %d, connected as %d, still holds %v; idle %t", n.number, n.id, n.store, n.m.Idle())
		}
	}
}
