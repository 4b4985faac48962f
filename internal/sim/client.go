package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// A client asks for things, and checks what it gets.
type client struct {
	w      *world
	rng    *rand.Rand
	id     sched.ClientID
	link   *link
	gone   bool
	wants  map[int]*want
	puts   map[uint32][]int // of each Scatter that was not answered: what
	pact   *pact
	troupe *troupe
}

// A want is a key that a client waits for or has. The scheduler may not have
// heard of the last change.
type want struct {
	ready bool
	got   bool // the value was fetched and is right
	erred *graph.TaskError
}

func (w *world) connect() {
	id := sched.ClientID(len(w.clients) + 1)
	c := &client{w: w, id: id, rng: w.stream(fmt.Sprintf("client %d", id)), link: &link{w: w}, wants: map[int]*want{}, puts: map[uint32][]int{}}
	w.clients = append(w.clients, c)
	c.say(sched.ClientJoined{Client: c.id})
	c.link.joined = c.link.up
	c.newPact()
	c.newTroupe()
	w.after(w.delay(), c.live)
}

// say sends an event to the scheduler: once, since a client's stream does not
// repeat itself, and completely, since it has a lease.
func (c *client) say(e sched.Event) {
	c.link.up = max(c.link.up, c.w.now+c.w.delay())
	c.link.send(c.link.up, func() { c.link.arrive(func() { c.said(e) }) })
}

// said is what the scheduler hears; runs are numbered as they arrive.
func (c *client) said(e sched.Event) {
	if c.link.cut {
		return
	}
	switch s := e.(type) {
	case sched.Submit:
		c.w.run++
		s.Run = c.w.run
		c.w.graphs[s.Run] = s.Graph
		e = s
	case sched.Scatter:
		c.w.run++
		s.Run = c.w.run
		for _, k := range s.Keys {
			c.puts[s.Run] = append(c.puts[s.Run], c.w.byKey[k])
		}
		e = s
	}
	c.w.arrived(e)
	c.w.toSched(e)
}

// live does something now and then until the trouble is over.
func (c *client) live() {
	if c.gone || c.w.calm {
		return
	}
	c.w.after(time.Duration(c.rng.IntN(300))*time.Millisecond, c.live)
	switch c.rng.IntN(25) {
	case 20, 21:
		c.rearrange()
	case 22, 23:
		c.useCatalog()
	case 0, 1, 2, 3:
		if some := c.some(); len(some) > 0 {
			c.release(some)
		}
	case 4:
		if some := c.some(); len(some) > 0 && c.w.faults&Cancel != 0 {
			c.say(sched.Cancel{Client: c.id, Keys: c.keys(some)})
		}
	case 5:
		c.retry(func(int, *graph.TaskError) bool { return true })
	case 6:
		if c.w.faults&Leave != 0 && c.chance(20) {
			c.leave()
			c.w.connect()
		}
	case 7:
		if c.w.faults&Away != 0 && c.w.now > max(c.link.joined, c.link.back+2*lease) {
			c.goAway()
		}
	default:
		c.ask()
	}
}

// some returns some of the things that c wants, in order.
func (c *client) some() (is []int) {
	for i := range c.w.things {
		if c.wants[i] != nil && c.chance(40) {
			is = append(is, i)
		}
	}
	return is
}

func (c *client) keys(is []int) (ks []graph.Key) {
	for _, i := range is {
		ks = append(ks, c.w.things[i].key)
	}
	return ks
}

func (c *client) release(is []int) {
	for _, i := range is {
		delete(c.wants, i)
	}
	c.say(sched.Release{Client: c.id, Keys: c.keys(is)})
}

func (c *client) leave() {
	c.gone = true
	c.wants = nil
	c.w.ledger.leave(c)
	c.say(sched.ClientLeft{Client: c.id})
}

// expire ends the lease of a client that is not there. When it is back, nobody
// listens to it.
func (c *client) expire() {
	c.link.cut = true
	left := sched.ClientLeft{At: c.w.now, Client: c.id}
	c.w.ledger.leave(c)
	c.w.arrived(left)
	c.w.toSched(left)
}

func (c *client) chance(percent int) bool { return c.rng.IntN(100) < percent }

// retry asks again for what erred in such a way.
func (c *client) retry(such func(int, *graph.TaskError) bool) {
	var is []int
	for i := range c.w.things {
		if wt := c.wants[i]; wt != nil && wt.erred != nil && such(i, wt.erred) {
			is = append(is, i)
		}
	}
	if len(is) > 0 {
		c.say(sched.Retry{Client: c.id, Keys: c.keys(is)})
	}
}

// ask submits some things. What must be brought first is scattered.
func (c *client) ask() {
	var wanted []int
	for range 1 + c.rng.IntN(c.w.shape.asks()) {
		wanted = append(wanted, c.rng.IntN(len(c.w.things)))
	}
	var bring []int
	for i, t := range c.w.things {
		if t.data && (c.wants[i] == nil || c.wants[i].erred != nil) &&
			slices.ContainsFunc(wanted, func(o int) bool { return c.w.things[o].over(i) }) {
			bring = append(bring, i)
		}
	}
	if len(bring) > 0 {
		e := sched.Scatter{Client: c.id, Keys: c.keys(bring)}
		for _, i := range bring {
			e.Bytes = append(e.Bytes, c.w.things[i].bytes)
			c.wants[i] = &want{}
		}
		c.say(e)
	}
	input := func(i int) bool {
		wt := c.wants[i]
		return c.w.things[i].data || wt != nil && wt.got && !slices.Contains(wanted, i)
	}
	g := c.w.things.graph(wanted, input, func(i int) bool {
		return slices.Contains(wanted, i) || c.chance(10)
	})
	for _, o := range g.Outputs {
		c.wants[c.w.byKey[o.Key]] = &want{}
	}
	c.say(sched.Submit{Client: c.id, Graph: g, Parent: c.w.parent(c.rng)})
}

// hear takes what the scheduler says.
func (c *client) hear(a sched.Action) {
	if c.gone || c.troupe.hear(a) {
		return
	}
	switch a := a.(type) {
	case sched.Place:
		c.place(a)
	case sched.Coordinated:
		c.pact.hear(a.Answer)
	case sched.Ready:
		if wt := c.wants[c.w.byKey[a.Key]]; wt != nil {
			wt.ready, wt.erred = true, nil
			if !c.came(a, wt) {
				c.gather(a, wt)
			}
		}
	case sched.Lost:
		if wt := c.wants[c.w.byKey[a.Key]]; wt != nil {
			wt.ready = false
		}
	case sched.Erred:
		c.erred(a)
	}
}

func (c *client) erred(a sched.Erred) {
	i := c.w.byKey[a.Key]
	if c.wants[i] == nil {
		return
	}
	refused := a.Err.Kind == graph.KindNoWorker && c.w.things[i].data // there was nowhere to bring it
	if a.Err.Kind == graph.KindCancelled || refused {
		delete(c.wants, i)
		c.say(sched.Release{Client: c.id, Keys: []graph.Key{a.Key}}) // it may have asked again meanwhile
		return
	}
	if !c.w.right(i, a.Err) {
		c.w.fail("%v errs without reason: %v", a.Key, a.Err)
	}
	c.wants[i].ready, c.wants[i].erred = false, a.Err
}

// gather fetches a value from a holder and checks it.
func (c *client) gather(a sched.Ready, wt *want) {
	from := a.Holders[c.rng.IntN(len(a.Holders))]
	i := c.w.byKey[a.Key]
	c.w.after(c.w.delay(), func() {
		if c.gone || c.wants[i] != wt || !wt.ready {
			return
		}
		if n := c.w.reachable(from); n != nil {
			if v, has := n.get(worker.Item{Task: a.Task, Part: -1}); has {
				if v.value != c.w.things[i].value {
					c.w.fail("client %d got a wrong value of %v", c.id, a.Key)
				}
				wt.got = true
				c.w.res.Ready++
				return
			}
		}
		wt.got = false
		c.say(sched.Gone{Client: c.id, Key: a.Key, Worker: from})
	})
}

// place brings values to where they were told to go.
func (c *client) place(a sched.Place) {
	things := c.puts[a.Run]
	delete(c.puts, a.Run)
	for k, i := range things {
		id := graph.NewTaskID(a.Run, uint32(k))
		if c.w.odds(Abandon, 15) {
			c.w.res.Dropped++
			c.say(sched.Abandoned{Client: c.id, Tasks: []graph.TaskID{id}})
			if c.chance(50) {
				continue // else it is there all the same
			}
		}
		c.w.after(c.w.delay(), func() { c.put(id, i, a.Workers[k]) })
	}
}

// put brings thing i to a worker, and waits for as long as that hangs. If it
// is gone, the scheduler learns of that by itself.
func (c *client) put(id graph.TaskID, i int, to sched.WorkerID) {
	n := c.w.byID[to]
	if c.gone || n.dead || n.id != to {
		return
	}
	if n.hung {
		c.w.after(50*time.Millisecond, func() { c.put(id, i, to) })
		return
	}
	n.put(worker.Item{Task: id, Part: -1}, datum{c.w.things[i].value, c.w.things[i].bytes})
	n.step(worker.Stored{At: c.w.now, Task: id, Bytes: c.w.things[i].bytes})
	c.say(sched.Scattered{Client: c.id, Tasks: []graph.TaskID{id}})
}
