package coord

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	// ValueLimit is how large an encoding may be, bytes.
	ValueLimit = 64 << 10
	// maxName and maxNames bound a name, in bytes, and the names of one request.
	maxName  = 1024
	maxNames = 4096
)

// Config is what can be set about a Machine. Zero values have defaults.
type Config struct {
	// Memory is how many bytes of values it holds, in queues, variables and the
	// buffers of topics together. Default 1 GiB.
	Memory int64
}

// A Machine is the coordination of one cluster. It is used by one goroutine.
type Machine struct {
	cfg Config
	now time.Duration

	claims     map[Client]map[uint32]claim
	locks      map[string]*lock
	semaphores map[string]*semaphore
	events     map[string]*event
	queues     map[string]*queue
	variables  map[string]*variable
	topics     map[string]*topic
	leases     leases
	bytes      int64 // of the values

	out []Effect // of one step
}

// New returns a Machine in which no name is in use.
func New(cfg Config) *Machine {
	if cfg.Memory == 0 {
		cfg.Memory = 1 << 30
	}
	return &Machine{
		cfg: cfg, claims: map[Client]map[uint32]claim{},
		locks: map[string]*lock{}, semaphores: map[string]*semaphore{}, events: map[string]*event{},
		queues: map[string]*queue{}, variables: map[string]*variable{}, topics: map[string]*topic{},
	}
}

// Step takes a request of a client, at a time that never goes back. The slice is
// valid until the next call.
func (m *Machine) Step(at time.Duration, t Ticket, op Op) []Effect {
	m.Tick(at)
	if why := m.wrong(t, op); why != "" {
		m.answer(t, Answer{Outcome: Invalid, Text: why})
		return m.out
	}
	switch op := op.(type) {
	case Acquire:
		m.acquire(t, op)
	case TakePermit:
		m.takePermit(t, op)
	case Renew:
		m.renew(t, op)
	case SetEvent:
		m.setEvent(t, op)
	case AwaitEvent:
		m.awaitEvent(t, op)
	case Subscribe:
		m.subscribe(t, op)
	case Heard:
		m.heard(t, op)
	case Publish:
		m.publish(t, op)
	case Took:
		m.took(t, op)
	case End:
		m.end(t, op)
	default:
		m.stepStored(t, op)
	}
	return m.out
}

// stepStored is Step for what holds values.
func (m *Machine) stepStored(t Ticket, op Op) {
	switch op := op.(type) {
	case Put:
		m.put(t, op)
	case Get:
		m.get(t, op)
	case Size:
		m.size(t, op)
	case DeleteQueue:
		m.deleteQueue(t, op)
	case Write:
		m.write(t, op)
	case Read:
		m.read(t, op)
	case DeleteVariable:
		m.deleteVariable(t, op)
	default:
		panic(fmt.Sprintf("coord: unknown op %T", op))
	}
}

// Tick lets time pass: leases end.
func (m *Machine) Tick(at time.Duration) []Effect {
	m.out = m.out[:0]
	m.now = max(m.now, at)
	m.expire()
	return m.out
}

// Leave ends everything that a client has and waits for.
func (m *Machine) Leave(at time.Duration, c Client) []Effect {
	m.Tick(at)
	requests := slices.Sorted(maps.Keys(m.claims[c]))
	for _, waiting := range []bool{true, false} {
		for _, r := range requests {
			t := Ticket{c, r}
			if cl := m.claim(t); cl != nil && cl.waits() == waiting {
				m.close(t)
				cl.end(m)
			}
		}
	}
	return m.out
}

// InUse returns how many names are in use.
func (m *Machine) InUse() int {
	return len(m.locks) + len(m.semaphores) + len(m.events) + len(m.queues) + len(m.variables) + len(m.topics)
}

// Bytes returns the size of all values, keys not counted.
func (m *Machine) Bytes() int64 { return m.bytes }

func (m *Machine) do(e Effect) { m.out = append(m.out, e) }

// answer tells the client of t, unless it does not want to hear.
func (m *Machine) answer(t Ticket, a Answer) {
	if t.Request != 0 {
		a.Ticket = t
		m.do(a)
	}
}

// done answers that it was done if ok, and else that it was not.
func (m *Machine) done(t Ticket, ok bool) {
	if ok {
		m.answer(t, Answer{Outcome: Done})
	} else {
		m.answer(t, Answer{Outcome: Not})
	}
}
