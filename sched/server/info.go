package server

import "github.com/ashlar-go/ashlar/internal/wire/pb"

// info is what the scheduler knows of its cluster.
func (l *loop) info() *pb.Info {
	mi := l.m.Info()
	in := &pb.Info{Balance: balance(&mi), Clients: int64(mi.Clients), Finished: l.finished, Tasks: map[string]int64{}}
	for state, n := range mi.Tasks {
		in.Tasks[state.String()] = int64(n)
	}
	for _, m := range mi.Workers {
		w := l.worker(m.ID)
		in.Workers = append(in.Workers, &pb.WorkerInfo{
			Hello: w.hello, Id: uint32(m.ID), Status: w.status,
			Processing: int64(m.Processing), Holding: m.Bytes, Retiring: m.Retiring,
			Blocked: m.Stuck, OccupancyNanos: int64(m.Occupancy), Bandwidth: m.Bandwidth,
		})
	}
	return in
}
