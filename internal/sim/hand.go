package sim

import (
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// A hand is a worker of a plant: the real machine, a connection that carries
// one byte after the other each way, and threads.
type hand struct {
	p       *plant
	id      sched.WorkerID
	m       *worker.Machine
	has     map[worker.Item]struct{}
	serving int           // requests
	waiting []awaiting    // requests of one item each that is on its way here
	sent    time.Duration // when all that it was asked for has left
	got     time.Duration // when all that it asked for has come
	worked  time.Duration

	pending  []worker.Result // ended, and not reported yet
	flushed  time.Duration   // when something was reported last
	flushing bool            // that is to be looked at again
	awaited  bool            // somebody elsewhere waits for some of it
}

// maxServing is how many requests a worker answers at a time: that of the wire.
const maxServing = 128

func (p *plant) hire(k int) {
	h := &hand{p: p, id: sched.WorkerID(k + 1), has: map[worker.Item]struct{}{}}
	h.m = worker.New(worker.Config{Lanes: []worker.Lane{{Name: "cpu", Slots: p.c.Threads}}})
	p.hands = append(p.hands, h)
	p.hear(sched.WorkerJoined{Worker: h.id, Name: fmt.Sprintf("w%d", k), Host: fmt.Sprintf("h%d", k), Threads: p.c.Threads})
	p.at(time.Duration(k)*time.Second/time.Duration(p.c.Workers), h.beat)
	p.at(time.Duration(k)*tickEvery/time.Duration(p.c.Workers), h.tick)
}

// tickEvery is how often a worker's machine is told the time.
const tickEvery = 50 * time.Millisecond

func (h *hand) tick() {
	h.step(worker.Tick{At: h.p.now})
	h.p.after(tickEvery, h.tick)
}

// beat says how things are, every second.
func (h *hand) beat() {
	e := sched.WorkerStatus{Worker: h.id, Managed: h.m.Managed(), Running: h.m.Running()}
	h.p.post(0, func() sched.Event { e.At = h.p.now; return e })
	h.p.after(time.Second, h.beat)
}

// step gives the machine an event, now, and does what it says.
func (h *hand) step(e worker.Event) {
	actions := h.m.Step(e)
	for _, a := range append(make([]worker.Action, 0, len(actions)), actions...) {
		h.perform(a)
	}
	h.serveWaiting()
	h.flush()
}

// flush reports what has ended, now or in a while.
func (h *hand) flush() {
	if len(h.pending) == 0 {
		return
	}
	p := h.p
	if !h.awaited && p.now < h.flushed+p.c.Gap && h.m.Busy() > 0 {
		if !h.flushing {
			h.flushing = true
			p.at(h.flushed+p.c.Gap, func() { h.flushing = false; h.flush() })
		}
		return
	}
	tasks := h.pending
	h.pending, h.awaited, h.flushed = nil, false, p.now
	p.post(len(tasks), func() sched.Event {
		e := sched.Finished{At: p.now, Worker: h.id}
		for _, r := range tasks {
			e.Tasks = append(e.Tasks, sched.Done(r))
			small := ""
			if r.Bytes <= inlineLimit {
				small = "small"
			}
			e.Inline = append(e.Inline, small)
		}
		return e
	})
}

// An awaiting is a request for what its peer does not have yet.
type awaiting struct {
	to *hand
	f  worker.Fetch
}

// serveWaiting answers the requests for what has come, or will not come.
func (h *hand) serveWaiting() {
	kept := h.waiting[:0]
	for _, a := range h.waiting {
		if it := a.f.Items[0]; !h.holds(it) && h.m.Expects(it) {
			kept = append(kept, a)
			continue
		}
		h.p.after(0, func() { h.serve(a.to, a.f) })
	}
	clear(h.waiting[len(kept):])
	h.waiting = kept
}

func (h *hand) perform(a worker.Action) {
	p := h.p
	switch a := a.(type) {
	case worker.Fetch:
		p.after(p.c.Latency, func() { p.hands[a.Peer-1].serve(h, a) })
	case worker.Run:
		took := p.load.Took[p.thing(a.Task.ID)]
		id, attempt, awaited := a.Task.ID, a.Task.Attempt, a.Task.Awaited
		p.after(took, func() {
			h.awaited = h.awaited || awaited
			h.done(id, attempt, took)
		})
	case worker.Drop:
		delete(h.has, a.Item)
	case worker.Report:
		h.pending = append(h.pending, a.Tasks...)
	default:
		h.report(a)
	}
}

func (h *hand) report(a worker.Action) {
	p := h.p
	p.post(1, func() sched.Event {
		switch a := a.(type) {
		case worker.ReportMissing:
			e := sched.Missing{At: p.now, Worker: h.id, Task: a.Task, Attempt: a.Attempt, Dep: a.Dep}
			for _, x := range a.Holders {
				e.Holders = append(e.Holders, sched.WorkerID(x))
			}
			return e
		case worker.ReportReplicas:
			return sched.Replicated{At: p.now, Worker: h.id, Tasks: a.Tasks, Number: a.Number}
		case worker.ReportYielded:
			return sched.Yielded{At: p.now, Worker: h.id, Task: a.Task, Attempt: a.Attempt, OK: a.OK}
		case worker.ReportUncopied:
			return sched.Uncopied{At: p.now, Worker: h.id, Tasks: a.Tasks}
		}
		panic(fmt.Sprintf("sim: unknown action %T", a))
	})
}

func (h *hand) done(id graph.TaskID, attempt uint32, took time.Duration) {
	h.worked += took
	h.has[worker.Item{Task: id, Part: -1}] = struct{}{}
	h.step(worker.Done{At: h.p.now, Task: id, Attempt: attempt, Bytes: h.p.load.Bytes[h.p.thing(id)], Took: took})
}

// serve answers a request: one byte leaves after the other, and comes where it
// is wanted after what was on its way there before.
func (h *hand) serve(to *hand, f worker.Fetch) {
	p := h.p
	e := worker.Fetched{Request: f.Request, Peer: f.Peer}
	if it := f.Items[0]; len(f.Items) == 1 && !h.holds(it) && h.m.Expects(it) {
		h.waiting = append(h.waiting, awaiting{to, f})
		return
	}
	if h.serving++; h.serving > maxServing {
		h.serving--
		e.Err = worker.PeerBusy
		p.after(p.c.Latency, func() { e.At = p.now; to.step(e) })
		return
	}
	var bytes int64
	for _, it := range f.Items {
		if !h.holds(it) {
			e.Absent = append(e.Absent, it)
			continue
		}
		n := p.load.size(p.thing(it.Task), it.Part)
		bytes += n
		e.Got = append(e.Got, worker.Arrival{Item: it, Bytes: n})
	}
	took := time.Duration(float64(bytes) / p.c.Bandwidth * 1e9)
	h.sent = max(h.sent, p.now) + took
	to.got = max(to.got, h.sent-took) + took
	p.at(h.sent, func() { h.serving-- })
	p.at(max(h.sent, to.got)+p.c.Latency, func() {
		p.out.Moved += bytes
		p.out.Fetched += len(e.Got)
		for _, a := range e.Got {
			to.has[a.Item] = struct{}{}
		}
		e.At = p.now
		to.step(e)
	})
}

func (h *hand) holds(it worker.Item) bool {
	if _, has := h.has[it]; has {
		return true
	}
	_, has := h.has[worker.Item{Task: it.Task, Part: -1}]
	return has
}
