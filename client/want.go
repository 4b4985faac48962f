package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A state is what the scheduler last said of a key.
type state uint8

const (
	pending state = iota
	ready
	failed
)

// A want is a key that somebody in this program wants. The client's lock guards
// it.
type want struct {
	c    *Client
	key  graph.Key
	refs int
	// since is the number of what was last said about the key: what the
	// scheduler decided before it acted on that does not count.
	since   uint64
	state   state
	err     error // of state failed
	task    graph.TaskID
	bytes   int64
	holders []uint32
	inline  []byte // the encoding of a small value, while state is ready
	subs    map[*sub]struct{}
}

// A sub is called once, when a want settles, with the client's lock held.
type sub struct{ f func(w *want) }

// want returns the want of k with one more reference, making it if need be.
func (c *Client) want(k graph.Key) (w *want, isNew bool) {
	if w = c.wants[k.Hash]; w != nil {
		w.refs++
		return w, false
	}
	w = &want{c: c, key: k, refs: 1}
	c.wants[k.Hash] = w
	return w, true
}

// drop gives one reference up; with the last, the scheduler is told.
func (w *want) drop() {
	if w.refs--; w.refs > 0 {
		return
	}
	if w.refs < 0 {
		panic(fmt.Sprintf("client: %v is released once too often", w.key))
	}
	delete(w.c.wants, w.key.Hash)
	if w.state == pending {
		w.settle(failed, released(w.key))
	}
	if w.c.alive() == nil {
		w.c.sayRelease(wire.KeyToPB(w.key))
	}
}

func (c *Client) drop(ws []*want) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range ws {
		w.drop()
	}
}

func (w *want) settle(s state, err error) {
	w.state, w.err = s, err
	subs := w.subs
	w.subs = nil
	for s := range subs {
		s.f(w)
	}
}

func (w *want) setPending() { w.state, w.err, w.inline = pending, nil, nil }

// ask is setPending for what is being asked of the scheduler with message seq.
func (w *want) ask(seq uint64) {
	w.since = seq
	w.setPending()
}

// subscribe has f called when w is settled, which may be now.
func (w *want) subscribe(s *sub) {
	if w.state != pending {
		s.f(w)
		return
	}
	if w.subs == nil {
		w.subs = map[*sub]struct{}{}
	}
	w.subs[s] = struct{}{}
}

// waitAll returns when all are ready, or at once when one has failed.
func (c *Client) waitAll(ctx context.Context, ws []*want) error {
	left := len(ws)
	if left == 0 {
		return nil
	}
	done := make(chan error, 1)
	s := &sub{func(w *want) {
		left--
		if w.state == failed || left == 0 {
			select {
			case done <- w.err:
			default:
			}
		}
	}}
	c.mu.Lock()
	for _, w := range ws {
		if _, twice := w.subs[s]; twice {
			left--
			continue
		}
		w.subscribe(s)
	}
	c.mu.Unlock()
	defer c.unsubscribe(s, ws)
	select {
	case err := <-done:
		return err
	default:
	}
	return graph.Yield(ctx, func() error {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

func (c *Client) unsubscribe(s *sub, ws []*want) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range ws {
		delete(w.subs, s)
	}
}

// request says m, numbered as a request, and returns the channel on which the
// answer comes. The caller holds the lock.
func (c *Client) request(m *pb.FromClient) (answer chan *pb.ToClient, seq uint64) {
	c.requests++
	m.Request = c.requests
	answer = make(chan *pb.ToClient, 1)
	c.asked[m.Request] = answer
	return answer, c.say(m)
}
