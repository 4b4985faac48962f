package harness

import (
	"context"
	"fmt"
)

// Peer is something that a case is measured beside.
type Peer interface {
	// Name is short and lower case, such as "gonum".
	Name() string
	// Start makes the peer ready. It is called before each case and returns
	// at once when the peer runs already. A peer that this machine lacks
	// returns a *NotInstalledError.
	Start(ctx context.Context) error
	// Version is known after Start.
	Version() string
	// Run runs the case once.
	Run(ctx context.Context, c *Case, call Call) (Sample, error)
	// Close ends the peer. Closing one that never started does nothing.
	Close() error
}

// NotInstalledError is the error of a peer that this machine lacks.
type NotInstalledError struct {
	Peer string
	How  string // how to install it
}

func (e *NotInstalledError) Error() string {
	return fmt.Sprintf("bench: %s is not installed; %s", e.Peer, e.How)
}

// Func is a peer in this very process.
type Func struct {
	PeerName    string
	PeerVersion string
	Do          func(ctx context.Context, c *Case, call Call) (Sample, error)
}

// Name implements Peer.
func (f *Func) Name() string { return f.PeerName }

// Start implements Peer; there is nothing to start.
func (f *Func) Start(context.Context) error { return nil }

// Version implements Peer.
func (f *Func) Version() string { return f.PeerVersion }

// Run implements Peer.
func (f *Func) Run(ctx context.Context, c *Case, call Call) (Sample, error) {
	return f.Do(ctx, c, call)
}

// Close implements Peer; there is nothing to close.
func (f *Func) Close() error { return nil }

// Limit is what the machine can do at most: a peer that computes nothing and
// so has no answer to compare. The ratio to it is the share that is reached.
type Limit struct {
	PeerName    string
	PeerVersion string
	Seconds     float64 // that one run of the case takes at the limit
	// Measure, where it is set, gives the seconds instead, in each run again: a
	// clock changes with what else the host does.
	Measure func() float64
	// Try is Measure for what can fail.
	Try func(ctx context.Context) (seconds float64, err error)
}

// Name implements Peer.
func (l *Limit) Name() string { return l.PeerName }

// Start implements Peer; there is nothing to start.
func (l *Limit) Start(context.Context) error { return nil }

// Version implements Peer.
func (l *Limit) Version() string { return l.PeerVersion }

// Run implements Peer.
func (l *Limit) Run(ctx context.Context, _ *Case, _ Call) (Sample, error) {
	if l.Try != nil {
		seconds, err := l.Try(ctx)
		return Sample{Seconds: seconds}, err
	}
	if l.Measure != nil {
		return Sample{Seconds: l.Measure()}, nil
	}
	return Sample{Seconds: l.Seconds}, nil
}

// Close implements Peer; there is nothing to close.
func (l *Limit) Close() error { return nil }
