package server

import (
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// status says how this worker is.
func (l *loop) status() *pb.WorkerStatus {
	u := l.store.Usage()
	p := processMemory()
	s := &pb.WorkerStatus{
		Managed: u.Managed, Spilled: u.OnDisk, PeakManaged: u.Peak, Process: p.all, PeakProcess: p.peak,
		FetchedBytes: l.data.Fetched(), MappedBytes: l.data.Mapped(), ServedBytes: l.served(), TasksRun: l.tasksRun,
		Heap: max(0, p.own-l.heap.results().heap-l.o.deviceHost), DeviceHost: l.o.deviceHost,
		HeapLimit: l.heap.limit, CollectorSeconds: collectorSeconds(), Paused: l.paused, Stuck: l.stuck,
	}
	for _, t := range l.running() {
		s.Running = append(s.Running, uint64(t))
	}
	return s
}

// running returns what threads have taken up, in order: what only lines up for
// them is not to blame if this process dies.
func (l *loop) running() []graph.TaskID {
	var ids []graph.TaskID
	for id, x := range l.execs { // sorted below
		x.mu.Lock()
		if x.begun {
			ids = append(ids, id.task)
		}
		x.mu.Unlock()
	}
	slices.Sort(ids)
	return ids
}
