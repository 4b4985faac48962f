package server

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// patience is how long streams have to end by themselves at the end.
const patience = 3 * time.Second

// A Server is a scheduler that listens.
type Server struct {
	pb.UnimplementedControlServer

	opts     Options
	self     wire.Identity
	listener net.Listener
	epoch    time.Time
	inbox    chan func(*loop)
	done     chan struct{} // closed when the loop has ended
}

// Listen returns a scheduler that listens at its address; Serve makes it
// answer. Errors name the address.
func Listen(o Options) (*Server, error) {
	o, err := o.withDefaults().withEnvironment()
	if err != nil {
		return nil, fmt.Errorf("scheduler: %w", err)
	}
	self, err := wire.Self()
	if err != nil {
		return nil, fmt.Errorf("scheduler: %w", err)
	}
	l, err := wire.Listen(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("scheduler: %w", err)
	}
	return &Server{
		opts: o, self: self, listener: l, epoch: time.Now(),
		inbox: make(chan func(*loop), 1024), done: make(chan struct{}),
	}, nil
}

// Addr returns the address that clients and workers connect to, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close gives the address back if Serve is never called.
func (s *Server) Close() error { return s.listener.Close() }

// Serve schedules until ctx ends. Clients are told so; nothing is left running.
// It is called once.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cs := wire.NewControlServer(s)
	failed := make(chan error, 1)
	go func() {
		failed <- cs.Serve(s.listener)
		cancel()
	}()
	s.opts.Log.Info("scheduler listens", "address", s.Addr())
	newLoop(s).run(ctx)
	close(s.done)
	cs.Stop(patience)
	return <-failed
}

// Serve listens and schedules until ctx ends.
func Serve(ctx context.Context, o Options) error {
	s, err := Listen(o)
	if err != nil {
		return err
	}
	return s.Serve(ctx)
}

// now is the time on the machine's clock.
func (s *Server) now() time.Duration { return time.Since(s.epoch) }

// post hands f to the loop. It reports whether there still is one; f may be
// dropped even so if the loop ends.
func (s *Server) post(f func(*loop)) bool {
	select {
	case s.inbox <- f:
		return true
	case <-s.done:
		return false
	}
}

// ask calls f in the loop and returns what it returns.
func (s *Server) ask(f func(*loop) error) error {
	answer := make(chan error, 1)
	s.post(func(l *loop) { answer <- f(l) })
	select {
	case err := <-answer:
		return err
	case <-s.done:
		return wire.Refuse("the scheduler is shutting down")
	}
}
