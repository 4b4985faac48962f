package coord

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"pgregory.net/rapid"
)

// A rival drives a machine and the naive one with the same requests.
type rival struct {
	t        *rapid.T
	m        *Machine
	n        *naive
	now      time.Duration
	requests map[Client]uint32
	kept     map[graph.Key]int
	values   int
	granted  int // answers that were no refusals
}

func (r *rival) pick(n int, what string) int { return rapid.IntRange(0, n-1).Draw(r.t, what) }

func (r *rival) name() string { return string(rune('a' + r.pick(3, "name"))) }

func (r *rival) try() bool { return r.pick(4, "try") == 0 }

func (r *rival) value() Value {
	r.values++
	if r.pick(3, "future") == 0 {
		return Value{Key: graph.NewKey(fmt.Sprint("k", r.pick(3, "key")))}
	}
	return Value{Data: []byte(fmt.Sprint("value ", r.values))}
}

// ticket is a new one.
func (r *rival) ticket() Ticket {
	c := Client(1 + r.pick(3, "client"))
	r.requests[c]++
	return Ticket{c, r.requests[c]}
}

// earlier is an earlier request of the client of t.
func (r *rival) earlier(t Ticket) Ticket {
	return Ticket{t.Client, t.Request - uint32(min(int(t.Request), r.pick(8, "ago")))}
}

// compare checks what the machine says of a step against what the other says.
func (r *rival) compare(what string, es []Effect) (handed []graph.Key) {
	var got []Answer
	for _, e := range es {
		switch e := e.(type) {
		case Answer:
			e.Text = ""
			got = append(got, e)
			if e.Outcome == Done || e.Outcome == Message {
				r.granted++
			}
		case Keep:
			r.kept[e.Key]++
		case Drop:
			if r.kept[e.Key]--; r.kept[e.Key] < 0 {
				r.t.Fatalf("%s: %v is dropped once too often", what, e.Key)
			}
		case Hand:
			if r.kept[e.Key] == 0 {
				r.t.Fatalf("%s: %v is handed over, and not kept", what, e.Key)
			}
			handed = append(handed, e.Key)
		}
	}
	want := r.n.answers
	r.n.answers = nil
	for _, s := range [][]Answer{got, want} {
		slices.SortStableFunc(s, func(a, b Answer) int {
			return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.Request, b.Request))
		})
	}
	if !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
		r.t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
	if err := r.m.Check(); err != nil {
		r.t.Fatalf("after %s: %v", what, err)
	}
	return handed
}

// turn draws a request for both.
func (r *rival) turn() {
	r.now += time.Duration(r.pick(4, "pause")) * time.Second
	r.n.now = r.now
	r.n.expire()
	r.compare("time passes", r.m.Tick(r.now))
	t := r.ticket()
	var op Op
	switch r.pick(10, "kind") {
	case 0, 1:
		op = r.locks(t)
	case 2:
		op = r.semaphores(t)
	case 3:
		op = r.events(t)
	case 4, 5:
		op = r.queues(t)
	case 6:
		op = r.variables(t)
	case 7:
		op = r.topics(t)
	default:
		r.over(t)
		return
	}
	r.compare(fmt.Sprintf("%v %T %+v", t, op, op), r.m.Step(r.now, t, op))
}

func (r *rival) locks(t Ticket) Op {
	names := rapid.Permutation([]string{"a", "b", "c", "d"}).Draw(r.t, "names")[:1+r.pick(4, "names")]
	op := Acquire{Names: names, N: 1 + r.pick(len(names), "n"), Try: r.try()}
	r.n.acquire(t, op)
	return op
}

func (r *rival) semaphores(t Ticket) Op {
	if r.pick(3, "renew") == 0 {
		of := r.earlier(t)
		r.n.renew(t, of)
		return Renew{of.Request}
	}
	op := TakePermit{Name: r.name(), Size: 1 + (r.pick(8, "size")+6)/7, Lease: time.Duration(r.pick(3, "lease")) * 5 * time.Second, Try: r.try()}
	r.n.takePermit(t, op)
	return op
}

func (r *rival) events(t Ticket) Op {
	if r.pick(2, "set") == 0 {
		op := SetEvent{Name: r.name(), On: r.pick(2, "on") == 0}
		r.n.setEvent(t, op)
		return op
	}
	op := AwaitEvent{Name: r.name(), Try: r.try()}
	r.n.awaitEvent(t, op)
	return op
}

func (r *rival) queues(t Ticket) Op {
	name := r.name()
	size := int(name[0]-'a') + (r.pick(8, "size")+1)/8 // mostly the same
	switch r.pick(9, "queue") {
	case 0:
		r.n.deleteQueue(t, name)
		return DeleteQueue{name}
	case 1:
		a := Answer{Outcome: Done}
		if q := r.n.queues[name]; q != nil {
			a.Count = len(q.items)
		}
		r.n.say(t, a)
		return Size{name}
	case 2, 3, 4:
		op := Get{Name: name, Max: size, Try: r.try()}
		r.n.get(t, op)
		return op
	}
	op := Put{Name: name, Max: size, Value: r.value(), Try: r.try()}
	r.n.put(t, op)
	return op
}

func (r *rival) variables(t Ticket) Op {
	name := r.name()
	switch r.pick(4, "variable") {
	case 0:
		_, has := r.n.vars[name]
		delete(r.n.vars, name)
		r.n.yes(t, has)
		return DeleteVariable{name}
	case 1:
		op := Write{Name: name, Value: r.value()}
		r.n.write(t, op)
		return op
	}
	op := Read{Name: name, Try: r.try()}
	r.n.read(t, op)
	return op
}

func (r *rival) topics(t Ticket) Op {
	switch r.pick(4, "topic") {
	case 0:
		op := Subscribe{Name: r.name(), Window: 1 + r.pick(2, "window"), Buffer: r.pick(3, "buffer")}
		r.n.subs = append(r.n.subs, &naiveSub{t: t, op: op, credit: op.Window})
		r.n.yes(t, true)
		return op
	case 1:
		of, k := r.earlier(t), 1+r.pick(3, "heard")
		for _, s := range r.n.subs {
			if s.t.Client == t.Client && s.credit == 0 {
				of = s.t
			}
		}
		r.n.heard(t, of, k)
		return Heard{of.Request, k}
	}
	op := Publish{Name: r.name(), Value: Value{Data: r.value().Data}}
	r.n.publish(t, op)
	return op
}

// over ends something: a claim, a delivery, a client.
func (r *rival) over(t Ticket) {
	of := r.earlier(t)
	what := fmt.Sprintf("%v ends %v", t, of)
	switch r.pick(6, "over") {
	case 0:
		r.n.leave(t.Client, t.Request)
		r.compare(fmt.Sprintf("%v leaves", t.Client), r.m.Leave(r.now, t.Client))
	case 1, 2:
		v, ok := r.n.took(t, of)
		handed := r.compare(fmt.Sprintf("%v took %v", t, of), r.m.Step(r.now, t, Took{of.Request}))
		if want := ok && v.IsKey(); want != (len(handed) == 1) || want && handed[0] != v.Key {
			r.t.Fatalf("%v took %v, was handed %v", of, v, handed)
		}
	default:
		is, _ := r.n.has(of)
		if is {
			r.n.end(of)
		} else {
			is = r.n.takeBack(of, "b")
		}
		r.n.yes(t, is)
		r.compare(what, r.m.Step(r.now, t, End{of.Request, "b"}))
	}
}

// empty lets everybody leave: only what outlives clients may be in use then,
// and when that is deleted, nothing.
func (r *rival) empty() {
	for c := range r.requests {
		r.n.leave(c, r.requests[c])
		r.compare("the end", r.m.Leave(r.now, c))
	}
	for _, name := range []string{"a", "b", "c"} {
		r.m.Step(r.now, Ticket{9, 0}, SetEvent{Name: name})
		for _, op := range []Op{DeleteQueue{name}, DeleteVariable{name}} {
			for _, e := range r.m.Step(r.now, Ticket{9, 0}, op) {
				if d, is := e.(Drop); is {
					r.kept[d.Key]--
				}
			}
		}
	}
	for k, n := range r.kept {
		if n != 0 {
			r.t.Fatalf("%v is kept %d times in the end", k, n)
		}
	}
	if r.m.InUse() != 0 || r.m.Bytes() != 0 || len(r.m.claims) != 0 || len(r.m.leases) != 0 {
		r.t.Fatalf("%d names, %d bytes, %v claims are left", r.m.InUse(), r.m.Bytes(), r.m.claims)
	}
}

// TestAgainstNaive: any sequence of requests is answered as by an implementation
// that looks through lists, and leaves nothing behind.
func TestAgainstNaive(t *testing.T) {
	granted := 0
	rapid.Check(t, func(t *rapid.T) {
		r := &rival{t: t, m: New(Config{}), n: newNaive(), requests: map[Client]uint32{}, kept: map[graph.Key]int{}}
		for range rapid.IntRange(1, 120).Draw(t, "turns") {
			r.turn()
		}
		r.empty()
		granted += r.granted
	})
	if granted == 0 {
		t.Error("nothing was ever granted")
	}
}
