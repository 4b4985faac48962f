package client

import "github.com/ashlar-go/ashlar/internal/wire/pb"

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

// sayRelease is say for the release of a key; releases that follow one another
// share a message as long as that has not been sent.
func (c *Client) sayRelease(k *pb.Key) {
	o := &c.out
	if n := len(o.kept); n > o.next {
		if last := o.kept[n-1]; len(last.Release) > 0 {
			last.Release = append(last.Release, k)
			return
		}
	}
	c.say(&pb.FromClient{Release: []*pb.Key{k}})
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
