package client

import (
	"context"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// encodeSmall encodes v for the scheduler to keep.
func encodeSmall(v any) ([]byte, error) {
	val, err := graph.Encode(v)
	if err != nil {
		return nil, err
	}
	raw, ok := val.(graph.Raw)
	if !ok {
		return nil, fmt.Errorf("a %T is kept by workers, not by the scheduler: scatter it, and publish the future", v)
	}
	return raw, nil
}

// SetMetadata stores a value, of 64 KiB encoded at most, that every client of
// the cluster can read under that path. The error wraps ErrTooLarge if it, or
// the number of paths, is.
func SetMetadata[T any](ctx context.Context, c *Client, path string, v T) error {
	raw, err := encodeSmall(v)
	if err != nil {
		return fmt.Errorf("client: metadata %q: %w", path, err)
	}
	_, err = c.inquire(ctx, &pb.FromClient{Note: &pb.Note{Path: path, Value: raw}})
	return err
}

// Metadata returns the value of a path. The error wraps ErrNotFound if there is
// none.
func Metadata[T any](ctx context.Context, c *Client, path string) (v T, err error) {
	a, err := c.question(ctx, &pb.Ask{About: &pb.Ask_Metadata{Metadata: path}})
	if err != nil {
		return v, err
	}
	if err := graph.Decode(graph.Value(graph.Raw(a.Value)), &v); err != nil {
		return v, fmt.Errorf("client: metadata %q: %w", path, err)
	}
	return v, nil
}

// RemoveMetadata removes the value of a path, if there is one.
func (c *Client) RemoveMetadata(ctx context.Context, path string) error {
	_, err := c.inquire(ctx, &pb.FromClient{Note: &pb.Note{Path: path, Remove: true}})
	return err
}

// A LoggedEvent is an event of a topic, as the scheduler keeps it.
type LoggedEvent struct {
	At     time.Time // by this machine's clock
	Source string    // the name of the client
	value  graph.Raw
}

// Decode stores the value of the event in *into, which has its type.
func Decode[T any](e LoggedEvent, into *T) error {
	return graph.Decode(graph.Value(e.value), into)
}

// LogEvent adds an event, of 64 KiB encoded at most, to the log of a topic. The
// scheduler keeps the last 1024 events of the 128 topics that were written to
// last.
func LogEvent[T any](ctx context.Context, c *Client, topic string, v T) error {
	if topic == "" {
		return fmt.Errorf("client: log event: %w: a topic has a name", ErrBadAsk)
	}
	raw, err := encodeSmall(v)
	if err != nil {
		return fmt.Errorf("client: event for %q: %w", topic, err)
	}
	_, err = c.inquire(ctx, &pb.FromClient{Note: &pb.Note{Topic: topic, Value: raw}})
	return err
}

// Events returns the last events of a topic, oldest first; none of one that
// nobody has written to.
func (c *Client) Events(ctx context.Context, topic string) ([]LoggedEvent, error) {
	a, err := c.question(ctx, &pb.Ask{About: &pb.Ask_Events{Events: topic}})
	if err != nil {
		return nil, err
	}
	es, now := make([]LoggedEvent, len(a.Events)), time.Now()
	for i, e := range a.Events {
		es[i] = LoggedEvent{At: now.Add(-time.Duration(e.AgeNanos)), Source: e.Source, value: e.Value}
	}
	return es, nil
}
