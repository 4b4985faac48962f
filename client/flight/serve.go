package flight

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/internal/wire"
	service "github.com/ashlar-go/ashlar/internal/wire/flight"
)

// DefaultAddress is where a service listens that is told nothing else.
const DefaultAddress = "127.0.0.1:8815"

// stopPatience is how long calls may go on when a service is told to end.
const stopPatience = 2 * time.Second

// Options are how a service serves. The zero value is good.
type Options struct {
	// Listen is the address, host:port; default [DefaultAddress]. Whoever reaches
	// it can read, put and drop what is published: nobody is asked who they are,
	// unless TLS does so.
	Listen string
	// TLS, if not nil, has what Flight clients say and hear encrypted. It has the
	// service's certificate; with ClientAuth and ClientCAs it serves only those
	// who have one of theirs. See [LoadTLS].
	TLS *tls.Config
	// Partition is about how many bytes the partitions have that a put is cut
	// into; default 64 MiB.
	Partition int64
	// Log is told what is put and dropped; default nobody.
	Log *slog.Logger
}

// A Service serves what is published on a cluster.
type Service struct {
	c *client.Client
	l net.Listener
	s *service.Server
}

// Listen returns a service of what is published on the cluster of c, which stays
// the caller's. Clients wait for Serve.
func Listen(c *client.Client, o Options) (*Service, error) {
	if o.Listen == "" {
		o.Listen = DefaultAddress
	}
	l, err := wire.Listen(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("flight: %w", err)
	}
	return &Service{c, l, service.NewServer(catalog{c}, service.Options{Partition: o.Partition, Log: o.Log, TLS: o.TLS})}, nil
}

// Addr returns the address that the service listens on, host:port.
func (s *Service) Addr() string { return s.l.Addr().String() }

// Serve answers until ctx ends, and returns when every call has ended. The error
// is why the client's session with the scheduler is over, if that is the reason.
func (s *Service) Serve(ctx context.Context) error {
	life, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() {
		select {
		case <-s.c.Done():
			end(s.c.Err())
		case <-life.Done():
		}
	}()
	stopped := make(chan struct{})
	stop := context.AfterFunc(life, func() {
		s.s.Stop(stopPatience)
		close(stopped)
	})
	err := s.s.Serve(s.l)
	if stop() {
		return err // the listener failed
	}
	<-stopped
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("flight: %w", context.Cause(life))
}
