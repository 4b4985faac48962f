package sim

import (
	"math/rand/v2"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// A temper is what a thing does while it executes.
type temper struct {
	secedes  bool // gives its slot away halfway
	rejoins  bool // and comes back; else it ends without
	restless int  // so many executions ask to be rescheduled
}

func newTemper(rng *rand.Rand) temper {
	t := temper{secedes: rng.IntN(8) == 0, rejoins: rng.IntN(3) > 0}
	if rng.IntN(20) == 0 {
		t.restless = 2
	}
	return t
}

type execID struct {
	task    graph.TaskID
	attempt uint32
}

// spend lets the time of an execution pass, half of it without a slot if it
// secedes, and then ends it.
func (n *node) spend(t *worker.Task, th *thing, took time.Duration, end func()) {
	if !th.temper.secedes {
		n.w.after(took, end)
		return
	}
	id := execID{t.ID, t.Attempt}
	n.w.after(took/2, func() {
		n.mem.working-- // it frees nothing while it has no slot
		n.step(worker.Seceded{At: n.w.now, Task: id.task, Attempt: id.attempt})
		if !th.temper.rejoins {
			n.w.after(took/2, func() {
				n.mem.working++
				end()
			})
			return
		}
		n.w.after(took/4, func() {
			n.comebacks[id] = func() {
				n.mem.working++
				n.w.after(took/4, end)
			}
			n.step(worker.Rejoin{At: n.w.now, Task: id.task, Attempt: id.attempt})
			if n.stopped[id] {
				n.comeBack(id)
			}
		})
	})
}

// comeBack lets an execution that waited for a slot go on: it has one, or its
// context has ended.
func (n *node) comeBack(id execID) {
	delete(n.stopped, id)
	if goOn := n.comebacks[id]; goOn != nil {
		delete(n.comebacks, id)
		n.w.res.Comebacks++
		goOn()
	}
}

// performSlot does what the machine says about slots.
func (n *node) performSlot(a worker.Action) bool {
	switch a := a.(type) {
	case worker.Stop:
		id := execID{a.Task, a.Attempt}
		n.stopped[id] = true
		if n.comebacks[id] != nil {
			n.comeBack(id)
		}
		return true
	case worker.Invoke:
		n.callActor(a)
		return true
	case worker.StopCall:
		return true // the call ends when it ends
	case worker.Resume:
		n.comeBack(execID{a.Task, a.Attempt})
		return true
	}
	return false
}

// slotEvent is what the scheduler hears of a slot.
func slotEvent(now time.Duration, id sched.WorkerID, a worker.Action) sched.Event {
	switch a := a.(type) {
	case worker.ReportSeceded:
		return sched.Seceded{At: now, Worker: id, Task: a.Task, Attempt: a.Attempt}
	case worker.ReportRejoined:
		return sched.Rejoined{At: now, Worker: id, Task: a.Task, Attempt: a.Attempt}
	case worker.ReportReturned:
		return sched.ActorReturned{At: now, Worker: id, Call: a.Call, Result: a.Result, Err: a.Err}
	}
	return nil
}
