package sched

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

func (m *Machine) failed(e Failed) {
	w, i := m.worker(e.Worker), m.find(e.Task)
	if w == nil || i == none || !m.current(i, w, e.Attempt) {
		return
	}
	m.unassign(i)
	if e.Err.Kind == graph.KindReschedule {
		m.shunned[i] = w.slot
		m.again(i)
		return
	}
	if c := m.tasks.cold(i); mayRetry(e.Err.Kind) && int32(c.retries) < m.class(i).Spec.Retries {
		c.retries++
		m.again(i)
		return
	}
	te := *e.Err
	if te.Op == "" {
		te.Op = m.class(i).Op
	}
	if te.Task == "" {
		te.Task = m.nameOf(i)
	}
	if te.Worker == "" {
		te.Worker = w.name
	}
	m.fail(i, &te)
}

// mayRetry reports whether an error is the task's own, so that running it
// again may help.
func mayRetry(k graph.Kind) bool { return k != graph.KindUnregistered && k != graph.KindCancelled }

// fail gives i the error te, and with it everything that waits for i. The task
// is active and not processing.
func (m *Machine) fail(i uint32, te *graph.TaskError) {
	stack := []uint32{i}
	for len(stack) > 0 {
		i, stack = stack[len(stack)-1], stack[:len(stack)-1]
		t := m.tasks.hot(i)
		if t.state == StateErred {
			continue // it depends on the error in two ways
		}
		m.dequeue(i)
		m.move(i, StateErred)
		t.holder = none
		m.errs[i] = te
		m.unneed(i)
		m.tell(i, m.tellErred)
		m.endCalls(i, func() *graph.TaskError { return te })
		m.endErrands(i)
		for j := range m.dependants(i) {
			if m.tasks.hot(j).state == StateWaiting {
				stack = append(stack, j)
			}
		}
		if t.needed == 0 {
			m.loosen(i)
		}
	}
}

func (m *Machine) newError(i uint32, k graph.Kind, text string) *graph.TaskError {
	te := &graph.TaskError{Kind: k, Task: m.nameOf(i), Message: text}
	if t := m.tasks.hot(i); m.runs[t.run].g != nil {
		te.Op = m.class(i).Op
	}
	return te
}

// nameOf returns what people call task i: its key, or its place in its run.
func (m *Machine) nameOf(i uint32) string {
	if n := m.firstName(i); n != nil {
		return n.key.String()
	}
	return m.id(i).String()
}

// unknownInput is the error of i, whose dependency number k is an input that
// was not known.
func (m *Machine) unknownInput(i uint32, k int) *graph.TaskError {
	r, deps := m.deps(i)
	key := r.g.Inputs[deps[k].Ref.Index()].Key
	return m.newError(i, graph.KindUnknownKey, fmt.Sprintf(
		"it depends on %v, which is not on the cluster: it was released, or never submitted or scattered", key))
}
