package sched

import (
	"cmp"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// none is the index of no task, and the slot of no worker and no run.
const none = ^uint32(0)

// A task is what is looked at for every dependency of every task: 32 bytes.
type task struct {
	run     uint32 // slot in Machine.runs
	row     uint32 // of the run's graph
	waiting int32  // dependencies without a value, while Waiting
	needed  int32  // dependencies on this task of active tasks
	holder  uint32 // slot of the worker: where it is Processing, or first holder
	state   State
	brought bool // a value that a client brings: nobody can compute it
	seam    seam // while Processing
	bytes   int64
}

// A seam says whether something that follows on a task needs what is elsewhere
// than where it was given.
type seam uint8

const (
	unseen seam = iota // nobody looked
	within
	atSeam
)

// A detail is the rest of a task.
type detail struct {
	refs      int32 // dependencies on this task of known tasks
	readers   int32 // the most that refs ever was
	wants     int32 // clients' wants of its keys
	attempt   uint32
	prev      uint32 // in the list of its worker: what it processes or holds
	next      uint32
	queue     uint32 // while Queued or NoWorker: the id of the queue
	retries   uint16 // used
	misses    uint16 // how often a dependency could not be fetched, since the last value
	stranding uint32 // while NoWorker: the number in Machine.stranded
	name      uint32 // the last of its names; none: it has none
	expect    int64  // while Queued or Processing: estimated duration, ns
	reserve   int64  // while Processing: estimated bytes of the result
}

const pageBits = 10

// A page is 11 pages of the Go heap to the byte: one word more would cost eight
// bytes a task.
type page struct {
	hot  [1 << pageBits]task
	cold [1 << pageBits]detail
}

// A table holds all tasks under dense numbers, which are used again. Pages
// never move, so pointers into them stay good until the task is forgotten.
type table struct {
	pages []*page
	// inlined is what inline.go keeps of the tasks of each page; nil: nothing yet.
	inlined []*[1 << pageBits]string
	free    []uint32
	used    uint32 // numbers below were given out at some time
	live    int
}

func (tb *table) hot(i uint32) *task    { return &tb.pages[i>>pageBits].hot[i&(1<<pageBits-1)] }
func (tb *table) cold(i uint32) *detail { return &tb.pages[i>>pageBits].cold[i&(1<<pageBits-1)] }

// add returns the number of a new task, released.
func (tb *table) add(run, row uint32) uint32 {
	var i uint32
	if n := len(tb.free); n > 0 {
		i, tb.free = tb.free[n-1], tb.free[:n-1]
	} else {
		if i = tb.used; i>>pageBits == uint32(len(tb.pages)) {
			tb.pages, tb.inlined = append(tb.pages, &page{}), append(tb.inlined, nil)
		}
		tb.used++
	}
	tb.live++
	*tb.hot(i) = task{run: run, row: row, holder: none}
	*tb.cold(i) = detail{prev: none, next: none, queue: none, name: none}
	return i
}

// remove gives a number back; with the last task goes all memory but the first
// page, for the next one.
func (tb *table) remove(i uint32) {
	if tb.live--; tb.live == 0 {
		*tb = table{pages: tb.pages[:1:1], inlined: make([]*[1 << pageBits]string, 1)}
		return
	}
	tb.free = append(tb.free, i)
}

// A list of tasks, in order of arrival, linked through their details.
type list struct {
	head, tail uint32
	n          int
}

func newList() list { return list{head: none, tail: none} }

func (tb *table) push(l *list, i uint32) {
	c := tb.cold(i)
	c.prev, c.next = l.tail, none
	if l.tail == none {
		l.head = i
	} else {
		tb.cold(l.tail).next = i
	}
	l.tail = i
	l.n++
}

// pushFront is push to the other end.
func (tb *table) pushFront(l *list, i uint32) {
	c := tb.cold(i)
	c.prev, c.next = none, l.head
	if l.head == none {
		l.tail = i
	} else {
		tb.cold(l.head).prev = i
	}
	l.head = i
	l.n++
}

func (tb *table) unlink(l *list, i uint32) {
	c := tb.cold(i)
	if c.prev == none {
		l.head = c.next
	} else {
		tb.cold(c.prev).next = c.next
	}
	if c.next == none {
		l.tail = c.prev
	} else {
		tb.cold(c.next).prev = c.prev
	}
	c.prev, c.next = none, none
	l.n--
}

// all returns what l holds, in order.
func (tb *table) all(l *list) []uint32 {
	is := make([]uint32, 0, l.n)
	for i := l.head; i != none; i = tb.cold(i).next {
		is = append(is, i)
	}
	return is
}

// move makes a transition of task i and panics if it is none.
func (m *Machine) move(i uint32, to State) {
	t := m.tasks.hot(i)
	if legal[t.state]&(1<<to) == 0 {
		panic(fmt.Sprintf("sched: task %v goes from %v to %v\n%s", m.id(i), t.state, to, m.storyText(m.id(i))))
	}
	m.story.add(Transition{m.now, m.id(i), t.state, to, m.workerID(t.holder), m.tasks.cold(i).attempt})
	if t.state == StateMemory {
		m.uninline(i)
		m.endRelay(i)
	}
	m.counts[t.state]--
	m.counts[to]++
	t.state = to
}

// id returns the name of task i.
func (m *Machine) id(i uint32) graph.TaskID {
	t := m.tasks.hot(i)
	return graph.NewTaskID(m.runs[t.run].id, t.row)
}

// byID compares tasks by id.
func (m *Machine) byID(a, b uint32) int { return cmp.Compare(m.id(a), m.id(b)) }

// find returns the number of the task of that name, or none.
func (m *Machine) find(id graph.TaskID) uint32 {
	r := m.recent
	if r == nil || r.id != id.Run() {
		if r = m.runByID[id.Run()]; r == nil {
			return none
		}
		m.recent = r
	}
	if int(id.Index()) >= len(r.slots) {
		return none
	}
	i := r.slots[id.Index()]
	if i >= m.tasks.used {
		return none
	}
	if t := m.tasks.hot(i); t.state == StateForgotten || t.run != r.slot || t.row != id.Index() {
		return none // the row stands for a task of another run
	}
	return i
}
