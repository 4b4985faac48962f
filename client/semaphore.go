package client

import (
	"context"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A Semaphore has a number of permits, of which everybody who uses the name, in
// whatever process, can hold some.
type Semaphore struct {
	c       *Client
	name    string
	permits int
	lease   time.Duration
}

// Semaphore returns the semaphore of that name. All who use it at a time must
// name the same number of permits. If lease is not 0, a permit whose holder does
// not renew it for so long is taken back; the client renews it as long as the
// program runs and reaches the scheduler. Without one it is held until it is
// released or the session ends.
func (c *Client) Semaphore(name string, permits int, lease time.Duration) *Semaphore {
	return &Semaphore{c, name, permits, lease}
}

// Acquire waits for a permit. If ctx ends first the request is withdrawn.
func (s *Semaphore) Acquire(ctx context.Context) (*Holding, error) {
	return s.c.acquire(ctx, s.op(false))
}

// TryAcquire takes a permit if one is free; else it returns nil.
func (s *Semaphore) TryAcquire(ctx context.Context) (*Holding, error) {
	return s.c.acquire(ctx, s.op(true))
}

func (s *Semaphore) op(try bool) *pb.Coordinate {
	return &pb.Coordinate{Verb: pb.Coordinate_TAKE_PERMIT, Names: []string{s.name}, Count: int64(s.permits),
		LeaseNanos: int64(s.lease), Try: try}
}
