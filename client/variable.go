package client

import (
	"context"
	"runtime"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A Variable is a value or a future that all who use its name share. A value
// travels encoded, in up to 64 KiB; a future keeps its result alive while it is
// in the variable. It lives until Delete, whoever leaves.
type Variable[T any] struct {
	c    *Client
	name string
}

// NewVariable returns the variable of that name. T is what [graph.Encode]
// encodes, or a *Future.
func NewVariable[T any](c *Client, name string) *Variable[T] { return &Variable[T]{c, name} }

// Set gives it a value. If ctx ends first it may be set all the same.
func (v *Variable[T]) Set(ctx context.Context, value T) error {
	op := v.op(pb.Coordinate_WRITE, false)
	if err := packItem(v.c, op, value); err != nil {
		return err
	}
	defer runtime.KeepAlive(value)
	_, err := v.c.ask(ctx, op, nil)
	return err
}

// Get returns the value; it waits until there is one.
func (v *Variable[T]) Get(ctx context.Context) (T, error) {
	value, _, err := v.get(ctx, false)
	return value, err
}

// TryGet returns the value if there is one.
func (v *Variable[T]) TryGet(ctx context.Context) (value T, ok bool, err error) {
	return v.get(ctx, true)
}

func (v *Variable[T]) get(ctx context.Context, try bool) (value T, ok bool, err error) {
	op := v.op(pb.Coordinate_READ, try)
	a, err := v.c.ask(ctx, op, nil)
	if err != nil || a.Outcome == pb.Coordinated_NOT {
		return value, false, err
	}
	value, err = unpackItem[T](v.c, op, a)
	return value, err == nil, err
}

// Delete takes the value away.
func (v *Variable[T]) Delete(ctx context.Context) error {
	_, err := v.c.ask(ctx, v.op(pb.Coordinate_DELETE_VARIABLE, false), nil)
	return err
}

func (v *Variable[T]) op(verb pb.Coordinate_Verb, try bool) *pb.Coordinate {
	return &pb.Coordinate{Verb: verb, Names: []string{v.name}, Try: try}
}
