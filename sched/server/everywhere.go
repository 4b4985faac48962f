package server

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// An everywhere is a call on several workers, beside their tasks, on its way.
// It is answered when every worker has answered or is gone, or when the client
// waits no more.
type everywhere struct {
	client  *client
	request uint32
	rows    map[sched.WorkerID]*pb.RanRow
	waits   map[sched.WorkerID]bool
}

// performOperation does what r asks of the workers themselves.
func (l *loop) performOperation(c *client, r *request) {
	m := r.m
	if m.Run != nil {
		l.runEverywhere(c, m.Request, m.Run)
	}
	if m.StopRun != 0 {
		l.stopRun(c, m.StopRun)
	}
	if len(m.RetireAll) > 0 {
		c.answer(l, m.Request, l.retireAll(m.RetireAll), nil)
	}
	if m.Restart != nil {
		l.restart(c)
		c.answer(l, m.Request, nil, nil)
	}
	if d := m.Death; d != nil {
		l.deaths.tell(deathOf{d.Worker, int(d.Pid)}, d.Cause)
	}
}

func (l *loop) runEverywhere(c *client, request uint32, e *pb.Everywhere) {
	ids := slices.Sorted(maps.Keys(l.workers))
	if len(e.Workers) > 0 {
		ids = nil
		for _, w := range e.Workers {
			id := sched.WorkerID(w)
			if l.workers[id] == nil {
				c.answer(l, request, wire.NotFound("worker %d is not in the cluster", w), nil)
				return
			}
			ids = append(ids, id)
		}
	}
	l.lastRunning++
	x := &everywhere{client: c, request: request, rows: map[sched.WorkerID]*pb.RanRow{}, waits: map[sched.WorkerID]bool{}}
	l.running[l.lastRunning] = x
	for _, id := range ids {
		w := l.workers[id]
		x.rows[id] = &pb.RanRow{Worker: w.hello.Name}
		x.waits[id] = true
		m := w.at(l, stageRun)
		m.Run = append(m.Run, &pb.Errand{Id: l.lastRunning, Op: e.Op, Attr: e.Attr})
		w.out.cost += len(e.Attr)
	}
	l.settleRun(l.lastRunning)
}

// ran takes the answer of one worker.
func (l *loop) ran(w *worker, r *pb.Ran) {
	x := l.running[r.Id]
	if x == nil || !x.waits[w.id] {
		return // nobody waits for it any more
	}
	delete(x.waits, w.id)
	x.rows[w.id].Value, x.rows[w.id].Error = r.Value, r.Error
	l.settleRun(r.Id)
}

// settleRun answers a call if it is complete.
func (l *loop) settleRun(id uint32) {
	x := l.running[id]
	if len(x.waits) > 0 {
		return
	}
	delete(l.running, id)
	if l.clients[x.client.id] != x.client {
		return
	}
	x.client.flush()
	m := x.client.at(l, stageInfo)
	m.Request, m.Ran = x.request, &pb.RanEverywhere{}
	for _, row := range x.rows { // sorted below
		m.Ran.Rows = append(m.Ran.Rows, row)
		x.client.out.cost += len(row.Value)
	}
	slices.SortFunc(m.Ran.Rows, func(a, b *pb.RanRow) int { return cmp.Compare(a.Worker, b.Worker) })
	x.client.flush()
}

// giveUpRun ends the wait for the workers that still run it.
func (l *loop) giveUpRun(id uint32, kind graph.Kind, why string) {
	x := l.running[id]
	for w := range x.waits { // each for itself
		x.rows[w].Error = wire.TaskErrorToPB(&graph.TaskError{Kind: kind, Worker: x.rows[w].Worker, Message: why})
		if w := l.workers[w]; w != nil {
			m := w.at(l, stageRun)
			m.StopRun = append(m.StopRun, id)
		}
	}
	clear(x.waits)
	l.settleRun(id)
}

// stopRun answers a call as far as it got.
func (l *loop) stopRun(c *client, request uint32) {
	for id, x := range l.running { // at most one is that request
		if x.client == c && x.request == request {
			l.giveUpRun(id, graph.KindCancelled, "its client waits no more")
		}
	}
}

// loseRuns answers for a worker that is gone.
func (l *loop) loseRuns(w *worker, cause string) {
	for _, id := range slices.Sorted(maps.Keys(l.running)) {
		if x := l.running[id]; x.waits[w.id] {
			l.ran(w, &pb.Ran{Id: id, Error: wire.TaskErrorToPB(&graph.TaskError{
				Kind: graph.KindKilled, Worker: w.hello.Name, Message: "the worker was lost: " + cause})})
		}
	}
}

// endRuns gives up what a client that left had running.
func (l *loop) endRuns(c *client) {
	for _, id := range slices.Sorted(maps.Keys(l.running)) {
		if l.running[id].client == c {
			l.giveUpRun(id, graph.KindCancelled, "its client left")
		}
	}
}

func (l *loop) retireAll(ids []uint32) error {
	for _, id := range ids {
		if l.workers[sched.WorkerID(id)] == nil {
			return wire.NotFound("worker %d is not in the cluster", id)
		}
	}
	for _, id := range ids {
		l.step(sched.Retire{At: l.now(), Worker: sched.WorkerID(id)})
	}
	return nil
}

// restart forgets all results, and has every worker start afresh.
func (l *loop) restart(c *client) {
	l.log.Warn("restart", "client", c.name)
	l.step(sched.Restart{At: l.now(), Why: "client " + c.name + " asked for it"})
	for _, id := range slices.Sorted(maps.Keys(l.workers)) {
		w := l.workers[id]
		w.line.end(wire.Disown("the cluster is restarted: this worker is to start afresh"))
		l.loseWorker(w, "the cluster was restarted", true)
	}
}
