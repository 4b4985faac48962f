package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/coord"
)

// A ledger is what must hold of locks, queues and topics, whoever asks for what
// and dies of what.
type ledger struct {
	open       bool                      // the clients of this seed have pacts
	holders    map[string][]*client      // of a lock or semaphore, as they believe
	lines      map[string][]coord.Ticket // for a lock alone, in the order of arrival
	offers     int                       // puts that arrived
	puts       map[coord.Ticket]string   // those of items, which are no keys
	ends       map[coord.Ticket]coord.Ticket
	items      map[string]itemState
	coming     map[coord.Ticket]string // items that were sent and not confirmed
	published  map[string]int          // the number of a message, in the order of arrival
	subscribed map[coord.Ticket]int    // how many were published before
}

type itemState uint8

const (
	itemOffered itemState = iota + 1
	itemIn
	itemOut
	itemBack // its put was withdrawn
)

func newLedger(open bool) ledger {
	return ledger{open: open, holders: map[string][]*client{}, lines: map[string][]coord.Ticket{},
		puts: map[coord.Ticket]string{}, ends: map[coord.Ticket]coord.Ticket{}, items: map[string]itemState{},
		coming: map[coord.Ticket]string{}, published: map[string]int{}, subscribed: map[coord.Ticket]int{}}
}

// namesOf returns the names that op, when granted, excludes others from, and how
// many may have them. Leases may be over before their holder knows.
func namesOf(op coord.Op, granted []string) (names []string, most int) {
	if s, is := op.(coord.TakePermit); is && s.Lease == 0 {
		return []string{s.Name}, s.Size
	}
	return granted, 1
}

// hold: a client believes that it has something.
func (l *ledger) hold(c *client, op coord.Op, granted []string) {
	names, most := namesOf(op, granted)
	for _, n := range names {
		l.holders[n] = append(l.holders[n], c)
		if len(l.holders[n]) > most {
			c.w.fail("%d clients have %q at a time, which %d may have", len(l.holders[n]), n, most)
		}
		c.w.res.Locked++
	}
}

// release: it no longer does.
func (l *ledger) release(c *client, op coord.Op, granted []string) {
	names, _ := namesOf(op, granted)
	for _, n := range names {
		if i := slices.Index(l.holders[n], c); i >= 0 {
			l.holders[n] = slices.Delete(l.holders[n], i, i+1)
		}
	}
}

// leave: the session of a client is over, whether it knows or not.
func (l *ledger) leave(c *client) {
	for n, hs := range l.holders { // order-free: each for itself
		l.holders[n] = slices.DeleteFunc(hs, func(h *client) bool { return h == c })
	}
}

// arrived: the scheduler is about to hear a request.
func (w *world) arrived(e sched.Event) {
	l := &w.ledger
	switch e := e.(type) {
	case sched.ClientLeft:
		for n := range l.lines { // order-free: each for itself
			l.lines[n] = slices.DeleteFunc(l.lines[n], func(t coord.Ticket) bool { return t.Client == coord.Client(e.Client) })
		}
	case sched.Coordinate:
		w.asked(coord.Ticket{Client: coord.Client(e.Client), Request: e.Request}, e.Op)
	}
}

func (w *world) asked(t coord.Ticket, op coord.Op) {
	l := &w.ledger
	switch op := op.(type) {
	case coord.Acquire:
		if len(op.Names) == 1 && !op.Try {
			l.lines[op.Names[0]] = append(l.lines[op.Names[0]], t)
		}
	case coord.Put:
		l.offers++
		if !op.Value.IsKey() {
			l.puts[t] = string(op.Value.Data)
			l.items[l.puts[t]] = itemOffered
		}
	case coord.Subscribe:
		l.subscribed[t] = len(l.published)
	case coord.Publish:
		l.published[string(op.Value.Data)] = len(l.published) + 1
	case coord.Took:
		of := coord.Ticket{Client: t.Client, Request: op.Of}
		if item, is := l.coming[of]; is {
			delete(l.coming, of)
			w.took(item)
		}
	case coord.End:
		of := coord.Ticket{Client: t.Client, Request: op.Of}
		l.ends[t] = of
		for n := range l.lines { // order-free: each for itself
			l.lines[n] = slices.DeleteFunc(l.lines[n], func(o coord.Ticket) bool { return o == of })
		}
	}
}

func (w *world) took(item string) {
	if s := w.ledger.items[item]; s != itemIn {
		w.fail("%s was taken in state %d: twice, or though it was not put", item, s)
	}
	w.ledger.items[item] = itemOut
	w.res.Passed++
}

// answered: the scheduler answers.
func (w *world) answered(a coord.Answer) {
	l := &w.ledger
	if a.Outcome == coord.Invalid || a.Outcome == coord.Full || a.Outcome == coord.Conflict {
		w.fail("request %d of client %d is %v: %s", a.Request, a.Client, a.Outcome, a.Text)
	}
	if a.Outcome != coord.Done {
		return
	}
	for _, n := range a.Names {
		if line := l.lines[n]; strings.HasPrefix(n, "solo") && slices.Contains(line, a.Ticket) && line[0] != a.Ticket {
			w.fail("%v gets lock %q, before %v which asked earlier", a.Ticket, n, line[0])
		}
	}
	if item, is := l.puts[a.Ticket]; is {
		l.items[item] = itemIn
	}
	if of, is := l.ends[a.Ticket]; is {
		if item, is := l.puts[of]; is { // it was a put, and is taken back
			l.items[item] = itemBack
		}
		return
	}
	if _, is := l.items[string(a.Value.Data)]; is {
		l.coming[a.Ticket] = string(a.Value.Data)
	}
}

// pactsWait reports whether somebody waits for a lock or has one.
func (w *world) pactsWait() *client {
	for _, c := range w.clients {
		if !c.gone && c.pact.waits() {
			return c
		}
	}
	return nil
}

// emptyNames has a last client take what is left in the queues, and take away
// what outlives clients.
func (w *world) emptyNames() {
	w.after(time.Second, func() {
		w.connect()
		p := w.clients[len(w.clients)-1].pact
		p.say(coord.SetEvent{Name: "event"}, false)
		p.say(coord.DeleteVariable{Name: "variable"}, false)
		for range w.ledger.offers { // at least as many as there are items
			p.say(coord.Get{Name: "three", Max: 3, Try: true}, true)
			p.say(coord.Get{Name: "many", Try: true}, true)
		}
		w.after(time.Second, p.c.leave)
	})
}

// verifyNames: every item came out once, and no name is in use.
func (w *world) verifyNames() {
	for item, s := range w.ledger.items { // order-free: any fault will do
		if s == itemIn {
			w.fail("%s was put, and nobody got it", item)
		}
	}
	if n := w.m.Info().Names; n > 0 {
		w.fail("%d locks, queues and the like are still in use", n)
	}
}
