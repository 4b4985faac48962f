package server

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/kernels"
)

// op registers a kernel for the tests and returns its name.
func op(name string, k graph.Kernel) string {
	graph.Register(name, k)
	return name
}

var (
	one = op("test.one", func(context.Context, *graph.Call) (graph.Value, error) { return graph.Encode(1) })
	sum = op("test.sum", func(_ context.Context, c *graph.Call) (graph.Value, error) {
		t := 0
		for _, v := range c.In {
			var n int
			if err := graph.Decode(v, &n); err != nil {
				return nil, err
			}
			t += n
		}
		return graph.Encode(t)
	})
	pair = op("test.pair", func(context.Context, *graph.Call) (graph.Value, error) {
		a, _ := graph.Encode(10)
		b, _ := graph.Encode(20)
		return graph.List{a, b}, nil
	})
	wait = op("test.wait", func(ctx context.Context, _ *graph.Call) (graph.Value, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	deaf = op("test.deaf", func(context.Context, *graph.Call) (graph.Value, error) {
		<-release
		return graph.Encode(1)
	})
	bang  = op("test.bang", func(context.Context, *graph.Call) (graph.Value, error) { panic("bang") })
	quit  = op("test.goexit", func(context.Context, *graph.Call) (graph.Value, error) { runtime.Goexit(); return nil, nil })
	fail  = op("test.fail", func(context.Context, *graph.Call) (graph.Value, error) { return nil, errors.New("no luck") })
	large = op("test.large", func(ctx context.Context, _ *graph.Call) (graph.Value, error) {
		return kernels.Zeros(kernels.AllocatorFrom(ctx), kernels.Uint8, 1<<20)
	})
	alien = op("test.alien", func(context.Context, *graph.Call) (graph.Value, error) { return struct{ graph.Raw }{}, nil })
)

var release = make(chan struct{})

func whole(id graph.TaskID, holders ...uint32) wire.AssignedDep {
	return wire.AssignedDep{Task: id, Part: -1, Bytes: 9, Holders: holders}
}

func TestTasksRunAndResultsAreServed(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	if w.hello.Name != "w" || w.hello.Threads != 1 {
		t.Errorf("hello %v", w.hello)
	}
	w.run(1, one)
	w.done(1)
	w.run(2, sum, whole(1), whole(1))
	w.done(2)
	if n := w.number(2); n != 2 {
		t.Errorf("1+1 is %d", n)
	}
	m := w.wait("how many tasks ran", func(m *pb.FromWorker) bool { return m.Status.GetTasksRun() == 2 })
	if m.Status.Managed != 18 || m.Status.PeakProcess == 0 && runtime.GOOS == "linux" {
		t.Errorf("status %v", m.Status)
	}
	w.send(&pb.ToWorker{Free: []uint64{1, 2}})
	w.wait("nothing is held", func(m *pb.FromWorker) bool { return m.Status != nil && m.Status.Managed == 0 })
	if a := w.values(wire.Item{Task: 2, Part: -1})[0]; !errors.Is(a.Err, wire.ErrAbsent) {
		t.Errorf("freed: %v", a)
	}
}

func TestManyTasks(t *testing.T) {
	s := newScript(t, "")
	start(t, s, func(o *Options) { o.Threads = 3 })
	w := s.worker()
	var ids []graph.TaskID
	var jobs []job
	for i := range graph.TaskID(5000) {
		ids = append(ids, i)
		jobs = append(jobs, job{id: i, class: graph.Class{Op: one}})
	}
	w.assign(jobs...)
	w.done(ids...)
}

// TestFailures: each kind of failure arrives as what it is, and the thread goes
// on.
func TestFailures(t *testing.T) {
	s := newScript(t, "")
	start(t, s, func(o *Options) { o.Memory = 1 << 19 })
	w := s.worker()
	for i, c := range []struct {
		op, want string
		kind     graph.Kind
	}{
		{fail, "no luck", graph.KindTask},
		{bang, "bang", graph.KindPanic},
		{quit, "ended its goroutine", graph.KindPanic},
		{"test.unheard-of", "not in this program", graph.KindUnregistered},
		{large, "-memory", graph.KindMemory},
		{alien, "cannot travel", graph.KindTask},
	} {
		id := graph.TaskID(i)
		w.run(id, c.op)
		err := w.failed(id)
		if err.Kind != c.kind || !strings.Contains(err.Error(), c.want) || err.Op != c.op || err.Worker != "w" {
			t.Errorf("%s: kind %d, %v", c.op, err.Kind, err)
		}
		if c.op == bang && !strings.Contains(err.Stack, "server_test.go") {
			t.Errorf("the stack of a panic does not show where: %s", err.Stack)
		}
	}
	w.run(100, one)
	w.done(100)
}

func TestTimeout(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	w.assign(job{id: 1, class: graph.Class{Op: wait, Spec: graph.Spec{Timeout: 20 * time.Millisecond}}})
	if err := w.failed(1); err.Kind != graph.KindTimeout {
		t.Errorf("kind %d: %v", err.Kind, err)
	}
}

func TestAbortStopsARunningTask(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	w.run(1, wait)
	w.run(2, one)
	w.wait("task 1 runs", func(m *pb.FromWorker) bool { return len(m.Status.GetRunning()) == 1 && m.Status.Running[0] == 1 })
	w.abort(1, 1)
	w.done(2) // fails the test if a failure of 1 comes first
}

// TestADeafTaskKeepsItsSlot: a function that does not look at its context holds
// its thread until it returns, and its result is dropped.
func TestADeafTaskKeepsItsSlot(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	w.run(1, deaf)
	w.wait("task 1 runs", func(m *pb.FromWorker) bool { return len(m.Status.GetRunning()) == 1 })
	w.abort(1, 1)
	w.run(2, one)
	for range 3 {
		w.wait("task 1 still runs", func(m *pb.FromWorker) bool {
			if len(m.DoneTask) > 0 {
				t.Error("two tasks ran on one thread")
			}
			return len(m.Status.GetRunning()) == 1
		})
	}
	release <- struct{}{}
	w.done(2)
	if a := w.values(wire.Item{Task: 1, Part: -1})[0]; !errors.Is(a.Err, wire.ErrAbsent) {
		t.Errorf("the result of an aborted task is %v", a)
	}
}

func TestFetchFromAPeer(t *testing.T) {
	s := newScript(t, "")
	start(t, s, func(o *Options) { o.Name = "a" })
	a := s.worker()
	start(t, s, func(o *Options) { o.Name = "b" })
	b := s.worker()
	a.run(1, one)
	a.run(2, pair)
	a.done(1, 2)
	b.send(&pb.ToWorker{Peers: []*pb.Peer{{Worker: 1, Name: "a", Address: a.hello.Address}}})
	part := wire.AssignedDep{Task: 2, Part: 1, Bytes: 18, Holders: []uint32{1}}
	b.run(3, sum, whole(1, 1), part)
	copies := map[uint64]bool{}
	b.wait("task 3 is done, and 1 was copied", func(m *pb.FromWorker) bool {
		for _, id := range m.Replica {
			copies[id] = true
		}
		return len(m.DoneTask) == 1
	})
	if n := b.number(3); n != 21 {
		t.Errorf("1+20 is %d", n)
	}
	if !copies[1] || copies[2] {
		t.Errorf("copies of %v are reported, want of task 1", copies)
	}
}

// TestInlinedInputs: what comes with a task is its input, whole or a part,
// though the peer that is said to hold it cannot be reached.
func TestInlinedInputs(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	one, err := graph.Encode(1)
	if err != nil {
		t.Fatal(err)
	}
	twenty, err := graph.Encode(20)
	if err != nil {
		t.Fatal(err)
	}
	d, p := whole(1, 9), wire.AssignedDep{Task: 2, Part: 1, Bytes: 18, Holders: []uint32{9}}
	d.Inline = wire.AppendInline(nil, one)
	p.Inline = wire.AppendInline(nil, graph.List{one, twenty})
	w.run(3, sum, d, p)
	m := w.wait("3 is done", func(m *pb.FromWorker) bool { return len(m.DoneTask) == 1 })
	got, err := wire.FromInline(m.DoneInline, kernels.DefaultAllocator())
	if err != nil || len(m.Replica) > 0 {
		t.Fatal(err, m)
	}
	var n int
	if err := graph.Decode(got, &n); err != nil || n != 21 {
		t.Errorf("1+20 is reported as %d, %v", n, err)
	}
	p.Part = 7
	w.run(4, sum, d, p)
	if err := w.failed(4); !strings.Contains(err.Message, "no such part") {
		t.Error(err)
	}
}

func TestWhatNobodyHasIsMissing(t *testing.T) {
	s := newScript(t, "")
	start(t, s, func(o *Options) { o.Name = "a" })
	a := s.worker()
	start(t, s, func(o *Options) { o.Name = "b" })
	b := s.worker()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	b.send(&pb.ToWorker{Peers: []*pb.Peer{{Worker: 1, Address: a.hello.Address}, {Worker: 2, Address: l.Addr().String()}}})
	b.run(3, sum, whole(7, 1, 2))
	m := b.wait("7 is missing", func(m *pb.FromWorker) bool { return len(m.Missing) > 0 }).Missing[0]
	if m.Task != 3 || m.Dep != 7 || len(m.Holders) != 2 {
		t.Errorf("missing: %v", m)
	}
}

func TestScatteredValuesAreInputs(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	for _, remote := range []bool{true, false} {
		d := wire.NewDataClient(wire.DataOptions{Remote: remote})
		v, _ := graph.Encode(5)
		id := graph.NewTaskID(1, 0)
		if remote {
			id = graph.NewTaskID(2, 0)
		}
		err := d.Put(context.Background(), w.hello.Address, id, v)
		for deadline := time.Now().Add(10 * time.Second); errors.Is(err, wire.ErrPeer) && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond) // its side of the welcome is still to come
			err = d.Put(context.Background(), w.hello.Address, id, v)
		}
		if err != nil {
			t.Fatal(err)
		}
		d.Close()
		w.run(id+10, sum, whole(id), whole(id))
		w.done(id + 10)
		if n := w.number(id + 10); n != 10 {
			t.Errorf("5+5 is %d", n)
		}
	}
}

// onLane yields 2 on a device and 1 on a thread.
func onLane(_ context.Context, c *graph.Call) (graph.Value, error) {
	if c.Lane != nil {
		return graph.Encode(2)
	}
	return graph.Encode(1)
}
