package client

import (
	"context"
	"sync"

	"github.com/ashlar-go/ashlar/graph"
)

// all waits until each of many things is ready, or one of them is not to be.
type all struct {
	mu   sync.Mutex // they may belong to several clients
	left int        // so many are pending; negative: the wait has ended
	done chan struct{}
	sub  sub
}

func newAll() *all {
	a := &all{done: make(chan struct{})}
	a.sub.f = a.ended
	return a
}

// ended notes that something is pending no more. What has ended otherwise than
// well ends the wait.
func (a *all) ended(w *want) { a.count(-1, w.state != ready) }

func (a *all) count(n int, end bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left < 0 {
		return
	}
	if a.left += n; a.left == 0 || end {
		a.left = -1
		close(a.done)
	}
}

// wait returns when everything that a was told of has ended well, or something
// has not.
func (a *all) wait(ctx context.Context) error {
	select {
	case <-a.done:
		return nil
	default:
	}
	return graph.Yield(ctx, func() error {
		select {
		case <-a.done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

// waitHolds returns when all values are there, or at once when one will not be.
func waitHolds(ctx context.Context, hs []*hold) error {
	for {
		a := newAll()
		some, err := a.holds(hs)
		if some && err == nil {
			err = a.wait(ctx)
		}
		if some {
			a.leaveHolds(hs)
		}
		if err != nil || !some {
			return err
		}
	}
}

// holds adds those that are pending, and reports whether there are any. The
// error is that of the first that has failed.
func (a *all) holds(hs []*hold) (some bool, err error) {
	a.count(1, false) // not to end before all are counted
	for _, h := range hs {
		c := h.w.c
		c.mu.Lock()
		switch {
		case h.gone != nil:
			err = h.gone
		case h.w.state == failed:
			err = h.w.err
		case h.w.state == pending:
			some = true
			a.count(1, false)
			h.w.subs.add(&a.sub)
			h.whenGone.add(&a.sub)
		}
		c.mu.Unlock()
		if err != nil {
			break
		}
	}
	a.count(-1, false)
	return some, err
}

func (a *all) leaveHolds(hs []*hold) {
	for _, h := range hs {
		h.w.c.mu.Lock()
		h.w.subs.remove(&a.sub)
		h.whenGone.remove(&a.sub)
		h.w.c.mu.Unlock()
	}
}

// waitAll returns when all are ready, or at once when one has failed.
func (c *Client) waitAll(ctx context.Context, ws []*want) error {
	for {
		a := newAll()
		some, err := c.addAll(a, ws)
		if some && err == nil {
			err = a.wait(ctx)
		}
		if some {
			c.unsubscribe(&a.sub, ws)
		}
		if err != nil || !some {
			return err
		}
	}
}

func (c *Client) addAll(a *all, ws []*want) (some bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range ws {
		switch w.state {
		case failed:
			return some, w.err
		case pending:
			some = true
			a.left++
			w.subs.add(&a.sub)
		}
	}
	return some, nil
}

func (c *Client) unsubscribe(s *sub, ws []*want) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range ws {
		w.subs.remove(s)
	}
}
