package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A hold is one reference to a want: what a future, or the owner of a persisted
// value, has. It implements [graph.Held]. The client's lock guards it.
type hold struct {
	w        *want
	after    func() // called with the lock held when the hold is let go
	gone     error  // why it was let go
	done     chan struct{}
	sub      *sub // closes done
	whenGone subs // called when h is let go while pending, though others may keep the want
}

var _ graph.Held = (*hold)(nil)

func newHold(w *want, after func()) *hold { return &hold{w: w, after: after} }

// newHolds returns a hold of each of ws.
func newHolds(ws []*want) []*hold {
	hs := make([]*hold, len(ws))
	for first := 0; first < len(ws); first += slab {
		some := make([]hold, min(slab, len(ws)-first))
		for i := range some {
			some[i].w = ws[first+i]
			hs[first+i] = &some[i]
		}
	}
	return hs
}

// Key returns the key of the value.
func (h *hold) Key() graph.Key { return h.w.key }

// Wait returns when the value is there, or why it never will be.
func (h *hold) Wait(ctx context.Context) error {
	if ends, err := h.look(); ends == nil {
		return err
	}
	return graph.Yield(ctx, func() error { return h.await(ctx) })
}

func (h *hold) await(ctx context.Context) error {
	for {
		ends, err := h.look()
		if ends == nil {
			return err
		}
		select {
		case <-ends:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// look returns the channel that is closed when h ends, or, with none, how it did.
func (h *hold) look() (ends <-chan struct{}, err error) {
	h.w.c.mu.Lock()
	defer h.w.c.mu.Unlock()
	switch {
	case h.gone != nil:
		return nil, h.gone
	case h.w.state == ready:
		return nil, nil
	case h.w.state == failed:
		return nil, h.w.err
	}
	return h.doneChan(), nil
}

// closed is the done channel of what has ended.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// doneChan returns a channel that is closed when h ends. The caller holds the
// lock.
func (h *hold) doneChan() <-chan struct{} {
	if h.gone != nil || h.w.state != pending {
		return closed
	}
	if h.sub == nil {
		h.done = make(chan struct{})
		h.sub = &sub{func(*want) {
			close(h.done)
			h.sub = nil
		}}
		h.w.subscribe(h.sub)
	}
	return h.done
}

// Release gives the value up. Doing so again does nothing.
func (h *hold) Release() {
	h.w.c.mu.Lock()
	defer h.w.c.mu.Unlock()
	h.leave((*released)(h.w))
}

// leave gives the value up because of err. The caller holds the lock.
func (h *hold) leave(err error) {
	if h.gone != nil {
		return
	}
	h.gone = err
	if h.sub != nil {
		s := h.sub
		h.w.subs.remove(s)
		s.f(h.w)
	}
	if h.w.state == pending {
		h.whenGone.call(h.w)
	}
	h.whenGone = subs{}
	h.w.drop()
	if h.after != nil {
		h.after()
	}
}

// cancel has the scheduler give the key up, for everybody who wants it.
func (h *hold) cancel() {
	c := h.w.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.gone != nil || c.alive() != nil {
		return
	}
	h.w.since = c.say(&pb.FromClient{Cancel: []*pb.Key{wire.KeyToPB(h.w.key)}})
	h.w.settle(failed, cancelled(h.w.key, "by this program"))
}

// retry has what failed behind the key run again. An answer that is under way
// already, because another client did the same, counts.
func (h *hold) retry() error {
	c := h.w.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.gone != nil {
		return h.gone
	}
	if err := c.alive(); err != nil {
		return err
	}
	if errors.Is(h.w.err, graph.ErrCancelled) {
		return fmt.Errorf("client: cannot retry what was cancelled, submit it again: %w", h.w.err)
	}
	if h.w.state == failed {
		h.w.setPending()
		c.say(&pb.FromClient{Retry: []*pb.Key{wire.KeyToPB(h.w.key)}})
	}
	return nil
}

// bind gives the holds up when ctx ends before their values are there. The
// caller does not hold the lock.
func bind(ctx context.Context, hs []*hold) {
	if ctx.Done() == nil || len(hs) == 0 {
		return
	}
	c := hs[0].w.c
	c.mu.Lock()
	defer c.mu.Unlock()
	left := len(hs)
	over := func() {}
	s := &sub{func(*want) {
		if left--; left == 0 {
			over() // frees what ctx keeps of this
		}
	}}
	for _, h := range hs {
		h.w.subscribe(s)
	}
	if left == 0 {
		return
	}
	stop := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, h := range hs {
			if h.w.state == pending {
				h.leave(cancelled(h.w.key, "the context of its submission ended: "+context.Cause(ctx).Error()))
			}
		}
	})
	over = func() { stop() }
}
