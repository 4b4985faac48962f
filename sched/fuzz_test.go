package sched

import (
	"fmt"
	"hash"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"pgregory.net/rapid"
)

// A world plays server, workers and clients for one machine: bytes decide what
// happens next. Some of it could not happen, such as a worker's report of what
// it was never given: the machine must survive that, too.
type world struct {
	t        rapid.TB
	m        *Machine
	data     []byte
	now      time.Duration
	run      uint32
	worker   WorkerID
	clients  ClientID
	asked    uint32            // requests to coordinate, of all clients
	last     map[string]string // what each client heard last of each key
	said     hash.Hash64       // all actions
	requests uint32            // calls of actors
	given    map[WorkerID]map[graph.TaskID]uint32
}

func newWorld(t rapid.TB, data []byte) *world {
	w := &world{t: t, data: data, last: map[string]string{}, given: map[WorkerID]map[graph.TaskID]uint32{}, said: fnv.New64a(), m: New(Config{NoWorkerTimeout: time.Second, AllowedFailures: 1})}
	w.turnJoin()
	w.clients++
	w.step(ClientJoined{w.now, w.clients})
	return w
}

func (w *world) next(n int) int {
	if len(w.data) == 0 {
		return 0
	}
	b := w.data[0]
	w.data = w.data[1:]
	return int(b) % n
}

func (w *world) step(e Event) {
	actions := w.m.Step(e)
	w.reported(e)
	w.said.Write([]byte(show(actions)))
	for _, a := range actions {
		switch a := a.(type) {
		case Ready:
			w.last[fmt.Sprint(a.Client, a.Key.Name)] = "ready"
			if len(a.Holders) == 0 {
				w.t.Fatalf("%T: ready without a holder: %v", e, a)
			}
		case Lost:
			if was := w.last[fmt.Sprint(a.Client, a.Key.Name)]; was != "ready" {
				w.t.Fatalf("%T: %v is lost, and was %q", e, a, was)
			}
			w.last[fmt.Sprint(a.Client, a.Key.Name)] = "lost"
		case Erred:
			w.last[fmt.Sprint(a.Client, a.Key.Name)] = "erred"
		case Assign:
			w.assigned(e, a)
		case Abort:
			w.ended(a.Worker, a.Task, a.Attempt)
		}
	}
	if err := w.m.Check(); err != nil {
		w.t.Fatalf("after %T %+v: %v", e, e, err)
	}
}

// assigned notes what a worker is given. It can only compute a task from inputs
// that somebody holds or that it was given before, and still has, to compute.
func (w *world) assigned(e Event, a Assign) {
	given := w.given[a.Worker]
	if given == nil {
		given = map[graph.TaskID]uint32{}
		w.given[a.Worker] = given
	}
	for _, t := range a.Tasks {
		for _, d := range t.Deps {
			if _, computes := given[d.Task]; len(d.Holders) == 0 && !computes {
				w.t.Fatalf("%T: %v is assigned to %d, and %v has no holder", e, t.Task, a.Worker, d.Task)
			}
		}
		given[t.Task] = t.Attempt
	}
}

// reported notes that a worker does not work any more at what it reports.
func (w *world) reported(e Event) {
	switch e := e.(type) {
	case Finished:
		for _, d := range e.Tasks {
			w.ended(e.Worker, d.Task, d.Attempt)
		}
	case Failed:
		w.ended(e.Worker, e.Task, e.Attempt)
	case Missing:
		w.ended(e.Worker, e.Task, e.Attempt)
	case Yielded:
		if e.OK {
			w.ended(e.Worker, e.Task, e.Attempt)
		}
	}
}

func (w *world) ended(at WorkerID, id graph.TaskID, attempt uint32) {
	if w.given[at][id] == attempt {
		delete(w.given[at], id)
	}
}

func (w *world) graph() *graph.Graph {
	b := &graph.Builder{}
	refs := []graph.Ref{}
	for range 1 + w.next(8) {
		c := graph.Class{Op: fmt.Sprint("op", w.next(3))}
		switch w.next(8) {
		case 0:
			c.Spec.Resources = graph.Resources{{Name: "GPU", Milli: int64(500 + 500*w.next(2))}}
		case 1:
			c.Spec.Workers, c.Spec.Loose = []string{fmt.Sprint("w", 1+w.next(4))}, w.next(2) == 0
		case 2:
			c.Spec.Retries, c.Spec.Priority = int32(w.next(3)), int32(w.next(2))
		case 4:
			c.Spec.Actor = true
		case 3:
			c.Cost.Output = int64(w.next(200)) << 12
		}
		var deps []graph.Dep
		for range w.next(4) {
			if k := w.next(len(refs) + 1); k < len(refs) {
				deps = append(deps, graph.Dep{Ref: refs[k], Part: int32(w.next(3) - 1)})
			} else {
				deps = append(deps, b.Input(w.key()).Whole())
			}
		}
		refs = append(refs, b.Add(c, nil, deps...))
	}
	for range 1 + w.next(3) {
		b.Output(refs[w.next(len(refs))], w.key())
	}
	return b.Graph()
}

func (w *world) key() graph.Key       { return key(fmt.Sprint("k", w.next(12))) }
func (w *world) someWorker() WorkerID { return WorkerID(max(1, int(w.worker)-w.next(5))) }
func (w *world) someClient() ClientID { return ClientID(max(1, int(w.clients)-w.next(3))) }

// someTask is a task in state s if there is one.
func (w *world) someTask(s State) (graph.TaskID, uint32, WorkerID) {
	var is []uint32
	for _, i := range w.m.known() {
		if w.m.tasks.hot(i).state == s {
			is = append(is, i)
		}
	}
	if len(is) == 0 || w.next(20) == 0 {
		return graph.NewTaskID(uint32(w.next(int(w.run)+1)), uint32(w.next(8))), uint32(w.next(3)), w.someWorker()
	}
	i := is[w.next(len(is))]
	return w.m.id(i), w.m.tasks.cold(i).attempt, w.m.workerID(w.m.tasks.hot(i).holder)
}

func (w *world) turnJoin() {
	w.worker++
	e := WorkerJoined{At: w.now, Worker: w.worker, Name: fmt.Sprint("w", 1+int(w.worker)%4), Threads: 1 + w.next(3)}
	if w.next(2) == 0 {
		e.Memory = int64(300+300*w.next(2)) << 12
	}
	if w.next(2) == 0 {
		e.Resources = graph.Resources{{Name: "GPU", Milli: 1000}}
	}
	w.step(e)
}

func (w *world) turnReport() {
	switch w.next(10) {
	case 9:
		w.answerOrder()
	case 8:
		w.answerReclaim()
	case 0, 1, 2, 3:
		e, unit := Finished{At: w.now}, []time.Duration{time.Millisecond, time.Microsecond}[w.next(2)]
		for range 1 + w.next(3) {
			id, attempt, at := w.someTask(StateProcessing)
			e.Worker = at
			e.Tasks = append(e.Tasks, Done{id, attempt, int64(w.next(100)) << 12, time.Duration(w.next(5)*w.next(5)) * unit})
			e.Inline = append(e.Inline, strings.Repeat("x", w.next(4)))
		}
		w.step(e)
	case 4:
		id, attempt, at := w.someTask(StateProcessing)
		w.step(Failed{w.now, at, id, attempt, &graph.TaskError{Kind: graph.Kind(w.next(4)), Message: "no"}})
	case 5:
		id, attempt, at := w.someTask(StateProcessing)
		dep, _, holder := w.someTask(StateMemory)
		w.step(Missing{w.now, at, id, attempt, dep, []WorkerID{holder}})
	case 6:
		id, _, _ := w.someTask(StateMemory)
		w.step(Replicated{At: w.now, Worker: w.someWorker(), Tasks: []graph.TaskID{id}})
	case 7:
		id, _, at := w.someTask(StateProcessing)
		w.step(WorkerStatus{At: w.now, Worker: at, Paused: w.next(3) == 0, Running: []graph.TaskID{id}})
	}
}

// answerReclaim answers for a task that is asked for, or for another one.
func (w *world) answerReclaim() {
	id, attempt, at := w.someTask(StateProcessing)
	for _, i := range w.m.known() {
		if _, asked := w.m.thefts[i]; asked {
			id, attempt, at = w.m.id(i), w.m.tasks.cold(i).attempt, w.m.workerID(w.m.tasks.hot(i).holder)
			break
		}
	}
	w.step(Yielded{w.now, at, id, attempt, w.next(3) > 0})
}

// answerOrder answers for a copy that is ordered, or for another one.
func (w *world) answerOrder() {
	id, _, _ := w.someTask(StateMemory)
	at := w.someWorker()
	for _, i := range w.m.known() {
		if cs := w.m.copyings[i]; len(cs) > 0 {
			id, at = w.m.id(i), cs[w.next(len(cs))].to
			break
		}
	}
	if w.next(3) == 0 {
		w.step(Uncopied{w.now, at, []graph.TaskID{id}})
		return
	}
	w.step(Replicated{At: w.now, Worker: at, Tasks: []graph.TaskID{id}})
}

func (w *world) turnClient() {
	c := w.someClient()
	switch w.next(13) {
	case 11:
		w.step(ReplicateKeys{w.now, c, []graph.Key{w.key(), w.key()}, w.next(4)})
	case 12:
		w.step(Rebalance{w.now, c, []graph.Key{w.key(), w.key()}[:w.next(3)]})
	case 0, 1, 2:
		w.run++
		w.step(Submit{w.now, c, w.run, w.graph(), w.parent()})
	case 3, 4:
		w.step(Release{w.now, c, []graph.Key{w.key(), w.key()}})
	case 5:
		w.step(Cancel{w.now, c, []graph.Key{w.key()}})
	case 6:
		w.step(Retry{w.now, c, []graph.Key{w.key()}})
	case 7:
		w.step(Gone{w.now, c, w.key(), w.someWorker()})
	case 8:
		w.run++
		e := Scatter{At: w.now, Client: c, Run: w.run, Keys: []graph.Key{w.key(), w.key()}, Bytes: []int64{10, 200_000}}
		if w.next(4) == 0 {
			e.Workers = []WorkerID{w.someWorker()}
		}
		w.step(e)
	case 9:
		id, _, _ := w.someTask(StateWaiting)
		w.step(Scattered{w.now, c, []graph.TaskID{id, graph.NewTaskID(w.run, 0)}})
	case 10:
		id, _, _ := w.someTask(StateWaiting)
		w.step(Abandoned{w.now, c, []graph.TaskID{id, graph.NewTaskID(w.run, 1)}})
	}
}

func (w *world) turn() {
	w.now += time.Duration(w.next(50)) * time.Millisecond
	switch w.next(22) {
	case 20, 21:
		w.turnTask()
	case 0, 1:
		w.turnJoin()
	case 2:
		w.step(WorkerLeft{w.now, w.someWorker(), "killed", w.next(4) == 0})
	case 3:
		w.step(Tick{w.now})
	case 4:
		if w.next(4) == 0 {
			w.step(Retire{w.now, w.someWorker()})
		}
	case 5:
		if w.next(2) == 0 {
			w.step(ClientLeft{w.now, w.someClient()})
		}
		w.clients++
		w.step(ClientJoined{w.now, w.clients})
	case 6, 7, 8, 9:
		w.turnClient()
	case 16:
		w.turnCatalog()
	case 17, 18, 19:
		w.turnCoordinate(w.someClient())
	default:
		w.turnReport()
	}
}

// finish lets everything come to its end: nothing may be stuck, and when
// everybody has gone nothing may be left.
func (w *world) finish() {
	for id := range w.worker {
		w.step(WorkerStatus{At: w.now, Worker: id + 1})
	}
	w.worker++
	w.step(WorkerJoined{At: w.now, Worker: w.worker, Name: "w9", Threads: 1})
	for range 2000 {
		var done Finished
		for _, i := range w.m.known() {
			if t := w.m.tasks.hot(i); t.state == StateProcessing {
				done = Finished{At: w.now, Worker: w.m.workerID(t.holder), Tasks: []Done{{w.m.id(i), w.m.tasks.cold(i).attempt, 1, 1}}}
				break
			}
		}
		if done.Tasks == nil {
			break
		}
		w.step(done)
	}
	w.now += time.Minute
	w.step(Tick{w.now})
	for _, i := range w.m.known() {
		if t := w.m.tasks.hot(i); t.state.active() && !w.waitsForClient(i) {
			w.t.Fatalf("task %v is stuck in %v", w.m.id(i), t.state)
		}
	}
	w.emptyCatalog()
	for c := range w.clients {
		w.step(ClientLeft{w.now, c + 1})
	}
	w.forgetNames()
	if in := w.m.Info(); w.m.tasks.live > 0 || len(w.m.runByID)+w.m.names.live+len(w.m.sharers)+len(w.m.errs)+
		len(w.m.uses)+len(w.m.actors)+len(w.m.calls)+len(w.m.away)+len(w.m.copies)+len(w.m.kills)+len(w.m.thefts)+len(w.m.copyings)+len(w.m.asked)+len(w.m.pins) > 0 || in.Clients > 0 {
		w.t.Fatalf("left: %d tasks, %d runs, %d keys", w.m.tasks.live, len(w.m.runByID), w.m.names.live)
	}
}

// waitsForClient reports whether i waits for a value that its client has not
// brought yet.
func (w *world) waitsForClient(i uint32) bool {
	if w.m.tasks.hot(i).brought {
		return true
	}
	r, deps := w.m.deps(i)
	for _, d := range deps {
		if j := r.at(d.Ref); j != none && w.m.tasks.hot(j).state == StateWaiting && w.waitsForClient(j) {
			return true
		}
	}
	return false
}

// play returns a hash of all that the machine said.
func play(t rapid.TB, data []byte) uint64 {
	w := newWorld(t, data)
	for len(w.data) > 0 {
		w.turn()
	}
	w.finish()
	return w.said.Sum64()
}

func FuzzStep(f *testing.F) {
	f.Add([]byte{1, 0, 0, 2, 6, 0, 3, 1, 2, 0, 9, 10, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) { play(t, data) })
}

// TestRandomWorlds: rapid finds the shortest sequence of events that breaks an
// invariant, or to which the machine does not always answer the same.
func TestRandomWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), rapid.IntRange(0, 2000).Draw(t, "length"), -1).Draw(t, "data")
		if a, b := play(t, data), play(t, data); a != b {
			t.Fatalf("the same events gave other actions")
		}
	})
}
