package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A Lock excludes: of all who use the name, in whatever process, one has it at a
// time. Those who wait get it in the order in which they asked. It is released
// when the session of its holder ends.
type Lock struct {
	m    *MultiLock
	held *Holding // guarded by the client's lock
}

// Lock returns the lock of that name.
func (c *Client) Lock(name string) *Lock { return &Lock{m: c.MultiLock(1, name)} }

// Acquire waits for the lock. If ctx ends first the request is withdrawn. A
// goroutine that has it and asks again waits for itself.
func (l *Lock) Acquire(ctx context.Context) error {
	_, err := l.take(l.m.Acquire(ctx))
	return err
}

// TryAcquire takes the lock if nobody has it or waits for it.
func (l *Lock) TryAcquire(ctx context.Context) (bool, error) { return l.take(l.m.TryAcquire(ctx)) }

func (l *Lock) take(h *Holding, err error) (bool, error) {
	if h == nil || err != nil {
		return false, err
	}
	l.m.c.mu.Lock()
	defer l.m.c.mu.Unlock()
	l.held = h
	return true, nil
}

// Release gives the lock back, and returns when the scheduler has passed it on.
// It is given back even if ctx is over already. The error wraps ErrNotHeld if it
// was not acquired through l.
func (l *Lock) Release(ctx context.Context) error {
	l.m.c.mu.Lock()
	h := l.held
	l.held = nil
	l.m.c.mu.Unlock()
	if h == nil {
		return fmt.Errorf("client: lock %q: %w: acquire it first", l.m.names[0], ErrNotHeld)
	}
	return h.Release(ctx)
}

// A MultiLock asks for any of several locks at once. It shares the names with
// Lock. While it waits for the rest it keeps others from the locks whose turn
// has come, so that a request for many is not overtaken for ever.
type MultiLock struct {
	c     *Client
	n     int
	names []string
}

// MultiLock returns a request for any n of the locks with these names.
func (c *Client) MultiLock(n int, names ...string) *MultiLock { return &MultiLock{c, n, names} }

// Acquire waits for n of the locks; the Holding says which. If ctx ends first
// the request is withdrawn.
func (m *MultiLock) Acquire(ctx context.Context) (*Holding, error) {
	return m.c.acquire(ctx, m.op(false))
}

// TryAcquire takes n of the locks if so many are free and nobody waits for them;
// else it returns nil.
func (m *MultiLock) TryAcquire(ctx context.Context) (*Holding, error) {
	return m.c.acquire(ctx, m.op(true))
}

func (m *MultiLock) op(try bool) *pb.Coordinate {
	return &pb.Coordinate{Verb: pb.Coordinate_ACQUIRE, Names: m.names, Count: int64(m.n), Try: try}
}
