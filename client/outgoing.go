package client

import (
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// outgoing is what this client says, in order: it is kept until the scheduler
// has acted on it, so that it can be said again on another stream. The client's
// lock guards it.
type outgoing struct {
	seq  uint64 // of the last message
	kept []*pb.FromClient
	next int           // index in kept of what the present stream has not sent
	wake chan struct{} // holds one
}

func newOutgoing() outgoing { return outgoing{wake: make(chan struct{}, 1)} }

// say numbers m and queues it. The caller holds the lock. It returns the number.
func (c *Client) say(m *pb.FromClient) uint64 {
	o := &c.out
	o.seq++
	m.Seq = o.seq
	o.kept = append(o.kept, m)
	o.poke()
	return o.seq
}

// joinMost bounds what one message takes of what could have been messages of
// their own.
const joinMost = 1024

// unsent returns the last message, if that waits to be sent: more can join it
// then, and travels no later. Nil if there is none.
func (o *outgoing) unsent() *pb.FromClient {
	if n := len(o.kept); n > o.next {
		return o.kept[n-1]
	}
	return nil
}

// sayRelease is say for the release of a key; releases that follow one another
// share a message.
func (c *Client) sayRelease(k graph.Key) {
	if m := c.out.unsent(); m != nil && m.Released != nil {
		wire.AppendKey(m.Released, k)
		return
	}
	p := &pb.KeyColumns{}
	wire.AppendKey(p, k)
	c.say(&pb.FromClient{Released: p})
}

// saySubmit is say for a graph that the task submits; 0 is none. Submissions
// that follow one another share a message.
func (c *Client) saySubmit(g *pb.Graph, parent uint64) uint64 {
	if m := c.out.unsent(); m != nil && m.Submit != nil && m.Parent == parent && len(m.Submits) < joinMost {
		m.Submits = append(m.Submits, g)
		return m.Seq
	}
	return c.say(&pb.FromClient{Submit: g, Parent: parent})
}

func (o *outgoing) poke() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take returns what the present stream has not sent.
func (o *outgoing) take() []*pb.FromClient {
	ms := o.kept[o.next:len(o.kept):len(o.kept)]
	o.next = len(o.kept)
	return ms
}

// acted drops what the scheduler has acted on.
func (o *outgoing) acted(ack uint64) {
	n := 0
	for n < o.next && o.kept[n].Seq <= ack {
		o.kept[n] = nil
		n++
	}
	o.kept, o.next = o.kept[n:], o.next-n
}

// rewind makes the next stream begin after the message with number ack.
func (o *outgoing) rewind(ack uint64) {
	o.next = len(o.kept)
	o.acted(ack)
	o.next = 0
	o.poke()
}
