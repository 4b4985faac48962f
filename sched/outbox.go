package sched

import "github.com/ashlar-go/ashlar/graph"

// An outbox gathers what goes to each worker during a step, so that a worker
// gets one message to free and one to assign. What is freed goes out before
// what is assigned: a task can be freed and assigned again in one step, and
// while it is assigned it is not freed.
type outbox struct {
	touched []*worker
	deps    []Dep          // slab that Assignment.Deps are cut from
	tasks   []Assignment   // slab that Assign.Tasks are cut from
	lists   [][]Assignment // empty ones, to gather in
	ids     []WorkerID     // slab that Dep.Holders are cut from
}

// pending is the part of the outbox for one worker.
type pending struct {
	touched bool
	assign  []Assignment
	free    []graph.TaskID
	copies  []Dep
}

func (b *outbox) touch(w *worker) *pending {
	if !w.out.touched {
		w.out.touched = true
		b.touched = append(b.touched, w)
	}
	return &w.out
}

func (b *outbox) free(w *worker, id graph.TaskID) {
	p := b.touch(w)
	p.free = append(p.free, id)
}

func (b *outbox) assign(w *worker, a Assignment) {
	p := b.touch(w)
	if n := len(b.lists); p.assign == nil && n > 0 {
		p.assign, b.lists = b.lists[n-1], b.lists[:n-1]
	}
	p.assign = append(p.assign, a)
}

func (b *outbox) replicate(w *worker, d Dep) {
	p := b.touch(w)
	p.copies = append(p.copies, d)
}

// send empties the outbox of w into the actions.
func (m *Machine) send(w *worker) {
	p := &w.out
	if len(p.free) > 0 && !w.gone {
		m.do(Free{w.id, p.free})
	}
	if len(p.assign) > 0 && !w.gone {
		m.do(Assign{w.id, m.box.cut(p.assign)})
	}
	m.box.recycle(p.assign)
	if len(p.copies) > 0 && !w.gone {
		m.do(Replicate{w.id, p.copies})
	}
	p.free, p.assign, p.copies = nil, nil, nil
}

func (m *Machine) sendAll() {
	for _, w := range m.box.touched {
		m.send(w)
		w.out.touched = false
	}
	m.box.touched = m.box.touched[:0]
}

// newDeps returns n dependencies to fill in. Slabs are not used again: an
// action may be kept for as long as its receiver likes.
func (b *outbox) newDeps(n int) []Dep {
	if n > len(b.deps) {
		b.deps = make([]Dep, max(n, 256))
	}
	ds := b.deps[:n:n]
	b.deps = b.deps[n:]
	return ds
}

func (b *outbox) newIDs(n int) []WorkerID {
	if n > len(b.ids) {
		b.ids = make([]WorkerID, max(n, 512))
	}
	ids := b.ids[:n:n]
	b.ids = b.ids[n:]
	return ids
}

// cut copies what was gathered to where it stays.
func (b *outbox) cut(as []Assignment) []Assignment {
	n := len(as)
	if n > len(b.tasks) {
		b.tasks = make([]Assignment, max(n, 64))
	}
	ts := b.tasks[:n:n]
	b.tasks = b.tasks[n:]
	copy(ts, as)
	return ts
}

// recycle keeps a few lists to gather in again.
func (b *outbox) recycle(as []Assignment) {
	if as != nil && len(b.lists) < 16 && cap(as) <= 2*tinyTasks {
		clear(as)
		b.lists = append(b.lists, as[:0])
	}
}
