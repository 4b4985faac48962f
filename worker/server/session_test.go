package server

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

func TestALeavingWorkerSaysSo(t *testing.T) {
	s := newScript(t, "")
	h := start(t, s, nil)
	w := s.worker()
	w.run(1, wait)
	w.wait("task 1 runs", func(m *pb.FromWorker) bool { return len(m.Status.GetRunning()) == 1 })
	h.cancel()
	w.wait("it leaves", func(m *pb.FromWorker) bool { return m.Leaving != "" })
	if err := h.end(t); err != nil {
		t.Error(err)
	}
}

func TestADismissedWorkerEnds(t *testing.T) {
	s := newScript(t, "")
	h := start(t, s, nil)
	w := s.worker()
	w.send(&pb.ToWorker{Dismiss: "retired"})
	w.wait("it leaves", func(m *pb.FromWorker) bool { return strings.Contains(m.Leaving, "retired") })
	if err := h.end(t); err != nil {
		t.Error(err)
	}
}

// TestTheSchedulerComesBack: everything is forgotten, what ran is stopped, and
// the same numbers mean other tasks.
func TestTheSchedulerComesBack(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	w.run(1, one)
	w.done(1)
	w.run(2, wait)
	w.wait("task 2 runs", func(m *pb.FromWorker) bool { return len(m.Status.GetRunning()) == 1 })
	s.end()
	s = newScript(t, s.address)
	w = s.worker()
	if a := w.values(wire.Item{Task: 1, Part: -1})[0]; !errors.Is(a.Err, wire.ErrAbsent) {
		t.Errorf("a value outlived its scheduler: %v", a)
	}
	w.run(2, one)
	w.done(2)
	w.run(1, sum, whole(2), whole(2), whole(2))
	w.done(1)
	if n := w.number(1); n != 3 {
		t.Errorf("1+1+1 is %d", n)
	}
}

func TestTheSchedulerStaysAway(t *testing.T) {
	s := newScript(t, "")
	h := start(t, s, func(o *Options) { o.Rejoin = 200 * time.Millisecond })
	s.worker()
	s.end()
	err := h.end(t)
	if !errors.Is(err, wire.ErrUnreachable) || !strings.Contains(err.Error(), s.address) {
		t.Errorf("error %v", err)
	}
}

// TestASilentSchedulerIsLost: one that hangs is as good as gone.
func TestASilentSchedulerIsLost(t *testing.T) {
	s := newScript(t, "")
	s.welcome.TimeoutNanos = int64(300 * time.Millisecond)
	start(t, s, nil)
	s.worker()
	s.worker() // the same again
}

// TestGivenUpAndComeBack: a worker that the scheduler gave up starts afresh.
func TestGivenUpAndComeBack(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	w.run(1, wait)
	w.hang <- wire.Refuse("this worker was given up")
	w = s.worker()
	w.run(1, one)
	w.done(1)
}

func TestATaskThatDoesNotStopEndsTheWorker(t *testing.T) {
	s := newScript(t, "")
	h := start(t, s, func(o *Options) { o.Patience = 100 * time.Millisecond })
	w := s.worker()
	w.run(1, deaf)
	w.wait("task 1 runs", func(m *pb.FromWorker) bool { return len(m.Status.GetRunning()) == 1 })
	s.end()
	if err := h.end(t); err == nil || !strings.Contains(err.Error(), "do not look at their context") {
		t.Errorf("error %v", err)
	}
	release <- struct{}{}
}

func TestNobodyToJoin(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	h := start(t, &script{address: l.Addr().String()}, func(o *Options) { o.Join = 100 * time.Millisecond })
	if err := h.end(t); !errors.Is(err, wire.ErrUnreachable) || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("error %v", err)
	}
}

func TestRefused(t *testing.T) {
	s := newScript(t, "")
	s.refuse = "another program"
	h := start(t, s, nil)
	if err := h.end(t); !errors.Is(err, wire.ErrRefused) || !strings.Contains(err.Error(), "another program") {
		t.Errorf("error %v", err)
	}
}

func TestPortIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h := start(t, newScript(t, ""), func(o *Options) { o.Listen = l.Addr().String() })
	if err := h.end(t); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error %v", err)
	}
}

// where says what runs a task.
var where = func() string {
	graph.RegisterGPU("test.where", onLane, nil)
	return op("test.where", onLane)
}()

func TestTasksForDevices(t *testing.T) {
	s := newScript(t, "")
	start(t, s, func(o *Options) { o.GPU = GPUFake })
	w := s.worker()
	if r := w.hello.Resources; len(r) != 1 || r[0].Name != graph.GPU || r[0].Milli != 1000 {
		t.Errorf("announced resources %v", r)
	}
	gpu := graph.Spec{Resources: graph.Resources{{Name: graph.GPU, Milli: 1000}}}
	w.assign(
		job{id: 1, class: graph.Class{Op: where, Spec: gpu}},
		job{id: 2, class: graph.Class{Op: where}},
		job{id: 3, class: graph.Class{Op: one, Spec: gpu}}, // has no kernel for a device
	)
	w.done(1, 2, 3)
	for id, want := range map[graph.TaskID]int{1: 2, 2: 1, 3: 1} {
		if n := w.number(id); n != want {
			t.Errorf("task %v yields %d, want %d", id, n, want)
		}
	}
}
