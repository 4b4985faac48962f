package sim

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// actorOp is the op of the tasks that make actors. An actor's state is how often
// it was called, so the results of its calls are 1, 2, 3 and so on.
const actorOp = "actor"

// actorBytes is more than what is inlined: a state is not.
const actorBytes = inlineLimit + 1

// A troupe is the actors that a client made and calls.
type troupe struct {
	c     *client
	rng   *rand.Rand
	made  int
	roles map[graph.Key]*role
	calls map[uint32]*role // that were not answered
	last  uint32
}

// A role is an actor as its client sees it.
type role struct {
	key    graph.Key
	result uint64 // the last one
	dead   bool   // a call was told that the actor is lost
}

func (c *client) newTroupe() {
	c.troupe = &troupe{c: c, rng: c.w.stream(fmt.Sprintf("troupe %d", c.id)), roles: map[graph.Key]*role{}, calls: map[uint32]*role{}}
	if !c.w.calm {
		c.w.after(c.w.delay(), c.troupe.live)
	}
}

// live makes an actor, calls one, or gives one up, until the trouble is over; then
// it gives all up, since a worker where one lives cannot retire.
func (t *troupe) live() {
	c := t.c
	if c.gone {
		return
	}
	if c.w.calm {
		for k := range t.made {
			if r := t.roles[t.key(k)]; r != nil {
				t.release(r)
			}
		}
		return
	}
	c.w.after(time.Duration(t.rng.IntN(400))*time.Millisecond, t.live)
	for k := range t.made {
		r := t.roles[t.key(k)]
		if r == nil {
			continue
		}
		switch t.rng.IntN(12) {
		case 0:
			t.release(r)
		default:
			t.call(r)
		}
	}
	if t.rng.IntN(4) == 0 && len(t.roles) < 2 {
		t.make()
	}
}

func (t *troupe) key(k int) graph.Key { return graph.NewKey(fmt.Sprintf("actor %d of %d", k, t.c.id)) }

func (t *troupe) make() {
	r := &role{key: t.key(t.made)}
	t.made++
	t.roles[r.key] = r
	b := &graph.Builder{}
	b.Output(b.Add(graph.Class{Op: actorOp, Spec: graph.Spec{Actor: true}}, nil), r.key)
	t.c.say(sched.Submit{Client: t.c.id, Graph: b.Graph()})
	t.call(r)
}

func (t *troupe) release(r *role) {
	delete(t.roles, r.key)
	t.c.say(sched.Release{Client: t.c.id, Keys: []graph.Key{r.key}})
}

func (t *troupe) call(r *role) {
	t.last++
	t.calls[t.last] = r
	t.c.say(sched.ActorCall{Client: t.c.id, Request: t.last, Key: r.key, Method: "count"})
}

// hear takes what the scheduler says of actors, and reports whether a was that.
func (t *troupe) hear(a sched.Action) bool {
	switch a := a.(type) {
	case sched.Answer:
		t.answered(a)
		return true
	case sched.Ready:
		return t.c.w.isActor(a.Key)
	case sched.Lost:
		return t.c.w.isActor(a.Key)
	case sched.Erred:
		if !t.c.w.isActor(a.Key) {
			return false
		}
		if r := t.roles[a.Key]; r != nil {
			t.erred(r, a.Err)
		}
		return true
	}
	return false
}

// isActor reports whether a key is none of a thing.
func (w *world) isActor(k graph.Key) bool {
	_, thing := w.byKey[k]
	return !thing
}

// answered checks the answer to a call: results count up, each is given once,
// and a dead actor never answers again.
func (t *troupe) answered(a sched.Answer) {
	w := t.c.w
	r := t.calls[a.Request]
	if r == nil {
		w.fail("client %d gets another answer to call %d", t.c.id, a.Request)
		return
	}
	delete(t.calls, a.Request)
	if a.Err != nil {
		t.erred(r, a.Err)
		return
	}
	n := binary.LittleEndian.Uint64(a.Result)
	if r.dead || n != r.result+1 {
		w.fail("call %d of %v of client %d is the actor's number %d after %d; dead: %t", a.Request, r.key, t.c.id, n, r.result, r.dead)
	}
	r.result = n
	w.res.Calls++
}

// erred checks an error: the actor was lost, or given up, or could not be made.
func (t *troupe) erred(r *role, err *graph.TaskError) {
	switch {
	case err.Kind == graph.KindActorLost:
		r.dead = true
		t.c.w.res.Bereft++
	case err.Kind == graph.KindCancelled: // the cluster was restarted
		delete(t.roles, r.key)
	case err.Kind == graph.KindUnknownKey && t.roles[r.key] != r: // released
	case err.Kind == graph.KindKilled && r.result == 0 && t.c.w.guilty(err): // while it was made
	default:
		t.c.w.fail("%v of client %d errs without reason: %v", r.key, t.c.id, err)
	}
}

// parent is, now and then, a task that some worker executes: what a client then
// submits is as if submitted by it.
func (w *world) parent(rng *rand.Rand) graph.TaskID {
	if rng.IntN(4) > 0 {
		return 0
	}
	running := w.nodes[rng.IntN(len(w.nodes))].m.Running()
	if len(running) == 0 {
		return 0
	}
	return running[rng.IntN(len(running))]
}

// makeActor executes a task that makes an actor.
func (n *node) makeActor(t *worker.Task) {
	id, attempt := t.ID, t.Attempt
	n.w.after(5*time.Millisecond, func() {
		if n.dead {
			return
		}
		delete(n.stopped, execID{id, attempt})
		n.actors[id] = true
		n.put(worker.Item{Task: id, Part: -1}, datum{0, actorBytes})
		n.step(worker.Done{At: n.w.now, Task: id, Attempt: attempt, Bytes: actorBytes, Took: 5 * time.Millisecond})
	})
}

// callActor makes a call of an actor, in virtual time.
func (n *node) callActor(a worker.Invoke) {
	it := worker.Item{Task: a.Task, Part: -1}
	if _, has := n.store[it]; !has {
		n.w.fail("worker process %d calls actor %v, which it does not have", n.number, a.Task)
	}
	if n.acting[a.Task] {
		n.w.fail("worker process %d makes two calls of %v at once", n.number, a.Task)
	}
	n.acting[a.Task] = true
	n.w.after(n.w.delay()*5, func() {
		if n.dead {
			return
		}
		delete(n.acting, a.Task)
		d, has := n.store[it]
		if d.value++; has { // else everything was reset meanwhile
			n.store[it] = d
		}
		n.step(worker.Returned{At: n.w.now, Task: a.Task, Call: a.Call, Result: binary.LittleEndian.AppendUint64(nil, d.value)})
	})
}
