package client

import (
	"context"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A Holding is what was acquired: locks, or a permit of a semaphore. It lasts
// until Release, until the scheduler takes it back because its lease was not
// renewed, or until the session is over.
type Holding struct {
	c       *Client
	request uint32
	subject string
	names   []string
	lease   time.Duration
	renewal *time.Timer   // nil without a lease
	done    chan struct{} // closed when it is over

	// Guarded by the client's lock.
	err error // why it is over
}

// renewals is how often a lease is renewed before it would end.
const renewals = 3

// acquire asks for locks or a permit; nil without an error means that it was to
// be had at once, and cannot.
func (c *Client) acquire(ctx context.Context, op *pb.Coordinate) (*Holding, error) {
	h := &Holding{c: c, subject: subject(op), lease: time.Duration(op.LeaseNanos), done: make(chan struct{})}
	a, err := c.ask(ctx, op, h.begin)
	if err != nil || a.Outcome == pb.Coordinated_NOT {
		return nil, err
	}
	return h, nil
}

// begin is called when it is granted, with the lock held.
func (h *Holding) begin(a *pb.Coordinated) *claim {
	h.request, h.names = a.Request, a.Names
	if h.lease > 0 {
		h.renewal = time.AfterFunc(h.lease/renewals, h.renew)
	}
	return &claim{
		hear: func(*pb.Coordinated) { h.finish(fmt.Errorf("client: %s: %w", h.subject, ErrLeaseLost)) },
		over: h.finish,
	}
}

func (h *Holding) renew() {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	if h.err == nil && h.c.alive() == nil {
		h.c.tell(&pb.Coordinate{Verb: pb.Coordinate_RENEW, Of: h.request})
		h.renewal.Reset(h.lease / renewals)
	}
}

// finish notes that it is over. The caller holds the lock.
func (h *Holding) finish(err error) {
	if h.err != nil {
		return
	}
	h.err = err
	delete(h.c.claims, h.request)
	if h.renewal != nil {
		h.renewal.Stop()
	}
	close(h.done)
}

// Names returns the names of the locks that are held; nothing of a permit.
func (h *Holding) Names() []string { return h.names }

// Done returns a channel that is closed when it is not held any more.
func (h *Holding) Done() <-chan struct{} { return h.done }

// Err returns nil while it is held, and then why it is not: ErrNotHeld after
// Release, ErrLeaseLost, or what ended the session.
func (h *Holding) Err() error {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	return h.err
}

// Release gives it back, and returns when the scheduler has passed it on. It is
// given back even if ctx is over already. The error is that of Err if it was not
// held any more.
func (h *Holding) Release(ctx context.Context) error {
	h.c.mu.Lock()
	err := h.err
	if err == nil {
		h.finish(fmt.Errorf("client: %s: %w", h.subject, ErrNotHeld))
	}
	h.c.mu.Unlock()
	if err != nil {
		return err
	}
	q, err := h.c.pose(&pb.Coordinate{Verb: pb.Coordinate_END, Of: h.request}, nil)
	if err != nil {
		return err
	}
	a, err := q.wait(ctx, false)
	if err == nil && a.Outcome == pb.Coordinated_NOT {
		err = fmt.Errorf("client: %s: %w", h.subject, ErrLeaseLost) // as it was given back
	}
	return err
}
