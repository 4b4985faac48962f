package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
	"github.com/ashlar-go/ashlar/worker/store/segment"
	"github.com/ashlar-go/ashlar/worker/store/spill"
)

// A server is a worker while it runs.
type server struct {
	o      Options
	loop   *loop
	crew   *crew
	store  *store.Store
	data   *wire.DataServer
	client *wire.DataClient
	arena  *segment.Arena // nil: memory is not shared
	disk   *spill.File    // nil: nothing is spilled
	hello  *pb.WorkerHello
	serve  chan error // how serving data ended
}

// Run is a worker until ctx ends, which it tells the scheduler, or the
// scheduler dismisses it, as it does when it was drained; then it returns nil. Otherwise the error says what is
// wrong: the address to listen on is taken or malformed; the scheduler does not
// answer (it wraps wire.ErrUnreachable), refuses this worker and why
// (wire.ErrRefused), or was lost and has not come back; or what ran did not end
// in time.
func Run(ctx context.Context, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	o, closeDevices, err := o.withDevices()
	if err != nil {
		return err
	}
	l, err := wire.Listen(o.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("worker: %w", err), closeDevices())
	}
	s, err := newServer(o, l)
	if err != nil {
		return errors.Join(err, l.Close(), closeDevices())
	}
	defer addThreads(o.Threads)()
	s.start()
	err = s.sessions(ctx)
	return errors.Join(err, s.shutdown(), closeDevices())
}

func newServer(o Options, l net.Listener) (*server, error) {
	hello, err := helloOf(o, l.Addr().String())
	if err != nil {
		return nil, err
	}
	s := &server{o: o, hello: hello, serve: make(chan error, 1)}
	if s.disk, err = o.openDisk(); err != nil {
		return nil, err
	}
	box := newMailbox()
	s.store = store.New(store.Options{
		Limit: o.Memory, Memory: s.memory(), Disk: s.disk, Codec: codec{},
		Relief: func(bytes int64) { box.put(short(bytes)) },
	})
	pack, err := wire.ParsePacking(o.Compress)
	if err != nil {
		return nil, err
	}
	s.client = wire.NewDataClient(wire.DataOptions{
		Limit: o.Memory, Devices: len(o.Lanes) > 0, Borrow: s.store.Borrow, Stale: o.Memory / 32,
		Checksums: o.Checksums, Pack: pack,
	})
	s.loop = &loop{
		o: o, box: box, store: s.store, lanes: newLanes(o), data: s.client,
		start: time.Now(), ended: make(chan struct{}),
		execs: map[execID]*execution{}, visits: map[uint64]*visit{}, peers: map[worker.PeerID]string{},
		errands: map[*errand]struct{}{}, cutters: map[uint64]cutter{},
	}
	s.loop.heap = newHeap(o, s.arena, s.results)
	s.loop.heap.stale = s.client.SetStale
	cfg := worker.Config{Memory: o.Memory, Ahead: ahead}
	if o.Memory > 0 {
		cfg.FetchBytes = min(64<<20, max(1<<20, o.Memory/16))
	}
	if s.disk != nil {
		cfg.SpillAbove, cfg.SpillTo = spillAbove, spillTo
	}
	for _, ln := range s.loop.lanes {
		cfg.Lanes = append(cfg.Lanes, worker.Lane{Name: ln.name, Slots: ln.slots})
	}
	s.loop.m = worker.New(cfg)
	s.crew = &crew{o: o, store: s.store, box: s.loop.box, shared: &graph.Shared{}, home: len(o.Lanes) > 0}
	s.loop.crew = s.crew
	h := &holder{
		store: s.store, loop: s.loop,
		mem: s.store.Allocator(store.Strict), copies: s.store.Allocator(store.Promised),
	}
	s.data = wire.NewDataServer(l, h, o.Memory)
	s.loop.served = s.data.Served
	if s.arena != nil {
		if err := s.data.Share(s.arena); err != nil {
			o.Log.Warn("results are copied for other processes of this host", "error", err)
		}
	}
	return s, nil
}

// memory returns where results are to lie; nil is the store's own choice.
func (s *server) memory() kernels.Allocator {
	if !s.o.Share {
		return nil
	}
	a, err := segment.New(segment.Options{Budget: s.o.Memory})
	if err != nil {
		s.o.Log.Warn("results are copied for other processes of this host", "error", err)
		return nil
	}
	s.arena = a
	return a
}

// results returns where results lie.
func (s *server) results() (r results) {
	if s.arena != nil {
		u := s.arena.Usage()
		r.shared, r.kept = u.Live, u.Kept
	}
	var own int64
	own, r.disk, r.peers = s.store.Lies()
	r.heap = max(0, own-r.shared)
	return r
}

func (s *server) start() {
	s.crew.start(s.loop.lanes)
	go s.loop.run()
	go func() { s.serve <- s.data.Serve() }()
}

// sessions joins the scheduler, again and again.
func (s *server) sessions(ctx context.Context) error {
	within := s.o.Join
	for {
		x, err := s.join(ctx, within)
		if ctx.Err() != nil {
			if err == nil {
				x.close()
			}
			return nil
		}
		if err != nil && s.draining() {
			s.o.Log.Warn("told to end while it has no scheduler; ending", "error", err)
			return nil
		}
		if err != nil {
			return fmt.Errorf("worker %s: %w", s.o.Name, err)
		}
		if err = s.converse(ctx, x); err == nil {
			return nil
		}
		if s.draining() {
			s.o.Log.Warn("lost the scheduler while draining; ending", "error", err)
			return nil
		}
		s.o.Log.Warn("lost the scheduler; joining anew", "error", err)
		if err := s.drain(); err != nil {
			return err
		}
		within = s.o.Rejoin
	}
}

// converse is one session. It returns nil if the worker is to end, else why the
// session did.
func (s *server) converse(ctx context.Context, x *session) error {
	s.o.Log.Info("joined", "scheduler", s.o.Scheduler, "address", s.hello.Address, "id", x.id)
	s.loop.box.put(attach{x})
	ended := make(chan struct{})
	var why error
	go func() {
		defer close(ended)
		why = x.receive(s.loop)
	}()
	over, bye := s.await(ctx, x, ended)
	if over {
		s.loop.box.put(detach{make(chan struct{})})
		x.close()
		return why
	}
	s.leave(x, bye, ended)
	x.close()
	<-ended
	return nil
}

// leave says goodbye and waits until the scheduler has heard it.
func (s *server) leave(x *session, why string, ended <-chan struct{}) {
	s.loop.box.put(leave{why})
	select {
	case <-ended:
	case <-time.After(farewell):
	}
}

// close ends the session and its connection.
func (x *session) close() {
	x.end(context.Canceled)
	x.conn.Close()
	<-x.sent
}

// drain stops what runs and returns when it has ended.
func (s *server) drain() error {
	drained := make(chan struct{})
	s.loop.box.put(detach{drained})
	select {
	case <-drained:
		return nil
	case <-time.After(s.o.Patience):
		return fmt.Errorf("worker %s: tasks that were told to stop still run after %v: their functions do not look at their context", s.o.Name, s.o.Patience)
	}
}

// shutdown ends everything. What does not stop in time is left behind.
func (s *server) shutdown() error {
	err := s.drain()
	if why := s.crew.shared.Close(); why != nil {
		s.o.Log.Warn("closing what tasks shared", "error", why)
	}
	var closing error
	if s.arena != nil { // before leases end: then nobody writes again to what others still read
		closing = s.arena.Close()
	}
	s.data.Stop(time.Second)
	s.client.Close()
	serve := <-s.serve
	s.loop.quit.Store(true)
	s.loop.box.poke()
	<-s.loop.ended
	s.loop.heap.restore()
	for _, l := range s.loop.lanes {
		close(l.queue)
	}
	if err == nil {
		s.crew.all.Wait()
		if leak := s.store.Close(); leak != nil {
			s.o.Log.Debug("values are in use beyond the end of their worker", "error", leak)
		}
	}
	if s.disk != nil {
		err = errors.Join(err, s.disk.Close())
	}
	return errors.Join(err, closing, serve)
}
