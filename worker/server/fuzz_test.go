package server

import (
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/worker"
)

// FuzzToWorker: whatever the scheduler says is refused, or is something that
// the machine can act on.
func FuzzToWorker(f *testing.F) {
	var w wire.AssignWriter
	w.Task(graph.NewTaskID(1, 0), 1, &graph.Class{Op: "a"}, []byte("attr"))
	w.Dep(graph.NewTaskID(1, 1), 2, 100)
	w.Holder(3)
	for _, m := range []*pb.ToWorker{
		{Assign: w.Message()},
		{AbortTask: []uint64{1 << 32}, AbortAttempt: []uint32{1}, Free: []uint64{1 << 32}},
		{ReclaimTask: []uint64{1 << 32}, ReclaimAttempt: []uint32{1}, Lost: []uint32{3}},
	} {
		b, err := wire.EncodeMessage(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var p pb.ToWorker
		if wire.DecodeMessage(data, &p) != nil {
			return
		}
		in, err := (&loop{}).read(&p)
		if err != nil {
			return
		}
		m := worker.New(worker.Config{Lanes: []worker.Lane{{Name: "cpu", Slots: 1}}})
		events := []worker.Event{worker.Assign{Tasks: in.tasks}, worker.Replicate{Items: in.copies}, in.free}
		for _, a := range in.aborts {
			events = append(events, a)
		}
		for _, c := range in.claims {
			events = append(events, c)
		}
		for _, e := range events {
			m.Step(e)
			if err := m.Check(); err != nil {
				t.Fatalf("after %T: %v", e, err)
			}
		}
	})
}
