package client

import (
	"context"
	"fmt"
	"runtime"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// An Actor is a state S on one worker, and the right to call methods on it. It
// is kept alive, like a value by a [Future], until Release or until nothing
// refers to it any more; the state ends with the last of all its Actors.
//
// Calls are made one at a time, those of one client in its order, beside the
// tasks of the worker: they take none of its threads' slots, so they should be
// short. An actor is never moved and never made again: when its worker is lost,
// calls under way and later ones fail with an error that wraps
// [graph.ErrActorLost] and says which worker, and why.
type Actor[S any] struct{ h *hold }

// An ActorRef names an actor. It can be an argument of a task, or of a call of
// another actor, which gets at the actor with [OpenActor] as long as somebody
// keeps that alive.
type ActorRef[S any] struct{ Key graph.Key }

// NewActor makes an actor of a class from arg on some worker, and returns at
// once; calls wait until it is there. Every call makes another actor, unless the
// option Key names it. The options say where it may live; resources are taken
// while it is made. The actor is given up if ctx ends before it is made.
func NewActor[S, Arg any](ctx context.Context, c *Client, class *graph.ActorClass[S, Arg], arg Arg, opts ...CallOption) (*Actor[S], error) {
	call, err := newCall(class.Name(), append(opts[:len(opts):len(opts)], func(c *call) {
		c.impure = c.key == ""
		c.spec.Actor = true
	}))
	if err != nil {
		return nil, err
	}
	attr, err := class.Literal(arg)
	if err != nil {
		return nil, fmt.Errorf("client: actor %q: %w", class.Name(), err)
	}
	b := &graph.Builder{}
	b.Output(b.Add(call.class(class.Name()), attr), call.keyOf(class.Name(), attr))
	hs, err := c.invoke(ctx, b.Graph())
	if err != nil {
		return nil, err
	}
	return newActor[S](hs[0]), nil
}

// OpenActor returns the actor that ref names. If it is not on the cluster, calls
// say so.
func OpenActor[S any](ctx context.Context, c *Client, ref ActorRef[S]) (*Actor[S], error) {
	if ref.Key.IsZero() {
		return nil, fmt.Errorf("client: open an actor: the reference names none")
	}
	if ctx.Err() != nil {
		return nil, explain(ctx, context.Cause(ctx))
	}
	ws, err := c.wantKnown([]graph.Key{ref.Key})
	if err != nil {
		return nil, err
	}
	return newActor[S](newHold(ws[0], nil)), nil
}

func newActor[S any](h *hold) *Actor[S] {
	a := &Actor[S]{h}
	runtime.AddCleanup(a, func(h *hold) { h.Release() }, h)
	return a
}

// Ref returns the name of a, to be passed on.
func (a *Actor[S]) Ref() ActorRef[S] { return ActorRef[S]{a.h.Key()} }

// Wait returns when the actor is made, or why it cannot be, or is no more.
func (a *Actor[S]) Wait(ctx context.Context) error {
	defer runtime.KeepAlive(a)
	return a.h.Wait(ctx)
}

// Release gives the actor up. Calls under way fail if this was the last to keep
// it alive. Doing so again does nothing.
func (a *Actor[S]) Release() { a.h.Release() }

// String names the actor.
func (a *Actor[S]) String() string { return fmt.Sprintf("actor %v", a.h.Key()) }

// A Reply is the result, to come, of a call of an actor.
type Reply[Out any] struct {
	h      *hold
	method string
	answer chan *pb.ToClient
}

// Call calls m on a and waits for the result. Arguments and results are of 1 MiB
// encoded at most, else the error wraps [ErrTooLarge], or [graph.ErrMemory] for a
// result: what is larger is passed as the key of a future. If ctx ends first, the
// call is made all the same.
func Call[S, In, Out any](ctx context.Context, a *Actor[S], m *graph.Method[S, In, Out], in In) (Out, error) {
	defer runtime.KeepAlive(a)
	r, err := Begin(a, m, in)
	if err != nil {
		var none Out
		return none, err
	}
	return r.Result(ctx)
}

// Begin is Call that does not wait. Calls that one client begins are made in
// that order.
func Begin[S, In, Out any](a *Actor[S], m *graph.Method[S, In, Out], in In) (*Reply[Out], error) {
	defer runtime.KeepAlive(a)
	arg, err := m.Literal(in)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if len(arg) > wire.MaxActorBytes {
		return nil, fmt.Errorf("client: method %q of %v: the argument is %d bytes, over %d: %w", m.Name(), a, len(arg), wire.MaxActorBytes, ErrTooLarge)
	}
	c := a.h.w.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.h.gone != nil {
		return nil, a.h.gone
	}
	if err := c.alive(); err != nil {
		return nil, err
	}
	call := &pb.ActorCall{Key: wire.KeyToPB(a.h.Key()), Method: m.Name(), Arg: arg}
	answer, _ := c.request(&pb.FromClient{Call: call})
	return &Reply[Out]{a.h, m.Name(), answer}, nil
}

// Result waits for the call to end and returns its result. It is called once.
// If ctx ends first, the call is made all the same.
func (r *Reply[Out]) Result(ctx context.Context) (out Out, err error) {
	var m *pb.ToClient
	wait := func() error {
		select {
		case m = <-r.answer:
			return nil
		case <-r.h.w.c.down:
			return r.h.w.c.err
		case <-ctx.Done():
			return explain(ctx, context.Cause(ctx))
		}
	}
	if err := graph.Yield(ctx, wait); err != nil {
		return out, err
	}
	p := m.GetReturned()
	if p == nil {
		return out, fmt.Errorf("client: the scheduler at %s answers nothing to a call of actor %v", r.h.w.c.address, r.h.Key())
	}
	if p.Error != nil {
		return out, fmt.Errorf("client: method %q of actor %v: %w", r.method, r.h.Key(), wire.TaskErrorFromPB(p.Error))
	}
	if err := graph.Decode(graph.Value(graph.Raw(p.Result)), &out); err != nil {
		return out, fmt.Errorf("client: method %q of actor %v: result: %w", r.method, r.h.Key(), err)
	}
	return out, nil
}
