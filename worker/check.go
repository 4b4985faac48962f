package worker

import "fmt"

// Check verifies the invariants of the package comment. It is for tests and
// simulations: it looks at everything.
func (m *Machine) Check() error {
	users, err := m.checkTasks()
	if err != nil {
		return err
	}
	if err := m.checkActors(users); err != nil {
		return err
	}
	var managed int64
	for _, it := range m.values.items() {
		v := m.values.get(it)
		if v.place != onDisk {
			managed += v.bytes
		}
		if v.users != users[it] {
			return fmt.Errorf("worker: value %v has %d users, not %d", it, users[it], v.users)
		}
		if v.users == 0 && (v.freed || it.Part >= 0) {
			return fmt.Errorf("worker: value %v is of no use and was not dropped", it)
		}
		delete(users, it)
	}
	if len(users) > 0 {
		return fmt.Errorf("worker: values in use are not there: %v", users)
	}
	if managed != m.managed {
		return fmt.Errorf("worker: values hold %d bytes, not %d", managed, m.managed)
	}
	if err := m.checkDisk(); err != nil {
		return err
	}
	if err := m.checkWants(); err != nil {
		return err
	}
	return m.checkLanes()
}

func (m *Machine) checkTasks() (users map[Item]int, err error) {
	users = map[Item]int{}
	absent := map[*task]int{}
	for _, it := range m.wants.items() {
		for _, t := range m.wants.get(it).waiters {
			absent[t]++
		}
	}
	count := func(t *task) {
		for _, u := range t.uses {
			users[u.Item]++
		}
	}
	for _, t := range m.tasks.All() { // order-free: any fault will do
		count(t)
		if t.absent != absent[t] || t.state != waiting && t.absent > 0 || t.state == waiting && t.absent == 0 {
			return nil, fmt.Errorf("worker: task %v in state %d lacks %d values and waits for %d", t.ID, t.state, t.absent, absent[t])
		}
		if t.state == gone {
			return nil, fmt.Errorf("worker: task %v is gone and still assigned", t.ID)
		}
	}
	for x := range m.execs.all() { // order-free: any fault will do
		if m.tasks.Get(x.task.ID) != x.task {
			count(x.task)
		}
	}
	return users, nil
}

func (m *Machine) checkWants() error {
	onWay, remote, coming := map[*want]bool{}, 0, int64(0)
	for _, f := range m.flights { // order-free: a set and a sum
		coming += f.bytes
		for _, w := range f.wants {
			onWay[w] = true
		}
	}
	for _, it := range m.wants.items() {
		w := m.wants.get(it)
		if (w.from != 0) != onWay[w] {
			return fmt.Errorf("worker: want %v is on its way from %d, but in a request: %t", it, w.from, onWay[w])
		}
		if w.live != len(w.waiters) || !w.wanted() && w.from == 0 || w.settled {
			return fmt.Errorf("worker: want %v has %d waiters, counts %d, settled %t", it, len(w.waiters), w.live, w.settled)
		}
		if w.hopeless() && !m.producing(it) {
			return fmt.Errorf("worker: %v is wanted, and nobody can be asked for it", it)
		}
		if len(w.holders) > 0 {
			remote++
		}
		if m.values.get(it) != nil {
			return fmt.Errorf("worker: %v is wanted and there", it)
		}
	}
	if coming != m.coming {
		return fmt.Errorf("worker: requests bring %d bytes, counted %d", coming, m.coming)
	}
	if remote != m.remote {
		return fmt.Errorf("worker: %d wants have holders, counted %d", remote, m.remote)
	}
	return nil
}

func (m *Machine) checkLanes() error {
	var reserved int64
	busy, heavy := make([]int, len(m.lanes)), make([]int, len(m.lanes))
	for x := range m.execs.all() { // order-free: sums
		if x.stance == seated {
			busy[x.task.Lane]++
			if !x.brief {
				heavy[x.task.Lane]++
			}
		}
		reserved += x.task.reserve
	}
	for i, l := range m.lanes {
		slots := m.cfg.Lanes[i].Slots
		if l.busy != busy[i] || l.heavy != heavy[i] || heavy[i] > slots || busy[i] > slots*(1+m.cfg.Ahead) {
			return fmt.Errorf("worker: lane %q counts %d busy slots of %d; %d run", m.cfg.Lanes[i].Name, l.busy, m.cfg.Lanes[i].Slots, busy[i])
		}
	}
	if reserved != m.reserved {
		return fmt.Errorf("worker: executions reserve %d bytes, not %d", reserved, m.reserved)
	}
	return nil
}
