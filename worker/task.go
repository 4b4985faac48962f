package worker

import (
	"math"

	"github.com/ashlar-go/ashlar/graph"
)

type state uint8

const (
	waiting state = iota
	ready
	running
	gone // aborted, given up or ended; may still stand in a heap or in a list of waiters
)

// A task is an assignment that has not ended.
type task struct {
	Task
	state   state
	absent  int    // dependencies that are not values yet
	uses    []use  // the values that it holds a use of
	inputs  int64  // bytes of what it depends on, when it is ready
	reserve int64  // while it runs, what it is expected to allocate at once
	pace    *pace  // of its op; nil: nothing is started ahead
	yield   *yield // of its name; nil: memory has no limit
}

// A use is of a value, or only of a part of it.
type use struct {
	Item
	part bool
}

// order is that of the run: its number, unless the scheduler says another.
func (t *task) order() uint64 {
	if t.Order != 0 {
		return t.Order
	}
	return uint64(t.ID.Run())<<32 | math.MaxUint32
}

// before is the order of execution: user priority, then the order of the run,
// then age.
func (t *task) before(u *task) bool {
	if p, q := t.Class.Spec.Priority, u.Class.Spec.Priority; p != q {
		return p > q
	}
	if p, q := t.order(), u.order(); p != q {
		return p < q
	}
	return t.ID < u.ID
}

// assign takes the task a. t is room for it.
func (m *Machine) assign(a *Task, t *task) {
	if old := m.tasks.Get(a.ID); old != nil {
		if old.Attempt >= a.Attempt {
			return // late or twice
		}
		m.abort(old.ID, old.Attempt)
	}
	if v := m.values.get(Item{a.ID, -1}); v != nil {
		v.freed = false
		m.report(Result{Task: a.ID, Attempt: a.Attempt, Bytes: v.bytes})
		return
	}
	*t = task{Task: *a, pace: m.pace(a.Class.Op), yield: m.yield(a.Class)}
	m.tasks.Set(t.ID, t)
	for _, d := range t.Deps {
		if d.Inline != nil {
			continue
		}
		if m.depend(t, d); t.state == gone {
			return // nobody is said to hold d
		}
	}
	if t.absent == 0 {
		m.enqueue(t)
	}
}

// depend makes t a user of the value of d, or a waiter for it.
func (m *Machine) depend(t *task, d Dep) {
	whole := Item{d.Task, -1}
	for _, it := range [2]Item{whole, d.Item} {
		if v := m.values.get(it); v != nil {
			v.users++
			t.uses = append(t.uses, use{it, it != d.Item})
			return
		}
	}
	t.absent++
	if len(d.Holders) == 0 && m.producing(whole) {
		m.expect(t, d)
		return
	}
	m.want(t, d)
}

func (m *Machine) enqueue(t *task) {
	t.state, t.inputs = ready, m.inputsOf(t)
	m.lanes[t.Lane].ready.push(t)
}

func (m *Machine) abort(id graph.TaskID, attempt uint32) {
	t := m.tasks.Get(id)
	if t == nil || t.Attempt != attempt {
		return // it has ended; what it said is on its way
	}
	if t.state == running {
		m.execs.get(id, attempt).aborted = true
		m.do(Stop{id, attempt})
		m.tasks.Delete(id)
		m.unproduced(id)
		return // its uses go with the execution
	}
	m.giveUp(t)
}

// giveUp takes a waiting or ready task out of the machine.
func (m *Machine) giveUp(t *task) {
	m.tasks.Delete(t.ID)
	m.unproduced(t.ID)
	t.state = gone
	m.releaseUses(t)
	if t.absent > 0 {
		m.forsake(t)
	}
}

func (m *Machine) releaseUses(t *task) {
	for _, u := range t.uses {
		m.unuse(u.Item)
	}
	t.uses = nil
}

func (m *Machine) done(e Done) {
	x := m.ended(e.Task, e.Attempt)
	it := Item{e.Task, -1}
	if x.aborted {
		if m.values.get(it) == nil {
			m.do(Drop{it})
		}
		return
	}
	x.task.pace.note(e.Took)
	x.task.yield.note(x.task, e.Bytes, e.Peak)
	m.arrive(it, e.Bytes)
	if x.task.Class.Spec.Actor {
		m.pin(m.values.get(it))
	}
	m.report(Result{e.Task, e.Attempt, e.Bytes, e.Took})
}

func (m *Machine) failed(e Failed) {
	if x := m.ended(e.Task, e.Attempt); !x.aborted {
		m.do(ReportFailed{e.Task, e.Attempt, e.Err})
		m.unproduced(e.Task)
	}
}

// ended frees the slot of an execution and the uses of its task.
func (m *Machine) ended(id graph.TaskID, attempt uint32) *execution {
	x := m.execs.get(id, attempt)
	if x == nil {
		panic("worker: task " + id.String() + " ended, but it was not running")
	}
	m.execs.remove(x)
	if x.stance == seated {
		m.lanes[x.task.Lane].rise(x)
	}
	m.reserved -= x.task.reserve
	if !x.aborted {
		m.tasks.Delete(id)
	}
	x.task.state = gone
	m.activate(x.task, -1)
	m.releaseUses(x.task)
	return x
}
