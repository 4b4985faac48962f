package worker

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A world plays scheduler, store and peers for one machine: bytes decide what
// happens next, always something that may happen.
type world struct {
	t       testing.TB
	m       *Machine
	data    []byte
	now     time.Duration
	runs    []Run
	fetches []Fetch
	store   map[Item]bool
	attempt map[graph.TaskID]uint32
	open    map[graph.TaskID]bool // assigned and not answered
	spills  []Spill
	short   bool // a Short has no answer yet
}

// kib makes sizes such that some values are large enough to be spilled.
const kib = 1 << 10

func newWorld(t testing.TB, data []byte) *world {
	return &world{
		t: t, data: data, store: map[Item]bool{}, attempt: map[graph.TaskID]uint32{}, open: map[graph.TaskID]bool{},
		m: New(Config{Lanes: []Lane{{"cpu", 2}, {"gpu", 1}}, Memory: 500 * kib, Ahead: 2, FetchBytes: 64 * kib, FetchItems: 3,
			SpillAbove: 0.7, SpillTo: 0.4}),
	}
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
	if _, ok := e.(Reset); ok {
		w.short = false // who waited was aborted
	}
	for _, a := range w.m.Step(e) {
		switch a := a.(type) {
		case Run:
			for _, d := range a.Task.Deps {
				if d.Inline == nil && !w.store[d.Item] && !w.store[Item{d.Task, -1}] {
					w.t.Fatalf("task %v runs without %v", a.Task.ID, d.Item)
				}
			}
			w.runs = append(w.runs, a)
		case Spill:
			if !w.store[a.Item] {
				w.t.Fatalf("%v is moved to disk, which is not there", a.Item)
			}
			w.spills = append(w.spills, a)
		case Starve, Relieved:
			w.short = false
		case Fetch:
			w.fetches = append(w.fetches, a)
		case Drop:
			if !w.store[a.Item] {
				w.t.Fatalf("drop of %v, which is not in the store", a.Item)
			}
			delete(w.store, a.Item)
		case Report:
			w.answered(a.Tasks[0].Task, a.Tasks[0].Attempt)
		case ReportFailed:
			w.answered(a.Task, a.Attempt)
		case ReportYielded:
			if a.OK {
				w.answered(a.Task, a.Attempt)
			}
		case ReportMissing:
			w.answered(a.Task, a.Attempt)
		}
	}
	if err := w.m.Check(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) answered(id graph.TaskID, attempt uint32) {
	if !w.open[id] || w.attempt[id] != attempt {
		w.t.Fatalf("an answer about attempt %d of %v, which is not open (now %d)", attempt, id, w.attempt[id])
	}
	delete(w.open, id)
}

func (w *world) assign() {
	id := graph.NewTaskID(1, uint32(20+w.next(20)))
	w.attempt[id]++
	w.open[id] = true
	t := Task{ID: id, Attempt: w.attempt[id], Lane: w.next(2), Class: &graph.Class{}}
	t.Class.Spec.Priority = int32(w.next(3))
	t.Class.Cost.Output = int64(w.next(200)) * kib
	for range w.next(4) {
		d := Dep{Item: Item{graph.NewTaskID(1, uint32(w.next(20))), int32(w.next(3)) - 1}, Bytes: int64(w.next(100)) * kib}
		for p := range w.next(4) {
			d.Holders = append(d.Holders, PeerID(p+1))
		}
		if len(d.Holders) > 0 {
			d.First = PeerID(max(0, w.next(8)-3))
		}
		if w.next(4) == 0 {
			d.Inline = []byte("x")
		}
		t.Deps = append(t.Deps, d)
	}
	for own := int(id.Index()) - 20; own > 0 && w.next(3) > 0; { // follows on others that are assigned here, or not
		it := Item{graph.NewTaskID(1, uint32(20+w.next(own))), int32(w.next(3)) - 1}
		t.Deps = append(t.Deps, Dep{Item: it})
	}
	w.step(Assign{Tasks: []Task{t}})
}

func (w *world) endRun() {
	if len(w.runs) == 0 {
		return
	}
	i := w.next(len(w.runs))
	r := w.runs[i].Task
	w.runs = append(w.runs[:i], w.runs[i+1:]...)
	if w.next(4) == 0 {
		w.step(Failed{Task: r.ID, Attempt: r.Attempt, Err: &graph.TaskError{}})
		return
	}
	w.store[Item{r.ID, -1}] = true
	w.step(Done{Task: r.ID, Attempt: r.Attempt, Bytes: int64(w.next(100)) * kib})
}

// endSpill ends the writing of a value, unless that was dropped.
func (w *world) endSpill() {
	if len(w.spills) == 0 {
		return
	}
	i := w.next(len(w.spills))
	a := w.spills[i]
	w.spills = append(w.spills[:i], w.spills[i+1:]...)
	w.step(Spilled{At: w.now, Request: a.Request, OK: w.store[a.Item] && w.next(4) < 3, Bytes: int64(w.next(200)) * kib, Parts: w.next(9)})
}

func (w *world) endFetch() {
	if len(w.fetches) == 0 {
		return
	}
	i := w.next(len(w.fetches))
	f := w.fetches[i]
	w.fetches = append(w.fetches[:i], w.fetches[i+1:]...)
	e := Fetched{Request: f.Request, Peer: f.Peer, Err: []FetchError{FetchOK, FetchOK, PeerBusy, PeerGone}[w.next(4)]}
	for _, it := range f.Items {
		switch w.next(3) {
		case 0:
			e.Absent = append(e.Absent, it)
		case 1:
			if e.Err != FetchOK {
				continue
			}
			fallthrough
		default:
			w.store[it] = true
			e.Got = append(e.Got, Arrival{Item: it, Bytes: int64(10+w.next(90)) * kib})
		}
	}
	w.step(e)
}

func (w *world) turn() {
	switch w.next(15) {
	case 14:
		w.short = true
		w.step(Short{At: w.now, Bytes: int64(1+w.next(200)) * kib})
	case 12, 13:
		w.endSpill()
	case 11:
		d := Dep{Item: Item{graph.NewTaskID(1, uint32(w.next(20))), -1}, Bytes: int64(w.next(100)) * kib}
		for p := range w.next(4) {
			d.Holders = append(d.Holders, PeerID(p+1))
		}
		w.step(Replicate{Items: []Dep{d}})
	case 10:
		id := graph.NewTaskID(1, uint32(20+w.next(20)))
		w.step(Reclaim{Task: id, Attempt: w.attempt[id]})
	case 0, 1, 2:
		w.assign()
	case 3, 4:
		w.endRun()
	case 5, 6:
		w.endFetch()
	case 7:
		id := graph.NewTaskID(1, uint32(20+w.next(20)))
		delete(w.open, id)
		w.step(Abort{Task: id, Attempt: w.attempt[id]})
	case 8:
		w.step(Free{Tasks: []graph.TaskID{graph.NewTaskID(1, uint32(w.next(40)))}, Heard: w.m.said - min(w.m.said, uint64(w.next(3)))})
	case 9:
		w.now += time.Duration(w.next(100)) * time.Millisecond
		w.step(Pressure{At: w.now, Paused: w.next(4) == 0})
	}
}

// finish lets everything come to its end: nothing may be stuck.
func (w *world) finish() {
	w.step(Pressure{})
	for range 1000 {
		w.now += time.Second
		w.step(Tick{w.now, int64(w.next(6)) * 100 * kib})
		w.endRun()
		w.endFetch()
		w.endSpill()
	}
	if len(w.open) > 0 || !w.m.Idle() || len(w.spills) > 0 || w.short {
		w.t.Fatalf("stuck: open %v, %d runs, %d fetches, %d spills, short %t", w.open, len(w.runs), len(w.fetches), len(w.spills), w.short)
	}
	w.step(Reset{})
	if len(w.store) > 0 || !w.m.Drained() || w.m.OnDisk() != 0 {
		w.t.Fatalf("after a reset the store still has %v", w.store)
	}
}

func play(t testing.TB, data []byte) {
	w := newWorld(t, data)
	for len(w.data) > 0 {
		w.turn()
	}
	w.finish()
}

func FuzzStep(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Fuzz(func(t *testing.T, data []byte) { play(t, data) })
}

func TestRandomWorlds(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		data := make([]byte, 2000)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		t.Logf("seed %d", seed)
		play(t, data)
	}
}
