package client

import (
	"context"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// An Event is set or not, for everybody who uses the name. It stays set until
// it is cleared, whoever leaves.
type Event struct {
	c    *Client
	name string
}

// Event returns the event of that name.
func (c *Client) Event(name string) *Event { return &Event{c, name} }

// Set wakes all who wait, and everybody who will until Clear.
func (e *Event) Set(ctx context.Context) error {
	_, err := e.ask(ctx, pb.Coordinate_SET_EVENT, false)
	return err
}

// Clear makes those wait who come after it.
func (e *Event) Clear(ctx context.Context) error {
	_, err := e.ask(ctx, pb.Coordinate_CLEAR_EVENT, false)
	return err
}

// Wait returns when the event is set.
func (e *Event) Wait(ctx context.Context) error {
	_, err := e.ask(ctx, pb.Coordinate_AWAIT_EVENT, false)
	return err
}

// IsSet reports whether the event is set.
func (e *Event) IsSet(ctx context.Context) (bool, error) {
	return e.ask(ctx, pb.Coordinate_AWAIT_EVENT, true)
}

func (e *Event) ask(ctx context.Context, verb pb.Coordinate_Verb, try bool) (bool, error) {
	a, err := e.c.ask(ctx, &pb.Coordinate{Verb: verb, Names: []string{e.name}, Try: try}, nil)
	return a.GetOutcome() == pb.Coordinated_DONE, err
}
