package server

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A journal is a log that can be read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// TestWatchdog: tasks that go on though they were stopped, or are past their
// time-out, are counted, and reported once with the stack of their function.
func TestWatchdog(t *testing.T) {
	var log journal
	s := newScript(t, "")
	start(t, s, func(o *Options) {
		o.Threads, o.Stuck, o.Log = 3, 100*time.Millisecond, slog.New(slog.NewTextHandler(&log, nil))
	})
	w := s.worker()
	w.assign(
		job{id: 1, class: graph.Class{Op: deaf}},
		job{id: 2, class: graph.Class{Op: deaf, Spec: graph.Spec{Timeout: 50 * time.Millisecond}}},
		job{id: 3, class: graph.Class{Op: deaf}}, // nobody stops it
	)
	w.wait("they run", func(m *pb.FromWorker) bool { return len(m.Status.GetRunning()) == 3 })
	w.abort(1, 1)
	w.wait("two are stuck", func(m *pb.FromWorker) bool { return m.Status.GetStuck() == 2 })
	time.Sleep(200 * time.Millisecond)
	for range 3 {
		release <- struct{}{}
	}
	w.wait("they have ended", func(m *pb.FromWorker) bool { return m.Status != nil && len(m.Status.Running) == 0 })
	text := log.String()
	if n := strings.Count(text, "does not look at its context"); n != 2 {
		t.Errorf("%d reports, want 2:\n%s", n, text)
	}
	for _, want := range []string{deaf, "cancelled", "its time-out of 50ms is over", "server_test.go", "chan receive"} {
		if !strings.Contains(text, want) {
			t.Errorf("the reports do not say %q:\n%s", want, text)
		}
	}
}

// TestDrain: a worker that is to drain asks to be retired, goes on, and ends when
// it is dismissed, or after its grace.
func TestDrain(t *testing.T) {
	for _, dismissed := range []bool{true, false} {
		drain := make(chan struct{})
		s := newScript(t, "")
		h := start(t, s, func(o *Options) { o.Drain, o.Grace = drain, 300*time.Millisecond })
		w := s.worker()
		close(drain)
		w.wait("it wants to retire", func(m *pb.FromWorker) bool { return m.Retire })
		w.run(1, one)
		w.done(1)
		want := "not drained within 300ms"
		if dismissed {
			w.send(&pb.ToWorker{Dismiss: "retired"})
			want = "dismissed: retired"
		}
		w.wait("it leaves", func(m *pb.FromWorker) bool { return strings.Contains(m.Leaving, want) })
		if err := h.end(t); err != nil {
			t.Error(err)
		}
	}
}
