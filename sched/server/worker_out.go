package server

import (
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// tasksPerMessage bounds the assignments of one message, so that a worker can
// begin with the first while the others are written.
const tasksPerMessage = 1024

// bytesPerMessage bounds what inlined dependencies add to that.
const bytesPerMessage = 1 << 20

// A stage is a kind of content of a message, in the order in which the
// receiver obeys.
type stage int

const (
	stageEmpty stage = iota
	stageAbort
	stageFree
	stageAssign
	stageReclaim
	stageReplicate
	stageCall
	stageRun
	stageDismiss
)

// toWorker is the message that is being filled for a worker. Peers may be
// added at any stage: they are read first, and knowing one earlier does no
// harm.
type toWorker struct {
	m      *pb.ToWorker
	assign wire.AssignWriter
	stage  stage
	cost   int
	hurry  bool            // something in it is not to wait
	told   []bool          // by WorkerID: the peers that the worker knows
	orders map[uint32]bool // runs whose order the message says
}

// at returns the message to which content of stage s may be added, that is not to
// wait.
func (w *worker) at(l *loop, s stage) *pb.ToWorker {
	m := w.patientAt(l, s)
	w.out.hurry = true
	return m
}

// patientAt is at for what may wait for company.
func (w *worker) patientAt(l *loop, s stage) *pb.ToWorker {
	if s < w.out.stage || w.out.assign.Tasks() >= tasksPerMessage || w.out.cost >= bytesPerMessage {
		w.flushMessage()
	}
	if !w.dirty {
		w.dirty = true
		l.dirtyWorkers = append(l.dirtyWorkers, w)
	}
	if w.out.m == nil {
		w.out.m = &pb.ToWorker{}
	}
	w.out.stage = s
	w.out.cost += 64
	return w.out.m
}

// patientFrees is how many small results a worker may hold for nobody: 4 MiB at
// most, as sched calls up to 16 KiB small.
const patientFrees = 256

// mayWait reports whether nothing in the message is urgent: small results that
// nobody needs any more. Most often an assignment follows soon, which saves a
// message.
func (w *worker) mayWait() bool {
	return w.out.m != nil && !w.out.hurry && len(w.out.m.Free) < patientFrees
}

func (w *worker) flush() {
	w.flushMessage()
	w.dirty = false
}

func (w *worker) flushMessage() {
	o := &w.out
	if o.m == nil {
		return
	}
	o.m.Assign = o.assign.Message()
	w.line.put(o.m, o.cost+len(o.m.Assign.GetAttr()))
	w.out = toWorker{told: o.told}
}

func (w *worker) abort(l *loop, a sched.Abort) {
	m := w.at(l, stageAbort)
	m.AbortTask = append(m.AbortTask, uint64(a.Task))
	m.AbortAttempt = append(m.AbortAttempt, a.Attempt)
}

func (w *worker) free(l *loop, a sched.Free) {
	m := w.patientAt(l, stageFree)
	if len(m.Free) > 0 && m.FreeHeard != a.Heard {
		w.flushMessage()
		m = w.patientAt(l, stageFree)
	}
	w.out.hurry = w.out.hurry || !a.Patient
	m.FreeHeard = a.Heard
	for _, t := range a.Tasks {
		m.Free = append(m.Free, uint64(t))
	}
	w.out.cost += 8 * len(a.Tasks)
}

func (w *worker) reclaim(l *loop, a sched.Reclaim) {
	m := w.at(l, stageReclaim)
	m.ReclaimTask = append(m.ReclaimTask, uint64(a.Task))
	m.ReclaimAttempt = append(m.ReclaimAttempt, a.Attempt)
}

func (w *worker) replicate(l *loop, a sched.Replicate) {
	m := w.at(l, stageReplicate)
	if m.Replicate == nil {
		m.Replicate = &pb.Replicate{}
	}
	r := m.Replicate
	for _, d := range a.Items {
		r.Task, r.Bytes = append(r.Task, uint64(d.Task)), append(r.Bytes, d.Bytes)
		for _, h := range d.Holders {
			r.Holder = append(r.Holder, uint32(h))
			w.out.told, m.Peers = l.tell(w.out.told, h, m.Peers)
		}
		r.HolderEnd = append(r.HolderEnd, uint32(len(r.Holder)))
	}
	w.out.cost += 32 * len(a.Items)
}

func (w *worker) dismiss(l *loop, a sched.Dismiss) {
	w.at(l, stageDismiss).Dismiss = a.Reason
	w.dismissed = true
}

func (w *worker) assign(l *loop, a sched.Assign) {
	for i := range a.Tasks {
		t := &a.Tasks[i]
		m := w.at(l, stageAssign)
		if t.Order != 0 {
			w.order(t.Task.Run(), t.Order)
		}
		row := int(t.Task.Index())
		w.out.assign.Task(t.Task, t.Attempt, t.Graph.TaskClass(row), t.Graph.TaskAttr(row))
		if t.Awaited {
			w.out.assign.Await()
		}
		for _, d := range t.Deps {
			w.out.assign.Dep(d.Task, d.Part, d.Bytes)
			w.out.cost += 32
			for _, h := range d.Holders {
				w.out.assign.Holder(uint32(h))
				w.out.told, m.Peers = l.tell(w.out.told, h, m.Peers)
			}
			if d.First != 0 {
				w.out.assign.First(uint32(d.First))
				w.out.told, m.Peers = l.tell(w.out.told, d.First, m.Peers)
			}
			if d.Inline != "" {
				w.out.assign.Inline(d.Inline)
				w.out.cost += len(d.Inline)
			}
		}
	}
}

// tell adds worker h to peers unless told says that the receiver knows it.
func (l *loop) tell(told []bool, h sched.WorkerID, peers []*pb.Peer) ([]bool, []*pb.Peer) {
	if int(h) < len(told) && told[h] {
		return told, peers
	}
	if n := int(l.lastWorker) + 1; len(told) < n {
		told = append(told, make([]bool, n-len(told))...)
	}
	told[h] = true
	p := l.worker(h).hello
	return told, append(peers, &pb.Peer{Worker: uint32(h), Name: p.Name, Host: p.Host, Address: p.Address})
}

func taskIDs(ids []uint64) []graph.TaskID {
	ts := make([]graph.TaskID, len(ids))
	for i, id := range ids {
		ts[i] = graph.TaskID(id)
	}
	return ts
}
