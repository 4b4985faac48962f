package server

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
)

// copiesOf checks and converts a table of values to copy; r may be nil.
func copiesOf(r *pb.Replicate) ([]worker.Dep, error) {
	n := len(r.GetTask())
	if n == 0 {
		return nil, nil
	}
	if len(r.Bytes) != n || len(r.HolderEnd) != n {
		return nil, fmt.Errorf("columns of %d values to copy do not make one table", n)
	}
	ds := make([]worker.Dep, n)
	last := uint32(0)
	for i := range ds {
		end := r.HolderEnd[i]
		if r.Bytes[i] < 0 || end < last || int(end) > len(r.Holder) {
			return nil, fmt.Errorf("value %v to copy has %d bytes and holders %d to %d of %d",
				graph.TaskID(r.Task[i]), r.Bytes[i], last, end, len(r.Holder))
		}
		ds[i] = worker.Dep{Item: worker.Item{Task: graph.TaskID(r.Task[i]), Part: -1}, Bytes: r.Bytes[i]}
		for _, h := range r.Holder[last:end] {
			ds[i].Holders = append(ds[i].Holders, worker.PeerID(h))
		}
		last = end
	}
	return ds, nil
}
