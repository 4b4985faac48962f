package server

import (
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// status says how this worker is.
func (l *loop) status() *pb.WorkerStatus {
	u := l.store.Usage()
	now, peak := processMemory()
	s := &pb.WorkerStatus{
		Managed: u.Managed, PeakManaged: u.Peak, Process: now, PeakProcess: peak,
		FetchedBytes: l.data.Fetched(), ServedBytes: l.served(), TasksRun: l.tasksRun, Paused: l.paused, Stuck: l.stuck,
	}
	for _, t := range l.m.Running() {
		s.Running = append(s.Running, uint64(t))
	}
	return s
}
