package sched

import "fmt"

// checkWorkers recounts what every worker does, holds and has free.
func (m *Machine) checkWorkers(known []uint32) error {
	type sums struct {
		proc, ahead, values                   int
		occupancy, aheadWork, reserved, bytes int64
		taken                                 map[string]int64
	}
	per := make([]sums, len(m.workers))
	for _, i := range known {
		t, c := m.tasks.hot(i), m.tasks.cold(i)
		switch t.state {
		case StateProcessing:
			s := &per[t.holder]
			s.occupancy += c.expect
			if t.waiting > 0 {
				s.ahead++
				s.aheadWork += c.expect
			}
			s.proc++
			s.reserved += c.reserve
			if s.taken == nil {
				s.taken = map[string]int64{}
			}
			if w, need := m.workers[t.holder], m.class(i).Spec.Resources; w != nil && w.total.Covers(need) {
				for _, n := range need {
					s.taken[n.Name] += n.Milli
				}
			}
		case StateMemory:
			for _, h := range append([]uint32{t.holder}, m.copies[i]...) {
				per[h].values++
				per[h].bytes += t.bytes
			}
		}
	}
	for s, w := range m.workers {
		p := &per[s]
		if w == nil {
			if p.proc+p.values > 0 {
				return fmt.Errorf("slot %d has no worker, and tasks", s)
			}
			continue
		}
		if w.ahead.n != p.ahead || w.aheadWork != p.aheadWork {
			return fmt.Errorf("worker %s counts %d tasks sent ahead, %d ns, has %d, %d", w.name, w.ahead.n, w.aheadWork, p.ahead, p.aheadWork)
		}
		if w.processing() != p.proc || w.held.n+len(w.copies) != p.values || w.occupancy != p.occupancy ||
			w.reserved != p.reserved || w.bytes != p.bytes {
			return fmt.Errorf("worker %s counts %d tasks, %d values, %d ns, %d and %d bytes; has %+v",
				w.name, w.processing(), w.held.n+len(w.copies), w.occupancy, w.reserved, w.bytes, *p)
		}
		if err := checkFree(w, p.taken); err != nil {
			return err
		}
	}
	return nil
}

func checkFree(w *worker, taken map[string]int64) error {
	for _, f := range w.free {
		if f.Milli < 0 || f.Milli != w.total.Milli(f.Name)-taken[f.Name] {
			return fmt.Errorf("worker %s has %v of %v free, %v taken", w.name, w.free, w.total, taken)
		}
	}
	return nil
}

// checkQueues recounts the queues, and looks for workers that should have been
// given something.
func (m *Machine) checkQueues(known []uint32) error {
	queued, work := map[uint32]int{}, map[uint32]int64{}
	accounts := map[*account]int{}
	for _, i := range known {
		switch q := m.tasks.cold(i).queue; m.tasks.hot(i).state {
		case StateQueued:
			queued[q]++
			accounts[m.accountOf(i)]++
			work[q] += m.tasks.cold(i).expect
		case StateNoWorker:
			if len(m.groups[q>>2].members) > 0 {
				return fmt.Errorf("task %v has no worker, and group %d has", m.id(i), q>>2)
			}
		}
	}
	for _, g := range m.groups {
		if g == nil {
			continue
		}
		for _, q := range g.queues() {
			if q.live != queued[q.id] || q.work != work[q.id] {
				return fmt.Errorf("group %d counts %d queued tasks, %d ns, has %d, %d", g.index, q.live, q.work, queued[q.id], work[q.id])
			}
			if err := m.checkIdle(g, q); err != nil {
				return err
			}
		}
		if w := g.loads.least(); w != m.leastByScan(g) {
			return fmt.Errorf("the tree of group %d is wrong about the least loaded worker", g.index)
		}
	}
	sum := int64(0)
	for _, n := range work { // order-free: a sum
		sum += n
	}
	if sum != m.queuedWork {
		return fmt.Errorf("%d ns of work are queued, counted %d", sum, m.queuedWork)
	}
	for _, r := range m.runs {
		if r != nil && r.account.queued != accounts[r.account] {
			return fmt.Errorf("client %d counts %d queued tasks, has %d", r.client, r.account.queued, accounts[r.account])
		}
	}
	return m.checkBacklogs(queued, work)
}

func (m *Machine) checkBacklogs(queued map[uint32]int, work map[uint32]int64) error {
	rich := 0
	for _, w := range m.inOrder() {
		q := &w.backlog
		if q.live != queued[q.id] || q.work != work[q.id] {
			return fmt.Errorf("worker %s counts a backlog of %d, %d ns, has %d, %d", w.name, q.live, q.work, queued[q.id], work[q.id])
		}
		if q.live > 0 {
			rich++
		}
		if q.live > 0 && (m.rich[w.richAt] != w || w.proc.n == 0 && !w.closed()) {
			return fmt.Errorf("worker %s has a backlog, and idles or cannot be found", w.name)
		}
	}
	if rich != len(m.rich) {
		return fmt.Errorf("%d workers with a backlog are known, and there are %d", len(m.rich), rich)
	}
	return m.checkRelief()
}

// checkRelief looks at all backlogs, of which relieve looks at some.
func (m *Machine) checkRelief() error {
	w := m.groups[0].loads.least()
	if w == nil || w.proc.n+w.coming >= w.threads || len(m.rich) > victims || m.cfg.NoStealing {
		return nil
	}
	for _, v := range m.rich {
		if i := m.head(&v.backlog); v != w && v.only == none && v.queueing() > 0 && m.worth(i, v, w) {
			return fmt.Errorf("worker %s idles, and %v had better run there than wait at %s", w.name, m.id(i), v.name)
		}
	}
	return nil
}

func (m *Machine) leastByScan(g *group) (best *worker) {
	for _, w := range g.members {
		if g.open(w) {
			best = better(best, w)
		}
	}
	return best
}

// checkIdle: the head of a queue waits for those that have the memory for it.
func (m *Machine) checkIdle(g *group, q *queue) error {
	i := m.head(q)
	if i == none {
		return nil
	}
	for _, w := range g.members {
		if w.proc.n == 0 && g.open(w) && m.fitsAt(w, g, i, m.class(i)) {
			return fmt.Errorf("worker %s idles while %v is queued", w.name, m.id(i))
		}
	}
	return nil
}
