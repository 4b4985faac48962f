package server

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// roleVariable makes this test binary a process that is to be killed; it says
// which, and what for.
const roleVariable = "WORKERTEST_ROLE"

// play plays such a role, where that is built.
var play = func(string) {}

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		play(role)
		return
	}
	goleak.VerifyTestMain(m)
}

// A script is a scheduler that does what a test says.
type script struct {
	pb.UnimplementedControlServer
	t       testing.TB
	address string
	welcome *pb.Welcome
	refuse  string
	joined  chan *conversation
	server  *wire.ControlServer
	served  chan error
}

// A conversation is the stream of one worker.
type conversation struct {
	t     testing.TB
	hello *pb.WorkerHello
	mu    sync.Mutex // of stream.Send
	to    pb.Control_WorkerServer
	from  chan *pb.FromWorker // without those that only say how things are
	quiet chan struct{}       // closed when the worker has ended the stream
	hang  chan error          // ends the stream from this side
}

// newScript starts a scheduler, at address if it is not empty.
func newScript(t testing.TB, address string) *script {
	t.Helper()
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{
		t: t, address: l.Addr().String(), joined: make(chan *conversation, 8), served: make(chan error, 1),
		welcome: &pb.Welcome{Id: 1, HeartbeatNanos: int64(20 * time.Millisecond), TimeoutNanos: int64(time.Minute)},
	}
	server := wire.NewControlServer(s)
	s.server = server
	go func() { s.served <- server.Serve(l) }()
	t.Cleanup(s.end)
	return s
}

// end ends the scheduler as a crash does.
func (s *script) end() {
	if s.server == nil {
		return
	}
	s.server.Stop(0)
	s.server = nil
	if err := <-s.served; err != nil {
		s.t.Error(err)
	}
}

func (s *script) Worker(st pb.Control_WorkerServer) error {
	m, err := st.Recv()
	if err != nil {
		return err
	}
	if s.refuse != "" {
		return wire.Refuse(s.refuse)
	}
	c := &conversation{t: s.t, hello: m.Hello, to: st, from: make(chan *pb.FromWorker, 1024), quiet: make(chan struct{}), hang: make(chan error, 1)}
	if err := st.Send(&pb.ToWorker{Welcome: s.welcome}); err != nil {
		return err
	}
	s.joined <- c
	go func() {
		defer close(c.quiet)
		for {
			m, err := st.Recv()
			if err != nil {
				return
			}
			c.from <- m
			if m.Leaving != "" {
				c.hang <- nil
			}
		}
	}()
	select {
	case err := <-c.hang:
		return err
	case <-c.quiet:
		return nil
	}
}

// worker waits for a worker to join.
func (s *script) worker() *conversation {
	s.t.Helper()
	select {
	case c := <-s.joined:
		return c
	case <-time.After(5 * time.Second):
		s.t.Fatal("no worker joins")
		return nil
	}
}

func (c *conversation) send(m *pb.ToWorker) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.to.Send(m); err != nil {
		c.t.Fatal(err)
	}
}

// A job is a task to assign. Dependencies are wire.AssignedDep.
type job struct {
	id      graph.TaskID
	attempt uint32
	class   graph.Class
	attr    []byte
	deps    []wire.AssignedDep
}

func (c *conversation) assign(jobs ...job) {
	c.t.Helper()
	w := &wire.AssignWriter{}
	for _, j := range jobs {
		w.Task(j.id, max(j.attempt, 1), &j.class, j.attr)
		for _, d := range j.deps {
			w.Dep(d.Task, d.Part, d.Bytes)
			for _, h := range d.Holders {
				w.Holder(h)
			}
			if d.First != 0 {
				w.First(d.First)
			}
			if d.Inline != nil {
				w.Inline(string(d.Inline))
			}
		}
	}
	c.send(&pb.ToWorker{Assign: w.Message()})
}

// run assigns a task of an op.
func (c *conversation) run(id graph.TaskID, op string, deps ...wire.AssignedDep) {
	c.t.Helper()
	c.assign(job{id: id, class: graph.Class{Op: op}, deps: deps})
}

func (c *conversation) abort(id graph.TaskID, attempt uint32) {
	c.t.Helper()
	c.send(&pb.ToWorker{AbortTask: []uint64{uint64(id)}, AbortAttempt: []uint32{attempt}})
}

// wait returns the first message that f likes. Others are forgotten.
func (c *conversation) wait(what string, f func(*pb.FromWorker) bool) *pb.FromWorker {
	c.t.Helper()
	end := time.After(10 * time.Second)
	for {
		select {
		case m := <-c.from:
			if f(m) {
				return m
			}
		case <-end:
			c.t.Fatalf("the worker does not say: %s", what)
		}
	}
}

// done waits until all of ids are reported.
func (c *conversation) done(ids ...graph.TaskID) {
	c.t.Helper()
	left := map[graph.TaskID]bool{}
	for _, id := range ids {
		left[id] = true
	}
	c.wait("tasks are done", func(m *pb.FromWorker) bool {
		for _, id := range m.DoneTask {
			delete(left, graph.TaskID(id))
		}
		for _, f := range m.Failed {
			c.t.Fatalf("task %v failed: %v", graph.TaskID(f.Task), wire.TaskErrorFromPB(f.Error))
		}
		return len(left) == 0
	})
}

// failed waits for a failure and returns it.
func (c *conversation) failed(id graph.TaskID) *graph.TaskError {
	c.t.Helper()
	m := c.wait("a task failed", func(m *pb.FromWorker) bool { return len(m.Failed) > 0 })
	if got := graph.TaskID(m.Failed[0].Task); got != id {
		c.t.Fatalf("task %v failed, not %v", got, id)
	}
	return wire.TaskErrorFromPB(m.Failed[0].Error)
}

// values fetches from the worker, as a client does.
func (c *conversation) values(items ...wire.Item) []wire.Answer {
	c.t.Helper()
	d := wire.NewDataClient(wire.DataOptions{Remote: true})
	defer d.Close()
	as, err := d.Fetch(context.Background(), c.hello.Address, items, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return as
}

// number fetches the whole number of a task.
func (c *conversation) number(id graph.TaskID) int {
	c.t.Helper()
	a := c.values(wire.Item{Task: id, Part: -1})[0]
	if a.Err != nil {
		c.t.Fatal(a.Err)
	}
	var n int
	if err := graph.Decode(a.Value, &n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// A hand is a worker under test.
type hand struct {
	cancel context.CancelFunc
	ended  chan error
}

// start runs a worker of one thread, changed by change.
func start(t testing.TB, s *script, change func(*Options)) *hand {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{Scheduler: s.address, Name: "w", Threads: 1, Join: 2 * time.Second, Rejoin: 2 * time.Second}
	if change != nil {
		change(&o)
	}
	h := &hand{cancel, make(chan error, 1)}
	go func() { h.ended <- Run(ctx, o) }()
	t.Cleanup(func() {
		cancel()
		select {
		case <-h.ended:
		case <-time.After(20 * time.Second):
			t.Error("the worker does not end")
		}
	})
	return h
}

// end returns what Run does.
func (h *hand) end(t testing.TB) error {
	t.Helper()
	select {
	case err := <-h.ended:
		h.ended <- err
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the worker goes on")
		return errors.New("unreachable")
	}
}
