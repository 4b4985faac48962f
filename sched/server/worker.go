package server

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// helloWait is how long whoever connects has to say who it is.
const helloWait = 10 * time.Second

// autopsyWait is how long the loss of a worker is held back to learn its cause.
const autopsyWait = 500 * time.Millisecond

// A worker is one as the loop sees it.
type worker struct {
	id        sched.WorkerID
	hello     *pb.WorkerHello
	resources graph.Resources
	line      *line[pb.ToWorker]
	status    *pb.WorkerStatus // the last; nil before the first
	dismissed bool

	out   toWorker
	dirty bool
}

// Worker handles the stream of a worker.
func (s *Server) Worker(stream pb.Control_WorkerServer) error {
	hello, err := workerHello(stream)
	if err != nil {
		return err
	}
	w := &worker{hello: hello, line: newLine[pb.ToWorker](s.now())}
	if w.resources, err = wire.ResourcesFromPB(hello.Resources); err != nil {
		return wire.Refuse(err.Error())
	}
	if err := s.ask(func(l *loop) error { return l.addWorker(w) }); err != nil {
		return err
	}
	go w.line.run(stream.Send, s.opts.Heartbeat, func() *pb.ToWorker { return &pb.ToWorker{} })
	go s.listenToWorker(stream, w)
	select {
	case <-w.line.ended:
		return w.line.cause
	case <-s.done:
		select {
		case <-w.line.ended:
		case <-time.After(farewell):
		}
		return nil
	}
}

func workerHello(stream pb.Control_WorkerServer) (*pb.WorkerHello, error) {
	m, err := recvWithin(stream.Recv, helloWait)
	if err != nil {
		return nil, err
	}
	h := m.GetHello()
	if h == nil || h.Name == "" || h.Threads < 1 || h.Memory < 0 {
		return nil, wire.Refuse("a worker starts with a hello that has a name and at least one thread")
	}
	host, port, err := net.SplitHostPort(h.Address)
	if err != nil {
		return nil, wire.Refuse(fmt.Sprintf("worker %s serves its data at %q, which is not HOST:PORT", h.Name, h.Address))
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		h.Address = net.JoinHostPort(wire.PeerHost(stream.Context()), port)
	}
	if h.Host == "" {
		h.Host = wire.PeerHost(stream.Context())
	}
	return h, nil
}

// recvWithin is recv with a time limit. A recv that is given up ends when the
// stream does.
func recvWithin[M any](recv func() (*M, error), d time.Duration) (*M, error) {
	type result struct {
		m   *M
		err error
	}
	got := make(chan result, 1)
	go func() {
		m, err := recv()
		got <- result{m, err}
	}()
	select {
	case r := <-got:
		return r.m, r.err
	case <-time.After(d):
		return nil, wire.Refuse(fmt.Sprintf("nothing was said within %v of connecting", d))
	}
}

func (l *loop) addWorker(w *worker) error {
	h := w.hello
	id := wire.IdentityFromPB(h.Identity)
	if err := l.s.self.Speaks(id); err != nil {
		return wire.Refuse(err.Error())
	}
	if old := l.names[h.Name]; old != nil {
		if old.hello.Host != h.Host || old.hello.Pid != h.Pid {
			return wire.Refuse(fmt.Sprintf("a worker named %q is connected from %s (pid %d): give this one another name",
				h.Name, old.hello.Host, old.hello.Pid))
		}
		old.line.end(wire.Disown("this worker has connected anew"))
		l.loseWorker(old, "it connected anew", false)
	}
	if err := l.admit("worker "+h.Name, id); err != nil {
		return wire.Refuse(err.Error())
	}
	l.lastWorker++
	w.id = l.lastWorker
	l.workers[w.id], l.names[h.Name] = w, w
	w.line.put(&pb.ToWorker{Welcome: l.welcome(uint32(w.id))}, 0)
	l.log.Info("worker joined", "worker", h.Name, "address", h.Address, "threads", h.Threads,
		"memory", h.Memory, "resources", w.resources.String())
	l.step(sched.WorkerJoined{
		At: l.now(), Worker: w.id, Name: h.Name, Addr: h.Address, Host: h.Host,
		Threads: int(h.Threads), Memory: h.Memory, Resources: w.resources,
	})
	return nil
}

func (l *loop) welcome(id uint32) *pb.Welcome {
	o := l.s.opts
	return &pb.Welcome{
		Id: id, Scheduler: wire.Version,
		HeartbeatNanos: int64(o.Heartbeat), TimeoutNanos: int64(o.WorkerTimeout), LeaseNanos: int64(o.Lease),
	}
}

// listenToWorker receives until the stream ends.
func (s *Server) listenToWorker(stream pb.Control_WorkerServer, w *worker) {
	for {
		m, err := stream.Recv()
		if err != nil {
			w.line.end(nil)
			s.post(func(l *loop) { l.workerStreamEnded(w) })
			return
		}
		w.line.heard.Store(int64(s.now()))
		if !s.post(func(l *loop) { l.fromWorker(w, m) }) {
			return
		}
	}
}

// workerStreamEnded learns why, if somebody knows, and gives the worker up.
func (l *loop) workerStreamEnded(w *worker) {
	if l.workers[w.id] != w {
		return
	}
	const unknown = "its connection ended"
	autopsy := l.s.opts.Autopsy
	if autopsy == nil && w.hello.Nannied {
		ds := l.deaths
		autopsy = func(ctx context.Context, name string, pid int) string { return ds.cause(ctx, deathOf{name, pid}) }
	}
	if w.dismissed || autopsy == nil {
		l.loseWorker(w, unknown, w.dismissed)
		return
	}
	s := l.s
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), autopsyWait)
		defer cancel()
		cause := autopsy(ctx, w.hello.Name, int(w.hello.Pid))
		if cause == "" {
			cause = unknown
		}
		s.post(func(l *loop) { l.loseWorker(w, cause, false) })
	}()
}

// loseWorker forgets the worker. Doing so again does nothing.
func (l *loop) loseWorker(w *worker, cause string, clean bool) {
	if l.workers[w.id] != w {
		return
	}
	l.members--
	if l.member == "worker "+w.hello.Name {
		l.member = "another member of this cluster"
	}
	if clean {
		l.log.Info("worker left", "worker", w.hello.Name, "cause", cause)
	} else {
		l.log.Warn("worker lost", "worker", w.hello.Name, "cause", cause)
	}
	l.step(sched.WorkerLeft{At: l.now(), Worker: w.id, Cause: cause, Clean: clean})
	delete(l.workers, w.id)
	delete(l.names, w.hello.Name)
	l.bury(w, cause)
}
