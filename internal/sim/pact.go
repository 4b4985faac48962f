package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/coord"
)

// A pact is what a client does with locks, queues and the like.
type pact struct {
	c        *client
	rng      *rand.Rand
	requests uint32
	asks     map[uint32]*ask // that are not over here
}

// An ask is a request that waits or that gave the client something.
type ask struct {
	op   coord.Op
	held bool
	got  []string // the names of the locks
	last int      // of a subscription: the number of the last message
}

func (c *client) newPact() {
	c.pact = &pact{c: c, rng: c.w.stream(fmt.Sprintf("pact %d", c.id)), asks: map[uint32]*ask{}}
	if c.w.ledger.open && !c.w.calm {
		c.w.after(c.w.delay(), c.pact.live)
	}
}

func (p *pact) chance(percent int) bool { return p.rng.IntN(100) < percent }

// soon does f within so many milliseconds, if the client is still there.
func (p *pact) soon(ms int, f func()) {
	p.c.w.after(time.Duration(p.rng.IntN(ms))*time.Millisecond, func() {
		if !p.c.gone {
			f()
		}
	})
}

// say asks for something. What is a claim is remembered.
func (p *pact) say(op coord.Op, claim bool) uint32 {
	p.requests++
	if claim {
		p.asks[p.requests] = &ask{op: op}
	}
	p.c.say(sched.Coordinate{Client: p.c.id, Request: p.requests, Op: op})
	return p.requests
}

// live asks for something now and then until the trouble is over.
func (p *pact) live() {
	if p.c.gone || p.c.w.calm {
		return
	}
	p.soon(150, p.live)
	kinds := []func() (coord.Op, bool){p.lock, p.permit, p.event, p.put, p.get, p.variable, p.topic}
	op, impatient := kinds[p.rng.IntN(len(kinds))]()
	if op == nil {
		return
	}
	if r := p.say(op, true); impatient && p.chance(40) {
		p.soon(60, func() { p.withdraw(r) })
	}
}

func (p *pact) lock() (coord.Op, bool) {
	if p.chance(70) {
		return coord.Acquire{Names: []string{p.pick("solo 1", "solo 2")}, N: 1, Try: p.chance(10)}, true
	}
	return coord.Acquire{Names: []string{"a", "b", "c"}, N: 1 + p.rng.IntN(3)}, true
}

func (p *pact) permit() (coord.Op, bool) {
	if p.chance(50) {
		return coord.TakePermit{Name: "lasting", Size: 2}, true
	}
	return coord.TakePermit{Name: "leased", Size: 2, Lease: 300 * time.Millisecond}, true
}

func (p *pact) event() (coord.Op, bool) {
	if p.chance(50) {
		return coord.AwaitEvent{Name: "event"}, true
	}
	return coord.SetEvent{Name: "event", On: p.chance(30)}, false
}

func (p *pact) put() (coord.Op, bool) {
	v := coord.Value{Data: fmt.Appendf(nil, "item %d of client %d", p.requests, p.c.id)}
	if some := p.c.some(); len(some) > 0 && p.chance(50) {
		v = coord.Value{Key: p.c.w.things[some[0]].key}
	}
	return queueOf(p.chance(50), v), true
}

// queueOf returns the put of a queue with room for three, or for any number.
func queueOf(bounded bool, v coord.Value) coord.Put {
	if bounded {
		return coord.Put{Name: "three", Max: 3, Value: v}
	}
	return coord.Put{Name: "many", Value: v}
}

func (p *pact) get() (coord.Op, bool) {
	q := queueOf(p.chance(50), coord.Value{})
	return coord.Get{Name: q.Name, Max: q.Max, Try: p.chance(20)}, true
}

func (p *pact) variable() (coord.Op, bool) {
	some := p.c.some()
	switch {
	case p.chance(20):
		return coord.DeleteVariable{Name: "variable"}, false
	case len(some) > 0 && p.chance(50):
		return coord.Write{Name: "variable", Value: coord.Value{Key: p.c.w.things[some[0]].key}}, false
	}
	return coord.Read{Name: "variable"}, true
}

func (p *pact) topic() (coord.Op, bool) {
	if p.chance(20) {
		return coord.Subscribe{Name: "topic", Window: 1 + p.rng.IntN(2), Buffer: p.rng.IntN(3)}, false
	}
	return coord.Publish{Name: "topic", Value: coord.Value{Data: fmt.Appendf(nil, "%d from %d", p.requests, p.c.id)}}, false
}

func (p *pact) pick(names ...string) string { return names[p.rng.IntN(len(names))] }

// withdraw gives up what was not answered yet. The answer may be on its way.
func (p *pact) withdraw(r uint32) {
	a := p.asks[r]
	if a == nil || a.held {
		return
	}
	p.c.w.res.Withdrawn++
	delete(p.asks, r)
	end := coord.End{Of: r}
	if q, is := a.op.(coord.Put); is {
		end.Queue = q.Name
	}
	p.say(end, false)
}

// release gives back what is held.
func (p *pact) release(r uint32) {
	if a := p.asks[r]; a != nil {
		p.c.w.ledger.release(p.c, a.op, a.got)
		delete(p.asks, r)
		p.say(coord.End{Of: r}, false)
	}
}

// hear takes an answer. What was withdrawn is not the client's.
func (p *pact) hear(a coord.Answer) {
	k := p.asks[a.Request]
	if k == nil {
		return
	}
	switch k.op.(type) {
	case coord.Acquire, coord.TakePermit:
		p.hearGrant(k, a)
	case coord.Subscribe:
		p.hearMessage(k, a)
	default:
		delete(p.asks, a.Request)
		if _, is := k.op.(coord.Get); a.Outcome == coord.Done && (is || a.Value.IsKey()) {
			p.take(a)
		}
	}
}

func (p *pact) hearGrant(k *ask, a coord.Answer) {
	switch a.Outcome {
	case coord.Done:
		k.held, k.got = true, a.Names
		p.c.w.ledger.hold(p.c, k.op, a.Names)
		p.soon(500, func() { p.release(a.Request) })
		if p.chance(50) {
			p.renew(a.Request)
		}
	case coord.Revoked:
		p.c.w.res.Revoked++
		delete(p.asks, a.Request)
	default:
		delete(p.asks, a.Request)
	}
}

func (p *pact) renew(r uint32) {
	if p.asks[r] != nil {
		p.say(coord.Renew{Of: r}, false)
		p.soon(200, func() { p.renew(r) })
	}
}

// take confirms what came. A key is wanted from then on.
func (p *pact) take(a coord.Answer) {
	p.say(coord.Took{Of: a.Request}, false)
	if i, is := p.c.w.byKey[a.Value.Key]; is && a.Value.IsKey() && p.c.wants[i] == nil {
		p.c.wants[i] = &want{}
	}
}

func (p *pact) hearMessage(k *ask, a coord.Answer) {
	l := &p.c.w.ledger
	if a.Outcome == coord.Done {
		k.last = l.subscribed[a.Ticket]
		p.soon(2000, func() { p.release(a.Request) })
		return
	}
	n := l.published[string(a.Value.Data)]
	if n != k.last+1+a.Count {
		p.c.w.fail("client %d hears message %d after %d, told that it missed %d", p.c.id, n, k.last, a.Count)
	}
	k.last = n
	p.c.w.res.Missed += a.Count
	p.soon(300, func() { p.say(coord.Heard{Of: a.Request, N: 1}, false) })
}

// waits reports whether the client waits for what everybody gives back in time.
func (p *pact) waits() bool {
	for _, k := range p.asks { // order-free: any
		switch k.op.(type) {
		case coord.Acquire, coord.TakePermit:
			return true
		}
	}
	return false
}
