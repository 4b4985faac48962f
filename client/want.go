package client

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
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
	subs    subs   // called when w is settled
}

// slab is how many wants, holds or futures are allocated at once: the collector
// is spared many objects, and keeps at most so many for the sake of one.
const slab = 32

// want returns the want of k with one more reference, making it if need be.
func (c *Client) want(k graph.Key) (w *want, isNew bool) {
	if w = c.wants.get(k.Hash); w != nil {
		w.refs++
		return w, false
	}
	if len(c.spare) == 0 {
		c.spare = make([]want, slab)
	}
	w, c.spare = &c.spare[0], c.spare[1:]
	*w = want{c: c, key: k, refs: 1}
	c.wants.add(w)
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
	w.c.wants.remove(w)
	if w.state == pending {
		w.settle(failed, (*released)(w))
	}
	if w.c.alive() == nil {
		w.c.sayRelease(w.key)
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
	w.subs.call(w)
}

func (w *want) setPending() { w.state, w.err, w.inline = pending, nil, nil }

// ask is setPending for what is being asked of the scheduler with message seq.
func (w *want) ask(seq uint64) {
	w.since = seq
	w.setPending()
}

func (w *want) askUnlessReady(seq uint64) {
	if w.state != ready {
		w.ask(seq)
	}
}

// subscribe has s called when w is settled, which may be now.
func (w *want) subscribe(s *sub) {
	if w.state != pending {
		s.f(w)
		return
	}
	w.subs.add(s)
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
