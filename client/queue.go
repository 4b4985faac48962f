package client

import (
	"context"
	"runtime"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A Queue passes values or futures between all who use its name, first in, first
// out; each item goes to one. A value travels encoded, in up to 64 KiB; a future
// keeps its result alive while it is in the queue. Items stay when who put them
// leaves. What is in a queue lives until it is taken, or Delete.
type Queue[T any] struct {
	c    *Client
	name string
	size int
}

// NewQueue returns the queue of that name, with room for size items; 0 is any
// number. All who use it at a time must name the same size. T is what
// [graph.Encode] encodes, or a *Future.
func NewQueue[T any](c *Client, name string, size int) *Queue[T] { return &Queue[T]{c, name, size} }

// Put appends v; it waits for room. If ctx ends first v is not put, or taken out
// again unless somebody got it before that arrived.
func (q *Queue[T]) Put(ctx context.Context, v T) error {
	_, err := q.put(ctx, v, false)
	return err
}

// TryPut appends v if there is room.
func (q *Queue[T]) TryPut(ctx context.Context, v T) (bool, error) { return q.put(ctx, v, true) }

func (q *Queue[T]) put(ctx context.Context, v T, try bool) (bool, error) {
	op := q.op(pb.Coordinate_PUT, try)
	if err := packItem(q.c, op, v); err != nil {
		return false, err
	}
	defer runtime.KeepAlive(v)
	a, err := q.c.ask(ctx, op, nil)
	return a.GetOutcome() == pb.Coordinated_DONE, err
}

// Get takes the first item; it waits for one. If ctx ends first, or this
// program dies before it has it, the item goes back to the front. So does one
// that is not a T.
func (q *Queue[T]) Get(ctx context.Context) (T, error) {
	v, _, err := q.get(ctx, false)
	return v, err
}

// TryGet takes the first item if there is one.
func (q *Queue[T]) TryGet(ctx context.Context) (v T, ok bool, err error) { return q.get(ctx, true) }

func (q *Queue[T]) get(ctx context.Context, try bool) (v T, ok bool, err error) {
	op := q.op(pb.Coordinate_GET, try)
	a, err := q.c.ask(ctx, op, nil)
	if err != nil || a.Outcome == pb.Coordinated_NOT {
		return v, false, err
	}
	v, err = unpackItem[T](q.c, op, a)
	return v, err == nil, err
}

// Len returns how many items are in the queue.
func (q *Queue[T]) Len(ctx context.Context) (int, error) {
	a, err := q.c.ask(ctx, &pb.Coordinate{Verb: pb.Coordinate_SIZE, Names: []string{q.name}}, nil)
	return int(a.GetCount()), err
}

// Delete drops what is in the queue. Who waits to put gets ErrDeleted.
func (q *Queue[T]) Delete(ctx context.Context) error {
	_, err := q.c.ask(ctx, &pb.Coordinate{Verb: pb.Coordinate_DELETE_QUEUE, Names: []string{q.name}}, nil)
	return err
}

func (q *Queue[T]) op(verb pb.Coordinate_Verb, try bool) *pb.Coordinate {
	return &pb.Coordinate{Verb: verb, Names: []string{q.name}, Count: int64(q.size), Try: try}
}
