package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/ashlar-go/ashlar/sched"
)

// Options say how a scheduler runs. Zero fields have the defaults given.
type Options struct {
	// Listen is the address, host:port; port 0 takes any free one. The
	// default is 127.0.0.1:8786.
	Listen string
	// Machine configures the decisions.
	Machine sched.Config
	// Heartbeat is how often peers are told, and are to tell, that all is
	// well; default 1 s.
	Heartbeat time.Duration
	// WorkerTimeout is the silence after which a worker or a client's
	// connection counts as lost; default 10 s.
	WorkerTimeout time.Duration
	// Lease is how long the session of a client outlives its connection;
	// default 10 s.
	Lease time.Duration
	// Autopsy, if not nil, is asked why the worker process of that name and
	// pid ended, when its stream has. It returns the empty string if it does
	// not know, and returns when ctx ends at the latest.
	Autopsy func(ctx context.Context, name string, pid int) string
	// Log is told who comes and goes; default nobody.
	Log *slog.Logger
}

// DefaultAddress is where a scheduler listens unless told otherwise.
const DefaultAddress = "127.0.0.1:8786"

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = DefaultAddress
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = time.Second
	}
	if o.WorkerTimeout <= 0 {
		o.WorkerTimeout = 10 * time.Second
	}
	if o.Lease <= 0 {
		o.Lease = 10 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
