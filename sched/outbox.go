package sched

import "github.com/ashlar-go/ashlar/graph"

// An outbox gathers what goes to each worker during a step, so that a worker
// gets one message to free and one to assign. What is freed goes out before
// what is assigned: a task can be freed and assigned again in one step, and
// while it is assigned it is not freed.
type outbox struct {
	touched []*worker
	deps    slab[Dep]
	ids     slab[WorkerID]
	tasks   slab[Assignment]
	freed   slab[graph.TaskID]
}

// pending is the part of the outbox for one worker.
type pending struct {
	touched bool
	urgent  bool // of what is freed, some is not small
	assign  []Assignment
	free    []graph.TaskID
	copies  []Dep
}

// smallFree is up to how many bytes it does not matter when a result is freed.
const smallFree = 16 << 10

// unknownBytes is the size of a result that is freed and may be of any.
const unknownBytes = smallFree + 1

func (b *outbox) touch(w *worker) *pending {
	if !w.out.touched {
		w.out.touched = true
		b.touched = append(b.touched, w)
	}
	return &w.out
}

// free has w drop the result id, of so many bytes.
func (b *outbox) free(w *worker, id graph.TaskID, bytes int64) {
	p := b.touch(w)
	p.urgent = p.urgent || bytes > smallFree
	if p.free == nil {
		p.free = b.freed.begin()
	}
	p.free = append(p.free, id)
}

func (b *outbox) assign(w *worker, a Assignment) {
	p := b.touch(w)
	if p.assign == nil {
		p.assign = b.tasks.begin()
	}
	p.assign = append(p.assign, a)
}

func (b *outbox) replicate(w *worker, d Dep) {
	p := b.touch(w)
	p.copies = append(p.copies, d)
}

// send empties the outbox of w into the actions.
func (m *Machine) send(w *worker) {
	p := w.out
	w.out = pending{touched: p.touched}
	if w.gone {
		m.box.freed.discard(p.free)
		m.box.tasks.discard(p.assign)
		return
	}
	if len(p.free) > 0 {
		m.do(Free{Worker: w.id, Tasks: m.box.freed.seal(p.free), Heard: w.heard, Patient: !p.urgent})
	}
	if len(p.assign) > 0 {
		for k := range p.assign {
			p.assign[k].Awaited = m.awaited(&p.assign[k], w)
		}
		m.do(Assign{w.id, m.box.tasks.seal(p.assign)})
	}
	if len(p.copies) > 0 {
		m.do(Replicate{w.id, p.copies})
	}
}

func (m *Machine) sendAll() {
	for _, w := range m.box.touched {
		m.send(w)
		w.out.touched = false
	}
	m.box.touched = m.box.touched[:0]
}
