package coord

import "fmt"

// A claim is what a request stands for until it is over.
type claim interface {
	// waits reports whether it has nothing yet.
	waits() bool
	// end undoes it, once it is among the claims no more: what it had goes to
	// others. Its client is not told.
	end(m *Machine)
}

func (m *Machine) claim(t Ticket) claim { return m.claims[t.Client][t.Request] }

func (m *Machine) open(t Ticket, c claim) {
	of := m.claims[t.Client]
	if of == nil {
		of = map[uint32]claim{}
		m.claims[t.Client] = of
	}
	of[t.Request] = c
}

func (m *Machine) close(t Ticket) {
	of := m.claims[t.Client]
	delete(of, t.Request)
	if len(of) == 0 {
		delete(m.claims, t.Client)
	}
}

// end ends a claim, and answers whether there was one.
func (m *Machine) end(t Ticket, op End) {
	of := Ticket{t.Client, op.Of}
	c := m.claim(of)
	switch {
	case c != nil:
		m.close(of)
		c.end(m)
		m.done(t, true)
	case op.Queue != "":
		m.done(t, m.takeBack(of, op.Queue))
	default:
		m.done(t, false)
	}
}

// wrong says what makes no sense about a request.
func (m *Machine) wrong(t Ticket, op Op) string {
	var names []string
	claims := true // it may become a claim
	switch op := op.(type) {
	case Acquire:
		names = op.Names
		if op.N < 1 || op.N > len(op.Names) || len(op.Names) > maxNames {
			return fmt.Sprintf("%d of %d locks: ask for at least one, of at most %d", op.N, len(op.Names), maxNames)
		}
	case TakePermit:
		names = []string{op.Name}
		if op.Size < 1 || op.Lease < 0 {
			return fmt.Sprintf("semaphore %q has %d permits with a lease of %v", op.Name, op.Size, op.Lease)
		}
	case AwaitEvent:
		names = []string{op.Name}
	case Put:
		return m.wrongAtQueue(t, op.Name, op.Max)
	case Get:
		return m.wrongAtQueue(t, op.Name, op.Max)
	case Read:
		names = []string{op.Name}
	case Subscribe:
		names = []string{op.Name}
		if op.Window < 1 || op.Buffer < 0 {
			return fmt.Sprintf("subscription to %q has a window of %d messages and a buffer of %d", op.Name, op.Window, op.Buffer)
		}
	case SetEvent:
		names, claims = []string{op.Name}, false
	case Write:
		names, claims = []string{op.Name}, false
	case Publish:
		names, claims = []string{op.Name}, false
		if op.Value.IsKey() {
			return "a message holds a value, not a future: put that into a queue or a variable"
		}
	default:
		claims = false
	}
	return m.wrongNames(t, names, claims)
}

func (m *Machine) wrongAtQueue(t Ticket, name string, size int) string {
	if size < 0 {
		return fmt.Sprintf("queue %q is to hold %d items", name, size)
	}
	return m.wrongNames(t, []string{name}, true)
}

func (m *Machine) wrongNames(t Ticket, names []string, claims bool) string {
	if claims && (t.Request == 0 || m.claim(t) != nil) {
		return fmt.Sprintf("request %d of client %d has a number that is not new", t.Request, t.Client)
	}
	var seen map[string]bool
	if len(names) > 1 {
		seen = make(map[string]bool, len(names))
	}
	for _, n := range names {
		if n == "" || len(n) > maxName {
			return fmt.Sprintf("a name has %d bytes, and may have 1 to %d", len(n), maxName)
		}
		if seen[n] {
			return fmt.Sprintf("name %q is there twice", n)
		}
		if seen != nil {
			seen[n] = true
		}
	}
	return ""
}
