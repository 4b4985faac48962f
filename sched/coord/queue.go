package coord

import "fmt"

// A queue is in use while it holds items or somebody has a claim at it.
// If somebody waits to get there is no item; if somebody waits to put there is
// no room.
type queue struct {
	name    string
	max     int // 0: any number
	items   fifo[item]
	putters fifo[*putting]
	getters fifo[*getting]
	out     int  // items on their way, that may come back
	deleted bool // what comes back is dropped
}

type item struct {
	value Value
	by    Ticket // the Put
}

// A putting is a Put that waits for room.
type putting struct {
	of    *queue
	item  item
	place *place[*putting]
}

// A getting is a Get that waits for an item.
type getting struct {
	of     *queue
	ticket Ticket
	place  *place[*getting]
}

func (p *putting) waits() bool { return true }
func (g *getting) waits() bool { return true }

// queueFor returns the queue of that name, made if need be, or answers that it
// has another size.
func (m *Machine) queueFor(t Ticket, name string, size int) *queue {
	q := m.queues[name]
	if q == nil {
		q = &queue{name: name, max: size}
		m.queues[name] = q
	}
	if q.max != size {
		m.answer(t, Answer{Outcome: Conflict, Text: fmt.Sprintf("queue %q is in use with room for %s, not %s", name, room(q.max), room(size))})
		return nil
	}
	return q
}

func room(size int) string {
	if size == 0 {
		return "any number of items"
	}
	if size == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", size)
}

func (m *Machine) tidyQueue(q *queue) {
	if !q.deleted && q.items.n+q.putters.n+q.getters.n+q.out == 0 {
		delete(m.queues, q.name)
	}
}

func (q *queue) full() bool { return q.max > 0 && q.items.n >= q.max }

func (m *Machine) put(t Ticket, op Put) {
	q := m.queueFor(t, op.Name, op.Max)
	if q == nil {
		return
	}
	defer m.tidyQueue(q)
	switch {
	case op.Try && q.full():
		m.done(t, false)
	case !m.admit(t, op.Value, 1):
	case q.full():
		p := &putting{of: q, item: item{op.Value, t}}
		p.place = q.putters.push(p)
		m.open(t, p)
	default:
		m.enqueue(q, item{op.Value, t})
		m.done(t, true)
	}
}

// enqueue gives an item to who waits for one, or appends it.
func (m *Machine) enqueue(q *queue, it item) {
	if q.getters.n > 0 {
		m.deliver(q, it, m.nextGetter(q))
		return
	}
	q.items.push(it)
}

// takeIn is enqueue for what comes back, and goes to the front.
func (m *Machine) takeIn(q *queue, it item) {
	switch {
	case q.deleted:
		m.drop(it.value)
	case q.getters.n > 0:
		m.deliver(q, it, m.nextGetter(q))
	default:
		q.items.pushFront(it)
	}
}

func (m *Machine) nextGetter(q *queue) Ticket {
	t := q.getters.pop().ticket
	m.close(t)
	return t
}

// deliver sends an item to the client of a Get. It counts on it until the
// client confirms.
func (m *Machine) deliver(q *queue, it item, t Ticket) {
	q.out++
	m.open(t, &delivery{ticket: t, from: q, item: it})
	m.answer(t, Answer{Outcome: Done, Value: it.value})
}

func (m *Machine) get(t Ticket, op Get) {
	q := m.queueFor(t, op.Name, op.Max)
	if q == nil {
		return
	}
	switch {
	case q.items.n > 0:
		m.deliver(q, q.items.pop(), t)
		m.refill(q)
	case op.Try:
		m.done(t, false)
		m.tidyQueue(q)
	default:
		g := &getting{of: q, ticket: t}
		g.place = q.getters.push(g)
		m.open(t, g)
	}
}

// refill lets those in that wait to put.
func (m *Machine) refill(q *queue) {
	for q.putters.n > 0 && !q.full() {
		it := q.putters.pop().item
		m.close(it.by)
		m.enqueue(q, it)
		m.done(it.by, true)
	}
}

func (p *putting) end(m *Machine) {
	p.place.leave()
	m.drop(p.item.value)
	m.tidyQueue(p.of)
}

func (g *getting) end(m *Machine) {
	g.place.leave()
	m.tidyQueue(g.of)
}

// takeBack takes the item of a Put out again, if nobody got it.
func (m *Machine) takeBack(of Ticket, name string) bool {
	q := m.queues[name]
	if q == nil {
		return false
	}
	for p := range q.items.all() {
		if p.value.by == of {
			p.leave()
			m.drop(p.value.value)
			m.refill(q)
			m.tidyQueue(q)
			return true
		}
	}
	return false
}

func (m *Machine) size(t Ticket, op Size) {
	a := Answer{Outcome: Done}
	if q := m.queues[op.Name]; q != nil {
		a.Count = q.items.n
	}
	m.answer(t, a)
}

// deleteQueue: who waits to get goes on waiting, at what is a new queue.
func (m *Machine) deleteQueue(t Ticket, op DeleteQueue) {
	q := m.queues[op.Name]
	m.done(t, q != nil)
	if q == nil {
		return
	}
	if q.getters.n > 0 {
		return // then it is empty
	}
	for q.items.n > 0 {
		m.drop(q.items.pop().value)
	}
	for q.putters.n > 0 {
		it := q.putters.pop().item
		m.close(it.by)
		m.drop(it.value)
		m.answer(it.by, Answer{Outcome: Deleted, Text: fmt.Sprintf("queue %q was deleted", q.name)})
	}
	delete(m.queues, q.name)
	q.deleted = true
}
