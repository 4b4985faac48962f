package coord

import "fmt"

// Check verifies the invariants that the types state. It is for tests and
// simulations: it looks at everything.
func (m *Machine) Check() error {
	for _, check := range []func() error{m.checkLocks, m.checkSemaphores, m.checkEvents, m.checkQueues, m.checkTopics, m.checkBytes} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) checkLocks() error {
	firsts := map[*acquisition]int{}
	for name, l := range m.locks { // order-free: any fault will do
		if l.line.n == 0 || l.name != name {
			return fmt.Errorf("lock %q is kept, and nobody wants it", name)
		}
		firsts[l.line.head.value]++
		for p := range l.line.all() {
			if a := p.value; m.claim(a.ticket) != claim(a) || !a.waits() && !p.isFirst() {
				return fmt.Errorf("request %v stands in line for lock %q, which it does not want any more", a.ticket, name)
			}
		}
	}
	for a, n := range firsts { // order-free: any fault will do
		if a.firsts != n || n > a.n {
			return fmt.Errorf("request %v is first for %d locks, counts %d and needs %d", a.ticket, n, a.firsts, a.n)
		}
	}
	return nil
}

func (m *Machine) checkSemaphores() error {
	taken, leased := map[*semaphore]int{}, 0
	for _, of := range m.claims { // order-free: any fault will do
		for _, c := range of { // order-free: any fault will do
			p, is := c.(*permit)
			if !is || p.waits() {
				continue
			}
			taken[p.of]++
			if p.lease > 0 {
				leased++
				if p.expires <= m.now || p.index >= len(m.leases) || m.leases[p.index] != p {
					return fmt.Errorf("the lease of %v until %v, now %v, is not among the leases", p.ticket, p.expires, m.now)
				}
			}
		}
	}
	for name, s := range m.semaphores { // order-free: any fault will do
		if s.taken != taken[s] || s.taken == 0 || s.taken > s.size || s.line.n > 0 && s.taken < s.size {
			return fmt.Errorf("semaphore %q of %d counts %d taken, has %d, and %d wait", name, s.size, s.taken, taken[s], s.line.n)
		}
	}
	if leased != len(m.leases) {
		return fmt.Errorf("%d permits have leases, %d leases are kept", leased, len(m.leases))
	}
	return nil
}

func (m *Machine) checkEvents() error {
	for name, e := range m.events { // order-free: any fault will do
		if e.set == (e.line.n > 0) {
			return fmt.Errorf("event %q is set: %t, and %d wait", name, e.set, e.line.n)
		}
	}
	for name, v := range m.variables { // order-free: any fault will do
		if v.has == (v.line.n > 0) {
			return fmt.Errorf("variable %q has a value: %t, and %d wait", name, v.has, v.line.n)
		}
	}
	return nil
}

func (m *Machine) checkQueues() error {
	for name, q := range m.queues { // order-free: any fault will do
		switch {
		case q.deleted || q.items.n+q.putters.n+q.getters.n+q.out == 0:
			return fmt.Errorf("queue %q is kept, and not in use", name)
		case q.getters.n > 0 && q.items.n > 0:
			return fmt.Errorf("%d wait at queue %q, where %d items are", q.getters.n, name, q.items.n)
		case q.putters.n > 0 && !q.full():
			return fmt.Errorf("%d wait to put in queue %q, where %d of %d are", q.putters.n, name, q.items.n, q.max)
		}
	}
	return nil
}

func (m *Machine) checkTopics() error {
	for name, p := range m.topics { // order-free: any fault will do
		if p.subs.n == 0 {
			return fmt.Errorf("topic %q is kept, and nobody is subscribed", name)
		}
		for at := range p.subs.all() {
			if s := at.value; s.credit < 0 || s.credit > s.window || s.credit > 0 && s.buffer.n > 0 || s.buffer.n > s.size {
				return fmt.Errorf("subscription %v to %q has credit %d of %d and %d of %d messages", s.ticket, name, s.credit, s.window, s.buffer.n, s.size)
			}
		}
	}
	return nil
}

// checkBytes weighs all values.
func (m *Machine) checkBytes() error {
	n := 0
	add := func(v Value) { n += len(v.Data) }
	for _, q := range m.queues { // order-free: a sum
		for p := range q.items.all() {
			add(p.value.value)
		}
	}
	for _, v := range m.variables { // order-free: a sum
		add(v.value)
	}
	for _, of := range m.claims { // order-free: a sum
		for _, c := range of { // order-free: a sum
			switch c := c.(type) {
			case *putting:
				add(c.item.value)
			case *delivery:
				add(c.item.value)
			case *subscription:
				for p := range c.buffer.all() {
					add(p.value)
				}
			}
		}
	}
	if int64(n) != m.bytes {
		return fmt.Errorf("the values have %d bytes, counted %d", n, m.bytes)
	}
	return nil
}
