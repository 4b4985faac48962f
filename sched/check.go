package sched

import (
	"fmt"
)

// Check verifies the invariants of the package comment. It is for tests and
// simulations: it looks at everything.
func (m *Machine) Check() error {
	if n := len(m.ready) + len(m.loose) + len(m.dirty) + len(m.almost) + len(m.fronts) + len(m.box.touched); n > 0 {
		return fmt.Errorf("%d things were left undone", n)
	}
	known := m.known()
	for _, check := range []func([]uint32) error{m.checkCounts, m.checkEdges, m.checkStates, m.checkNames, m.checkWorkers, m.checkQueues, m.checkThefts, m.checkCopies, m.checkUnused, m.checkActors, m.checkSolitude} {
		if err := check(known); err != nil {
			return err
		}
	}
	return m.coord.Check()
}

// known returns all tasks, by run and row.
func (m *Machine) known() []uint32 {
	var is []uint32
	for _, r := range m.runs {
		if r == nil {
			continue
		}
		for row, i := range r.slots {
			if i != none && m.tasks.live > 0 && m.tasks.hot(i).state != StateForgotten &&
				m.tasks.hot(i).run == r.slot && m.tasks.hot(i).row == uint32(row) {
				is = append(is, i)
			}
		}
	}
	return is
}

func (m *Machine) checkCounts(known []uint32) error {
	var counts [StateForgotten + 1]int
	live := map[uint32]int{}
	for _, i := range known {
		counts[m.tasks.hot(i).state]++
		live[m.tasks.hot(i).run]++
	}
	if counts != m.counts || len(known) != m.tasks.live {
		return fmt.Errorf("%d tasks in the table, %d known, by state %v, counted %v", m.tasks.live, len(known), counts, m.counts)
	}
	for s, r := range m.runs {
		if r != nil && (r.live+r.onWay == 0 || r.live != live[uint32(s)]) {
			return fmt.Errorf("run %d counts %d tasks, has %d", r.id, r.live, live[uint32(s)])
		}
	}
	return nil
}

// checkEdges recounts needed, refs and waiting, and looks for the other end of
// every dependency.
func (m *Machine) checkEdges(known []uint32) error {
	needed, refs := make([]int32, m.tasks.used), make([]int32, m.tasks.used)
	edges := make([]uint64, m.tasks.used) // of each task, a sum over its dependants as they say, less those it knows
	for _, i := range known {
		t := m.tasks.hot(i)
		waiting := int32(0)
		r, deps := m.deps(i)
		for _, d := range deps {
			j := r.at(d.Ref)
			if j == none {
				continue
			}
			refs[j]++
			edges[j] += mark(i)
			if t.state.active() {
				needed[j]++
			}
			if u := m.tasks.hot(j); u.state != StateMemory {
				waiting++
				if t.state == StateProcessing && t.waiting > 0 && (u.state != StateProcessing || u.holder != t.holder) {
					return fmt.Errorf("task %v was sent ahead of %v, which is %v", m.id(i), m.id(j), u.state)
				}
			}
		}
		if t.state == StateProcessing && t.waiting > 0 && t.waiting != waiting {
			return fmt.Errorf("task %v was sent ahead of %d values, and lacks %d", m.id(i), t.waiting, waiting)
		}
		if t.state == StateWaiting && (t.waiting != waiting || waiting == 0 && !t.brought) {
			return fmt.Errorf("task %v waits for %d values, lacks %d", m.id(i), t.waiting, waiting)
		}
	}
	for _, i := range known {
		if n := m.tasks.hot(i).needed; n != needed[i] {
			return fmt.Errorf("task %v in %v is needed %d times, not %d", m.id(i), m.tasks.hot(i).state, needed[i], n)
		}
		if n := m.tasks.cold(i).refs; n != refs[i] {
			return fmt.Errorf("task %v has %d dependants, not %d", m.id(i), refs[i], n)
		}
		for j := range m.dependants(i) {
			edges[i] -= mark(j)
		}
		if edges[i] != 0 {
			return fmt.Errorf("task %v does not know exactly those that depend on it", m.id(i))
		}
	}
	return nil
}

// mark is a number for task i such that sums over different sets of tasks
// differ.
func mark(i uint32) uint64 {
	x := (uint64(i) + 1) * 0x9e3779b97f4a7c15
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>29
}

func (m *Machine) checkStates(known []uint32) error {
	inlined := int64(0)
	for _, i := range known {
		inlined += int64(len(m.encoding(i)))
		t, c := m.tasks.hot(i), m.tasks.cold(i)
		idle := t.needed == 0 && c.wants == 0
		switch {
		case idle && (t.state.active() || t.state == StateMemory):
			return fmt.Errorf("task %v is %v, and nobody needs it", m.id(i), t.state)
		case idle && c.refs == 0:
			return fmt.Errorf("task %v is known, and nobody depends on it", m.id(i))
		case c.wants > 0 && t.state == StateReleased:
			return fmt.Errorf("task %v is wanted and released", m.id(i))
		case (t.state == StateProcessing || t.state == StateMemory) != (t.holder != none):
			return fmt.Errorf("task %v is %v with holder %d", m.id(i), t.state, t.holder)
		case (m.errs[i] != nil) != (t.state == StateErred):
			return fmt.Errorf("task %v is %v with error %v", m.id(i), t.state, m.errs[i])
		case (c.queue != none) != (t.state == StateQueued || t.state == StateNoWorker):
			return fmt.Errorf("task %v is %v in queue %d", m.id(i), t.state, int32(c.queue))
		case len(m.copies[i]) > 0 && t.state != StateMemory:
			return fmt.Errorf("task %v is %v and has copies", m.id(i), t.state)
		case m.encoding(i) != "" && t.state != StateMemory:
			return fmt.Errorf("task %v is %v and has an inlined value", m.id(i), t.state)
		}
		if t.state != StateReleased || t.needed == 0 {
			continue
		}
		for j := range m.dependants(i) {
			if s := m.tasks.hot(j).state; s.active() && s != StateProcessing {
				return fmt.Errorf("task %v is released, and %v is %v", m.id(i), m.id(j), s)
			}
		}
	}
	if inlined != m.inlined || inlined > max(0, m.cfg.Inline) {
		return fmt.Errorf("inlined values take %d bytes of %d, counted %d", inlined, m.cfg.Inline, m.inlined)
	}
	return nil
}
