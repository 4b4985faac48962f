package coord

import (
	"maps"
	"slices"
	"time"
)

// A naive is a second implementation, which looks through lists.
type naive struct {
	now     time.Duration
	answers []Answer

	lines map[string][]Ticket // for locks
	asked map[Ticket]Acquire  // those that wait for locks or have some

	permits []naivePermit // in the order of asking
	set     map[string]bool
	awaits  []naiveWait
	queues  map[string]*naiveQueue
	vars    map[string]Value
	reads   []naiveWait
	shown   map[Ticket]Value // keys on their way
	subs    []*naiveSub
}

type naivePermit struct {
	t       Ticket
	op      TakePermit
	granted bool
	expires time.Duration
}

type naiveWait struct {
	t    Ticket
	name string
}

type naiveQueue struct {
	max        int
	items, put []item
	get        []Ticket
	out        map[Ticket]item
}

type naiveSub struct {
	t              Ticket
	op             Subscribe
	credit, missed int
	buffer         []Value
}

func newNaive() *naive {
	return &naive{lines: map[string][]Ticket{}, asked: map[Ticket]Acquire{}, set: map[string]bool{},
		queues: map[string]*naiveQueue{}, vars: map[string]Value{}, shown: map[Ticket]Value{}}
}

func (n *naive) say(t Ticket, a Answer) {
	if t.Request != 0 {
		a.Ticket = t
		n.answers = append(n.answers, a)
	}
}

func (n *naive) yes(t Ticket, ok bool) bool {
	o := Not
	if ok {
		o = Done
	}
	n.say(t, Answer{Outcome: o})
	return ok
}

func without[T comparable](s []T, v T) []T {
	return slices.DeleteFunc(slices.Clone(s), func(o T) bool { return o == v })
}

func (n *naive) acquire(t Ticket, op Acquire) {
	free := 0
	for _, name := range op.Names {
		if len(n.lines[name]) == 0 {
			free++
		}
	}
	if op.Try && free < op.N {
		n.yes(t, false)
		return
	}
	n.asked[t] = op
	for _, name := range op.Names {
		n.lines[name] = append(n.lines[name], t)
		if n.look(t) {
			return
		}
	}
}

// first returns the names in whose line t is first.
func (n *naive) first(t Ticket) (names []string) {
	for _, name := range n.asked[t].Names {
		if l := n.lines[name]; len(l) > 0 && l[0] == t {
			names = append(names, name)
		}
	}
	return names
}

// look grants locks if t is first for just enough of them.
func (n *naive) look(t Ticket) bool {
	names := n.first(t)
	if len(names) < n.asked[t].N {
		return false
	}
	for _, name := range n.asked[t].Names {
		if !slices.Contains(names, name) {
			n.lines[name] = without(n.lines[name], t)
		}
	}
	n.say(t, Answer{Outcome: Done, Names: names})
	return true
}

func (n *naive) endAcquire(t Ticket) {
	op := n.asked[t]
	for _, name := range op.Names {
		l := n.lines[name]
		if !slices.Contains(l, t) {
			continue
		}
		n.lines[name] = without(l, t)
		if l[0] == t && len(l) > 1 {
			n.look(l[1])
		}
	}
	delete(n.asked, t)
}

// permitsOf returns how many of a semaphore are granted, and of how many.
func (n *naive) permitsOf(name string) (granted, size int) {
	for _, p := range n.permits {
		if p.op.Name == name {
			size = p.op.Size
			if p.granted {
				granted++
			}
		}
	}
	return granted, size
}

func (n *naive) takePermit(t Ticket, op TakePermit) {
	granted, size := n.permitsOf(op.Name)
	if size > 0 && size != op.Size {
		n.say(t, Answer{Outcome: Conflict})
		return
	}
	if op.Try && granted == op.Size {
		n.yes(t, false)
		return
	}
	n.permits = append(n.permits, naivePermit{t: t, op: op})
	n.grant()
}

func (n *naive) grant() {
	for i, p := range n.permits {
		if granted, size := n.permitsOf(p.op.Name); !p.granted && granted < size {
			n.permits[i].granted, n.permits[i].expires = true, n.now+p.op.Lease
			n.yes(p.t, true)
		}
	}
}

func (n *naive) expire() {
	for i := 0; i < len(n.permits); i++ {
		if p := n.permits[i]; p.granted && p.op.Lease > 0 && p.expires <= n.now {
			n.permits = slices.Delete(n.permits, i, i+1)
			n.say(p.t, Answer{Outcome: Revoked})
			n.grant()
			i = -1
		}
	}
}

func (n *naive) renew(t Ticket, of Ticket) {
	i := slices.IndexFunc(n.permits, func(p naivePermit) bool { return p.t == of })
	if i >= 0 {
		n.permits[i].expires = n.now + n.permits[i].op.Lease
	}
	n.yes(t, i >= 0)
}

func (n *naive) setEvent(t Ticket, op SetEvent) {
	n.set[op.Name] = op.On
	for _, w := range n.awaits {
		if op.On && w.name == op.Name {
			n.yes(w.t, true)
		}
	}
	n.awaits = slices.DeleteFunc(n.awaits, func(w naiveWait) bool { return op.On && w.name == op.Name })
	n.yes(t, true)
}

func (n *naive) awaitEvent(t Ticket, op AwaitEvent) {
	if n.set[op.Name] || op.Try {
		n.yes(t, n.set[op.Name])
		return
	}
	n.awaits = append(n.awaits, naiveWait{t, op.Name})
}

// queue returns the queue of that name, nil if its size is another.
func (n *naive) queue(t Ticket, name string, size int) *naiveQueue {
	q := n.queues[name]
	if q == nil || len(q.items)+len(q.put)+len(q.get)+len(q.out) == 0 {
		q = &naiveQueue{max: size, out: map[Ticket]item{}}
		n.queues[name] = q
	}
	if q.max != size {
		n.say(t, Answer{Outcome: Conflict})
		return nil
	}
	return q
}

func (q *naiveQueue) full() bool { return q.max > 0 && len(q.items) >= q.max }

// match lets items in and out as far as that goes.
func (n *naive) match(q *naiveQueue) {
	for again := true; again; {
		again = false
		if len(q.items) > 0 && len(q.get) > 0 {
			t := q.get[0]
			q.out[t] = q.items[0]
			n.say(t, Answer{Outcome: Done, Value: q.items[0].value})
			q.items, q.get = q.items[1:], q.get[1:]
			again = true
		}
		if len(q.put) > 0 && !q.full() {
			q.items = append(q.items, q.put[0])
			n.yes(q.put[0].by, true)
			q.put = q.put[1:]
			again = true
		}
	}
}

func (n *naive) put(t Ticket, op Put) {
	q := n.queue(t, op.Name, op.Max)
	if q == nil || op.Try && q.full() && !n.yes(t, false) {
		return
	}
	q.put = append(q.put, item{op.Value, t})
	n.match(q)
}

func (n *naive) get(t Ticket, op Get) {
	q := n.queue(t, op.Name, op.Max)
	if q == nil || op.Try && len(q.items) == 0 && !n.yes(t, false) {
		return
	}
	q.get = append(q.get, t)
	n.match(q)
}

func (n *naive) deleteQueue(t Ticket, name string) {
	q := n.queues[name]
	used := q != nil && len(q.items)+len(q.put)+len(q.get)+len(q.out) > 0
	if !n.yes(t, used) || len(q.get) > 0 {
		return
	}
	for _, it := range q.put {
		n.say(it.by, Answer{Outcome: Deleted})
	}
	for t, it := range q.out {
		n.shown[t] = it.value // it will go nowhere
	}
	delete(n.queues, name)
}

func (n *naive) write(t Ticket, op Write) {
	n.vars[op.Name] = op.Value
	for _, w := range n.reads {
		if w.name == op.Name {
			n.show(w.t, op.Value)
		}
	}
	n.reads = slices.DeleteFunc(n.reads, func(w naiveWait) bool { return w.name == op.Name })
	n.yes(t, true)
}

func (n *naive) show(t Ticket, v Value) {
	if v.IsKey() {
		n.shown[t] = v
	}
	n.say(t, Answer{Outcome: Done, Value: v})
}

func (n *naive) read(t Ticket, op Read) {
	v, has := n.vars[op.Name]
	switch {
	case has:
		n.show(t, v)
	case op.Try:
		n.yes(t, false)
	default:
		n.reads = append(n.reads, naiveWait{t, op.Name})
	}
}

func (n *naive) publish(t Ticket, op Publish) {
	count := 0
	for _, s := range n.subs {
		if s.op.Name != op.Name {
			continue
		}
		count++
		s.buffer = append(s.buffer, op.Value)
		n.send(s)
		if len(s.buffer) > s.op.Buffer {
			s.buffer = s.buffer[1:]
			s.missed++
		}
	}
	n.say(t, Answer{Outcome: Done, Count: count})
}

func (n *naive) send(s *naiveSub) {
	for s.credit > 0 && len(s.buffer) > 0 {
		n.say(s.t, Answer{Outcome: Message, Value: s.buffer[0], Count: s.missed})
		s.buffer, s.missed = s.buffer[1:], 0
		s.credit--
	}
}

func (n *naive) heard(t, of Ticket, k int) {
	i := slices.IndexFunc(n.subs, func(s *naiveSub) bool { return s.t == of })
	if i >= 0 {
		s := n.subs[i]
		s.credit = min(s.op.Window, s.credit+k)
		n.send(s)
	}
	n.yes(t, i >= 0)
}

// took returns what was confirmed.
func (n *naive) took(t, of Ticket) (v Value, ok bool) {
	if v, ok = n.shown[of]; ok {
		delete(n.shown, of)
	}
	for _, q := range n.queues { // at most one has it
		if it, has := q.out[of]; has {
			v, ok = it.value, true
			delete(q.out, of)
		}
	}
	n.yes(t, ok)
	return v, ok
}

// has reports whether t is a claim, and whether it waits.
func (n *naive) has(t Ticket) (claim, waits bool) {
	if _, is := n.asked[t]; is {
		return true, len(n.first(t)) < n.asked[t].N
	}
	for _, p := range n.permits {
		if p.t == t {
			return true, !p.granted
		}
	}
	if _, is := n.shown[t]; is {
		return true, false
	}
	for _, s := range n.subs {
		if s.t == t {
			return true, true
		}
	}
	for _, w := range append(slices.Clone(n.awaits), n.reads...) {
		if w.t == t {
			return true, true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.queues)) {
		q := n.queues[name]
		if _, is := q.out[t]; is {
			return true, false
		}
		if slices.Contains(q.get, t) || slices.ContainsFunc(q.put, func(it item) bool { return it.by == t }) {
			return true, true
		}
	}
	return false, false
}

// end ends a claim wherever it is.
func (n *naive) end(t Ticket) {
	n.endAcquire(t)
	n.permits = slices.DeleteFunc(n.permits, func(p naivePermit) bool { return p.t == t })
	n.grant()
	n.awaits = slices.DeleteFunc(n.awaits, func(w naiveWait) bool { return w.t == t })
	n.reads = slices.DeleteFunc(n.reads, func(w naiveWait) bool { return w.t == t })
	n.subs = slices.DeleteFunc(n.subs, func(s *naiveSub) bool { return s.t == t })
	delete(n.shown, t)
	for _, q := range n.queues { // at most one has it
		q.get = without(q.get, t)
		q.put = slices.DeleteFunc(q.put, func(it item) bool { return it.by == t })
		if it, back := q.out[t]; back {
			delete(q.out, t)
			q.items = append([]item{it}, q.items...)
			n.match(q)
		}
	}
}

func (n *naive) takeBack(of Ticket, name string) bool {
	q := n.queues[name]
	if q == nil || !slices.ContainsFunc(q.items, func(it item) bool { return it.by == of }) {
		return false
	}
	q.items = slices.DeleteFunc(q.items, func(it item) bool { return it.by == of })
	n.match(q)
	return true
}

func (n *naive) leave(c Client, requests uint32) {
	for _, waiting := range []bool{true, false} {
		for r := range requests {
			t := Ticket{c, r + 1}
			if is, waits := n.has(t); is && waits == waiting {
				n.end(t)
			}
		}
	}
}
