package coord

import "fmt"

// admit takes a value in, to n places, or answers why not.
func (m *Machine) admit(t Ticket, v Value, n int) bool {
	switch size := int64(len(v.Data)); {
	case size > ValueLimit:
		m.answer(t, Answer{Outcome: TooLarge, Text: fmt.Sprintf("the value has %d bytes, and %d may pass through the scheduler", size, ValueLimit)})
	case m.bytes+size*int64(n) > m.cfg.Memory:
		m.answer(t, Answer{Outcome: Full, Text: fmt.Sprintf("the scheduler has %d bytes of values in queues, variables and topics, and may have %d", m.bytes, m.cfg.Memory)})
	default:
		for range n {
			m.keep(v)
		}
		return true
	}
	return false
}

// keep counts one more place that has v.
func (m *Machine) keep(v Value) {
	m.bytes += int64(len(v.Data))
	if v.IsKey() {
		m.do(Keep{v.Key})
	}
}

// drop counts one place less.
func (m *Machine) drop(v Value) {
	m.bytes -= int64(len(v.Data))
	if v.IsKey() {
		m.do(Drop{v.Key})
	}
}

// A delivery is a value that is on its way to a client, until it confirms.
type delivery struct {
	ticket Ticket
	from   *queue // to which it goes back; nil: nowhere
	item   item
}

func (d *delivery) waits() bool { return false }

// took confirms a delivery: the value is the client's.
func (m *Machine) took(t Ticket, op Took) {
	of := Ticket{t.Client, op.Of}
	d, is := m.claim(of).(*delivery)
	if is {
		m.close(of)
		if d.item.value.IsKey() {
			m.do(Hand{t.Client, d.item.value.Key})
		}
		m.drop(d.item.value)
		if d.from != nil {
			d.from.out--
			m.tidyQueue(d.from)
		}
	}
	m.done(t, is)
}

func (d *delivery) end(m *Machine) {
	if d.from == nil {
		m.drop(d.item.value)
		return
	}
	d.from.out--
	m.takeIn(d.from, d.item)
}
