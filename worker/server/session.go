package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// farewell is how long the scheduler has to end the stream of a worker that
// leaves.
const farewell = 2 * time.Second

// A session is one conversation with a scheduler.
type session struct {
	conn    *wire.ControlConn
	stream  pb.Control_WorkerClient
	id      uint32
	beat    time.Duration
	timeout time.Duration
	heard   atomic.Int64 // when something was last received, in Unix ns

	outgoing  chan *pb.FromWorker // closed by the loop when it has spoken last
	sent      chan struct{}       // closed when the sender has ended
	dismissed chan string         // why the scheduler wants this worker to end
	ctx       context.Context
	cancel    context.CancelCauseFunc
}

// hurry ends an attempt to join that takes long after the worker was told to
// drain: a scheduler that answers is to be asked to let it go.
func (s *server) hurry(joined <-chan struct{}, cancel func()) {
	select {
	case <-s.o.Drain:
	case <-joined:
		return
	}
	select {
	case <-time.After(farewell):
		cancel()
	case <-joined:
	}
}

// join dials the scheduler and says hello. It tries again, with back-off, until
// it is refused or the time is over.
func (s *server) join(ctx context.Context, within time.Duration) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	joined := make(chan struct{})
	defer close(joined)
	go s.hurry(joined, cancel)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		x, err := s.tryJoin(ctx)
		if err == nil || errors.Is(err, wire.ErrRefused) {
			return x, err
		}
		select {
		case <-time.After(pause):
		case <-s.o.Drain: // who is to end has no need of a scheduler
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

func (s *server) tryJoin(ctx context.Context) (*session, error) {
	conn, err := wire.DialControl(ctx, s.o.Scheduler)
	if err != nil {
		return nil, err
	}
	x := &session{conn: conn, outgoing: make(chan *pb.FromWorker, 1), sent: make(chan struct{}), dismissed: make(chan string, 1)}
	x.ctx, x.cancel = context.WithCancelCause(context.Background())
	stop := context.AfterFunc(ctx, func() { x.cancel(ctx.Err()) }) // while it is being joined
	err = x.hello(s.hello)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		x.cancel(err)
		conn.Close()
		return nil, err
	}
	go x.send(s.loop.box)
	return x, nil
}

func (x *session) hello(h *pb.WorkerHello) error {
	stream, err := x.conn.Worker(x.ctx)
	if err != nil {
		return err
	}
	x.stream = stream
	stream.Send(&pb.FromWorker{Hello: h}) // an error is the end of the stream, whose reason Recv has
	m, err := stream.Recv()
	if err != nil {
		return x.conn.Explain(err)
	}
	w := m.Welcome
	if w == nil || w.HeartbeatNanos <= 0 || w.TimeoutNanos <= 0 {
		return fmt.Errorf("worker: the scheduler at %s does not welcome, as it should", x.conn.Address())
	}
	x.id, x.beat, x.timeout = w.Id, time.Duration(w.HeartbeatNanos), time.Duration(w.TimeoutNanos)
	x.heard.Store(time.Now().UnixNano())
	return nil
}

func helloOf(o Options, address string) (*pb.WorkerHello, error) {
	id, err := wire.Self()
	if err != nil {
		return nil, err
	}
	return &pb.WorkerHello{
		Identity: wire.IdentityToPB(id), Name: o.Name, Address: address, Threads: int32(o.Threads),
		Memory: o.Memory, Resources: wire.ResourcesToPB(o.Resources), Pid: int32(os.Getpid()), Device: o.deviceText(), Nannied: o.Nannied,
		Processors: wire.ProcessorsToPB(o.Processors),
	}, nil
}

// send sends until the loop closes outgoing or the session ends.
func (x *session) send(box *mailbox) {
	defer close(x.sent)
	for {
		select {
		case m, more := <-x.outgoing:
			if !more {
				x.stream.CloseSend()
				return
			}
			if err := x.stream.Send(m); err != nil {
				return // the receiver learns why
			}
			box.poke()
		case <-x.ctx.Done():
			return
		}
	}
}

// end ends the session at once.
func (x *session) end(cause error) { x.cancel(cause) }

// receive turns what the scheduler says into letters until the stream ends, and
// returns why.
func (x *session) receive(l *loop) error {
	for {
		m, err := x.stream.Recv()
		if err != nil {
			if cause := context.Cause(x.ctx); cause != nil {
				return cause
			}
			return x.conn.Explain(err)
		}
		x.heard.Store(time.Now().UnixNano())
		in, err := l.read(m)
		if err != nil {
			return fmt.Errorf("worker: the scheduler at %s says what makes no sense: %w", x.conn.Address(), err)
		}
		l.box.put(in)
		if m.Dismiss != "" {
			select {
			case x.dismissed <- m.Dismiss:
			default: // it says so twice
			}
		}
	}
}
