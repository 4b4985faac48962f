package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves a scheduler until the test ends.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	o.Listen = "127.0.0.1:0"
	s, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s
}

func dial(t *testing.T, s *Server) (*wire.ControlConn, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	conn, err := wire.DialControl(ctx, s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); conn.Close() })
	return conn, ctx
}

func identity(t *testing.T) *pb.Identity {
	t.Helper()
	id, err := wire.Self()
	if err != nil {
		t.Fatal(err)
	}
	return wire.IdentityToPB(id)
}

// A scripted worker says what the test has it say.
type scriptedWorker struct {
	t      *testing.T
	conn   *wire.ControlConn
	stream pb.Control_WorkerClient
	id     uint32
}

func hello(t *testing.T, name string) *pb.WorkerHello {
	return &pb.WorkerHello{
		Identity: identity(t), Name: name, Host: "host-of-" + name, Address: "127.0.0.1:1", Threads: 1, Pid: 1,
	}
}

// joinWorker returns a worker that was welcomed, or the error it got instead.
func joinWorker(t *testing.T, s *Server, h *pb.WorkerHello) (*scriptedWorker, error) {
	t.Helper()
	conn, ctx := dial(t, s)
	stream, err := conn.Worker(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w := &scriptedWorker{t: t, conn: conn, stream: stream}
	w.say(&pb.FromWorker{Hello: h})
	m, err := stream.Recv()
	if err != nil {
		return nil, conn.Explain(err)
	}
	w.id = m.GetWelcome().GetId()
	return w, nil
}

func mustJoin(t *testing.T, s *Server, name string) *scriptedWorker {
	t.Helper()
	w, err := joinWorker(t, s, hello(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *scriptedWorker) say(m *pb.FromWorker) {
	w.t.Helper()
	if err := w.stream.Send(m); err != nil {
		w.t.Fatal(err)
	}
}

// hear returns the next message that says anything.
func (w *scriptedWorker) hear() *pb.ToWorker {
	w.t.Helper()
	for {
		m, err := w.stream.Recv()
		if err != nil {
			w.t.Fatal(w.conn.Explain(err))
		}
		if m.Assign != nil || len(m.Free) > 0 || len(m.AbortTask) > 0 || m.Dismiss != "" {
			return m
		}
	}
}

// finish reports the tasks of a message as done, with 8 bytes each.
func (w *scriptedWorker) finish(a *pb.Assign) {
	w.t.Helper()
	m := &pb.FromWorker{DoneTask: a.Task, DoneAttempt: a.Attempt}
	for range a.Task {
		m.DoneBytes, m.DoneNanos = append(m.DoneBytes, 8), append(m.DoneNanos, 1000)
	}
	w.say(m)
}

// A scripted client numbers what the test has it say.
type scriptedClient struct {
	t      *testing.T
	conn   *wire.ControlConn
	stream pb.Control_ClientClient
	seq    uint64
	heard  uint64
}

func joinClient(t *testing.T, s *Server, h *pb.ClientHello) (*scriptedClient, *pb.Welcome, error) {
	t.Helper()
	conn, ctx := dial(t, s)
	stream, err := conn.Client(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c := &scriptedClient{t: t, conn: conn, stream: stream}
	if h.Identity == nil {
		h.Identity = identity(t)
	}
	if err := stream.Send(&pb.FromClient{Hello: h}); err != nil {
		t.Fatal(err)
	}
	m, err := stream.Recv()
	if err != nil {
		return nil, nil, conn.Explain(err)
	}
	return c, m.Welcome, nil
}

func mustConnect(t *testing.T, s *Server, session uint64) *scriptedClient {
	t.Helper()
	c, _, err := joinClient(t, s, &pb.ClientHello{Session: session})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *scriptedClient) say(m *pb.FromClient) {
	c.t.Helper()
	c.seq++
	m.Seq, m.Ack = c.seq, c.heard
	if err := c.stream.Send(m); err != nil {
		c.t.Fatal(err)
	}
}

// hear returns the next message that is more than a heartbeat.
func (c *scriptedClient) hear() *pb.ToClient {
	c.t.Helper()
	for {
		m, err := c.stream.Recv()
		if err != nil {
			c.t.Fatal(c.conn.Explain(err))
		}
		if m.Seq == 0 {
			continue
		}
		if m.Seq != c.heard+1 {
			c.t.Fatalf("message %d follows %d", m.Seq, c.heard)
		}
		c.heard = m.Seq
		return m
	}
}

// mustEnd fails unless the stream ends with an error that wraps want.
func (c *scriptedClient) mustEnd(want error) error {
	c.t.Helper()
	for {
		if _, err := c.stream.Recv(); err != nil {
			err = c.conn.Explain(err)
			if !errors.Is(err, want) {
				c.t.Errorf("the stream ended with %v, want %v", err, want)
			}
			return err
		}
	}
}

// chain is a graph of n tasks, each the dependency of the next; the last is an
// output under the key.
func chain(n int, key string) *pb.Graph {
	b := &graph.Builder{}
	var last []graph.Dep
	for range n {
		last = []graph.Dep{b.Add(graph.Class{Op: graph.Identity}, nil, last...).Whole()}
	}
	b.Output(last[0].Ref, graph.NewKey(key))
	return wire.GraphToPB(b.Graph())
}
