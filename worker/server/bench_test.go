package server

import (
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// BenchmarkNoops measures how many tasks that do nothing one worker gets
// through, fed over a socket as fast as it reports.
func BenchmarkNoops(b *testing.B) {
	s := newScript(b, "")
	start(b, s, func(o *Options) { o.Threads = 2 })
	w := s.worker()
	const window = 512
	next, left := graph.TaskID(0), b.N
	feed := func(n int) {
		var jobs []job
		for range min(n, b.N-int(next)) {
			jobs = append(jobs, job{id: next, class: graph.Class{Op: one}})
			next++
		}
		if len(jobs) > 0 {
			w.assign(jobs...)
		}
	}
	b.ResetTimer()
	begin := time.Now()
	feed(window)
	for left > 0 {
		m := <-w.from
		left -= len(m.DoneTask)
		if n := len(m.DoneTask); n > 0 {
			feed(n)
			w.send(&pb.ToWorker{Free: m.DoneTask})
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "tasks/s")
}
