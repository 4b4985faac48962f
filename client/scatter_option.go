package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// A ScatterOption says where scattered values go, and under which keys.
type ScatterOption func(*scattering)

type scattering struct {
	broadcast bool
	byContent bool
	workers   []string
}

// Broadcast has every value on every worker before ScatterWith returns.
func Broadcast() ScatterOption { return func(s *scattering) { s.broadcast = true } }

// ByContent names values by what they are: equal ones are one value, brought
// once, whoever scatters them. It is for values that travel encoded, not for
// kinds of [graph.Value].
func ByContent() ScatterOption { return func(s *scattering) { s.byContent = true } }

// OnWorkers spreads the values over these workers only, given by name or
// address. Copies may be made elsewhere.
func OnWorkers(names ...string) ScatterOption { return func(s *scattering) { s.workers = names } }

// Scatter brings values to the cluster, spread over the workers, those with
// least first, and returns their futures. What a T is not a kind of
// [graph.Value] travels encoded. The values are the caller's again when Scatter
// returns.
func Scatter[T any](ctx context.Context, c *Client, values ...T) ([]*Future[T], error) {
	return ScatterWith(ctx, c, values)
}

// ScatterWith is [Scatter] with options.
func ScatterWith[T any](ctx context.Context, c *Client, values []T, opts ...ScatterOption) ([]*Future[T], error) {
	var s scattering
	for _, o := range opts {
		o(&s)
	}
	keys, vs := make([]graph.Key, len(values)), make([]graph.Value, len(values))
	for i, v := range values {
		var err error
		if vs[i], err = graph.Encode(v); err != nil {
			return nil, fmt.Errorf("client: scatter: value %d: %w", i, err)
		}
		keys[i] = graph.RandomKey("scattered")
		if s.byContent {
			raw, ok := vs[i].(graph.Raw)
			if !ok {
				return nil, fmt.Errorf("client: scatter: value %d: a %T is not named by its content: leave out ByContent", i, v)
			}
			keys[i] = graph.NewKey("scattered", fmt.Appendf(nil, "%T", v), raw)
		}
	}
	var on []uint32
	if len(s.workers) > 0 {
		var err error
		if on, err = c.workerIDs(ctx, s.workers...); err != nil {
			return nil, fmt.Errorf("client: scatter: %w", err)
		}
	}
	ws, err := c.bring(ctx, keys, vs, on...)
	if err != nil {
		return nil, explain(ctx, err)
	}
	hs := newHolds(ws)
	fs := futures[T](hs)
	if s.broadcast {
		if err := broadcast(ctx, c, fs); err != nil {
			return nil, err
		}
	}
	return fs, nil
}

func broadcast[T any](ctx context.Context, c *Client, fs []*Future[T]) error {
	rs := make([]Result, len(fs))
	for i, f := range fs {
		rs[i] = f
	}
	in, err := c.Info(ctx)
	if err == nil {
		err = c.Replicate(ctx, max(1, len(in.Workers)), rs...)
	}
	if err != nil {
		for _, f := range fs {
			f.Release()
		}
		return fmt.Errorf("client: broadcast: %w", err)
	}
	return nil
}
