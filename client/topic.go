package client

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

const (
	// topicWindow is how many messages may be on their way to a subscriber, or
	// wait in this program.
	topicWindow = 256
	// topicBuffer is how many the scheduler keeps behind these by default.
	topicBuffer = 4096
)

// A Topic passes each message to all who are subscribed to its name when it is
// published: in one order for all, and so in order per publisher. A slow
// subscriber holds up nobody: what exceeds its buffer is dropped, the oldest
// first, and it is told how many it missed.
type Topic[T any] struct {
	c    *Client
	name string
}

// NewTopic returns the topic of that name. T is what [graph.Encode] encodes, in
// up to 64 KiB.
func NewTopic[T any](c *Client, name string) *Topic[T] { return &Topic[T]{c, name} }

// Publish sends v, and returns to how many subscribers when the scheduler has it.
// If ctx ends first it may be sent all the same.
func (t *Topic[T]) Publish(ctx context.Context, v T) (subscribers int, err error) {
	op := &pb.Coordinate{Verb: pb.Coordinate_PUBLISH, Names: []string{t.name}}
	if err := packValue(op, v); err != nil {
		return 0, err
	}
	a, err := t.c.ask(ctx, op, nil)
	return int(a.GetCount()), err
}

// Subscribe returns a subscription to what is published from now on. Buffer is
// how many messages the scheduler keeps for it while it is slow; 0 is 4096. The
// caller closes it.
func (t *Topic[T]) Subscribe(ctx context.Context, buffer int) (*Subscription[T], error) {
	if buffer == 0 {
		buffer = topicBuffer
	}
	s := &Subscription[T]{c: t.c, wake: make(chan struct{}, 1), closed: make(chan struct{})}
	op := &pb.Coordinate{Verb: pb.Coordinate_SUBSCRIBE, Names: []string{t.name}, Count: topicWindow, Buffer: int64(buffer)}
	s.subject = subject(op)
	_, err := t.c.ask(ctx, op, func(a *pb.Coordinated) *claim {
		s.request = a.Request
		return &claim{hear: s.hear}
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// A Subscription gets the messages of a topic. Its methods may be called from
// any goroutine; each message is returned once.
type Subscription[T any] struct {
	c       *Client
	request uint32
	subject string
	wake    chan struct{} // holds one
	closed  chan struct{}

	// Guarded by the client's lock.
	queue    []*pb.Coordinated
	consumed int // not confirmed yet
	over     bool
}

func (s *Subscription[T]) hear(a *pb.Coordinated) {
	s.queue = append(s.queue, a)
	s.poke()
}

func (s *Subscription[T]) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Next returns the next message; it waits for one. An error that wraps ErrMissed
// says how many messages were dropped here; the next call returns the one after
// them.
func (s *Subscription[T]) Next(ctx context.Context) (T, error) {
	for {
		v, ok, err := s.next()
		if ok || err != nil {
			return v, err
		}
		if err := graph.Yield(ctx, func() error { return s.await(ctx) }); err != nil {
			return v, explain(ctx, err)
		}
	}
}

// await returns when there may be something to take, or why there never will.
func (s *Subscription[T]) await(ctx context.Context) error {
	select {
	case <-s.wake:
	case <-s.closed:
	case <-s.c.down:
		return s.c.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

func (s *Subscription[T]) next() (v T, ok bool, err error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	switch {
	case s.over:
		return v, false, fmt.Errorf("client: %s: %w: the subscription was closed", s.subject, ErrReleased)
	case len(s.queue) == 0:
		return v, false, nil
	}
	a := s.queue[0]
	if n := a.Count; n > 0 {
		a.Count = 0
		return v, false, fmt.Errorf("client: %s: %w: %d of them", s.subject, ErrMissed, n)
	}
	s.queue[0] = nil
	if s.queue = s.queue[1:]; len(s.queue) > 0 {
		s.poke() // somebody else may wait
	}
	if s.consumed++; s.consumed >= topicWindow/2 {
		s.c.tell(&pb.Coordinate{Verb: pb.Coordinate_HEARD, Of: s.request, Count: int64(s.consumed)})
		s.consumed = 0
	}
	if err := graph.Decode(graph.Raw(a.Data), &v); err != nil {
		return v, false, fmt.Errorf("client: %s: %w", s.subject, err)
	}
	return v, true, nil
}

// All yields message after message until ctx ends or the subscription is over,
// the error of which is the last it yields. One that wraps ErrMissed is not.
func (s *Subscription[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			v, err := s.Next(ctx)
			if !yield(v, err) || err != nil && !errors.Is(err, ErrMissed) {
				return
			}
		}
	}
}

// Close ends the subscription. Doing so again does nothing.
func (s *Subscription[T]) Close() {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if s.over {
		return
	}
	s.over, s.queue = true, nil
	close(s.closed)
	delete(s.c.claims, s.request)
	s.c.tell(&pb.Coordinate{Verb: pb.Coordinate_END, Of: s.request})
}
