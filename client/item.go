package client

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// itemLimit is how large an encoding may be that passes through the scheduler,
// bytes.
const itemLimit = 64 << 10

// A passer is a future of whatever type, as a value of a queue or variable.
type passer interface {
	Result
	pass(h *hold) any
}

// pass returns a future of f's type; f itself may be nil.
func (f *Future[T]) pass(h *hold) any { return newFuture[T](h) }

// packItem puts v into op: a future as its key, everything else encoded.
func packItem[T any](c *Client, op *pb.Coordinate, v T) error {
	f, isFuture := any(v).(passer)
	if !isFuture {
		return packValue(op, v)
	}
	var none T
	if any(v) == any(none) {
		return fmt.Errorf("client: %s: the future is nil", subject(op))
	}
	h := f.hold()
	if h.w.c != c {
		return fmt.Errorf("client: %s: future %v belongs to another client", subject(op), h.Key())
	}
	if err := h.letGo(); err != nil {
		return err
	}
	op.Key = wire.KeyToPB(h.Key())
	return nil
}

// packValue is packItem for what is no future.
func packValue[T any](op *pb.Coordinate, v T) error {
	e, err := graph.Encode(v)
	if err != nil {
		return fmt.Errorf("client: %s: %w", subject(op), err)
	}
	raw, is := e.(graph.Raw)
	switch {
	case !is:
		return fmt.Errorf("client: %s: %w: a %T is not encoded", subject(op), ErrTooLarge, v)
	case len(raw) > itemLimit:
		return fmt.Errorf("client: %s: %w: it has %d bytes, and may have %d", subject(op), ErrTooLarge, len(raw), itemLimit)
	}
	op.Data = raw
	return nil
}

// unpackItem returns what an answer to op holds, and confirms it. What is not a
// T goes back to where it came from.
func unpackItem[T any](c *Client, op *pb.Coordinate, a *pb.Coordinated) (T, error) {
	var v T
	f, isFuture := any(v).(passer)
	err := fmt.Errorf("client: %s: it holds a value, not a %T", subject(op), v)
	switch {
	case isFuture && a.Key != nil:
		var k graph.Key
		if k, err = wire.KeyFromPB(a.Key); err == nil {
			h, err := c.take(k, a.Request)
			if err != nil {
				return v, err
			}
			return f.pass(h).(T), nil
		}
	case a.Key != nil:
		err = fmt.Errorf("client: %s: it holds a future, not a %T", subject(op), v)
	case !isFuture:
		if err = graph.Decode(graph.Raw(a.Data), &v); err != nil {
			err = fmt.Errorf("client: %s: %w", subject(op), err)
		}
	}
	verb := pb.Coordinate_TOOK
	if err != nil {
		verb = pb.Coordinate_END
	}
	if op.Verb == pb.Coordinate_GET || a.Key != nil { // else it was only shown
		c.mu.Lock()
		defer c.mu.Unlock()
		c.tell(&pb.Coordinate{Verb: verb, Of: a.Request})
	}
	return v, err
}

// take confirms a key, which makes it one that this client wants.
func (c *Client) take(k graph.Key, request uint32) (*hold, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return nil, err
	}
	seq := c.tell(&pb.Coordinate{Verb: pb.Coordinate_TOOK, Of: request})
	w, _ := c.want(k)
	if w.state != ready {
		w.ask(seq)
	}
	return newHold(w, nil), nil
}
