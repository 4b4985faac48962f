package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync/atomic"
)

// An ActorClass makes actors: states S that live on one worker each, made from
// an Arg. Arg is any Go type that [Encode] takes; S is any type at all, since it
// never travels. If *S is an [io.Closer] it is closed when the actor ends; if it
// has a method Bytes() int64, that says what it counts for in the worker's memory
// when it was made.
type ActorClass[S, Arg any] struct{ name string }

// NewActorClass registers a class under a stable name, as [NewFunc] does a
// function. construct is called on the worker where the actor then lives.
func NewActorClass[S, Arg any](name string, construct func(ctx context.Context, arg Arg) (*S, error)) *ActorClass[S, Arg] {
	Register(name, func(ctx context.Context, c *Call) (Value, error) {
		var arg Arg
		if err := decodeArg(c, &arg); err != nil {
			return nil, fmt.Errorf("actor class %q: argument: %w", name, err)
		}
		s, err := construct(ctx, arg)
		if err != nil {
			return nil, err
		}
		if s == nil {
			return nil, fmt.Errorf("actor class %q made no state", name)
		}
		return newActorState(s), nil
	})
	return &ActorClass[S, Arg]{name}
}

// Name returns the name under which the class is registered.
func (c *ActorClass[S, Arg]) Name() string { return c.name }

// Literal returns the attributes of the task that makes an actor from arg.
func (c *ActorClass[S, Arg]) Literal(arg Arg) ([]byte, error) {
	return (&Func[Arg, S]{c.name}).Literal(arg)
}

// A Method is what can be called on actors with state S.
type Method[S, In, Out any] struct{ name string }

// NewMethod registers a method under a stable name, as [NewFunc] does a function.
// The calls of one actor run one at a time, so f has the state to itself; what f
// returns must not share memory with it. In and Out are types that [Encode]
// takes, but no kinds of Value. ctx ends when the actor does.
func NewMethod[S, In, Out any](name string, f func(ctx context.Context, s *S, in In) (Out, error)) *Method[S, In, Out] {
	registerMethod(name, func(ctx context.Context, state any, arg []byte) ([]byte, error) {
		s, ok := state.(*S)
		if !ok {
			return nil, fmt.Errorf("method %q is of actors with a %T, and this one has a %T", name, s, state)
		}
		var in In
		if err := decodeRaw(Raw(arg), &in); err != nil {
			return nil, fmt.Errorf("method %q: argument: %w", name, err)
		}
		out, err := f(ctx, s, in)
		if err != nil {
			return nil, err
		}
		raw, err := encodePlain(out)
		if err != nil {
			return nil, fmt.Errorf("method %q: result: %w", name, err)
		}
		return raw, nil
	})
	return &Method[S, In, Out]{name}
}

// Name returns the name under which the method is registered.
func (m *Method[S, In, Out]) Name() string { return m.name }

// Literal encodes the argument of a call.
func (m *Method[S, In, Out]) Literal(in In) ([]byte, error) {
	raw, err := encodePlain(in)
	if err != nil {
		return nil, fmt.Errorf("graph: method %q: argument: %w", m.name, err)
	}
	return raw, nil
}

// encodePlain is encodeRaw for what is to travel through the scheduler.
func encodePlain(v any) (Raw, error) {
	if _, is := v.(Value); is {
		return nil, fmt.Errorf("a %T does not pass through an actor's call: pass the key of a future", v)
	}
	return encodeRaw(v)
}

func registerMethod(name string, f func(context.Context, any, []byte) ([]byte, error)) {
	set(name, func(o *Op) bool {
		if o.CPU != nil || o.GPU != nil || o.Method != nil {
			return false
		}
		o.Method = f
		return true
	})
}

// An actorState is the value of the task that made an actor. It does not travel.
type actorState struct {
	state any
	bytes int64
	refs  atomic.Int64
}

// stateBytes is what a state counts for that does not say its size.
const stateBytes = 1 << 10

func newActorState(s any) *actorState {
	a := &actorState{state: s, bytes: stateBytes}
	if sized, ok := s.(interface{ Bytes() int64 }); ok {
		a.bytes = max(0, sized.Bytes())
	}
	a.refs.Store(1)
	return a
}

func (a *actorState) Bytes() int64 { return a.bytes }
func (a *actorState) Retain()      { a.refs.Add(1) }

// Release closes the state with the last reference. What Close says has nobody
// to tell: the actor was released, or its worker ends.
func (a *actorState) Release() {
	if a.refs.Add(-1) > 0 {
		return
	}
	if c, ok := a.state.(io.Closer); ok {
		_ = c.Close()
	}
}

// IsActor reports whether v is the state of an actor.
func IsActor(v Value) bool {
	_, is := v.(*actorState)
	return is
}

// CallActor calls the named method on the actor whose state is v, with an encoded
// argument, and returns the encoded result. A panic is an error that wraps
// [ErrPanic]; the actor goes on with the state as it then is.
func CallActor(ctx context.Context, v Value, method string, arg []byte) (result []byte, err error) {
	a, ok := v.(*actorState)
	if !ok {
		return nil, fmt.Errorf("graph: method %q is called on a %T, which is no actor", method, v)
	}
	op, err := Lookup(method)
	if err != nil {
		return nil, err
	}
	if op.Method == nil {
		return nil, fmt.Errorf("%w: %q is a function, not a method of an actor", ErrUnregistered, method)
	}
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, &TaskError{Kind: KindPanic, Op: method, Message: fmt.Sprint(p), Stack: string(debug.Stack())}
		}
	}()
	result, err = op.Method(ctx, a.state, arg)
	if cause := context.Cause(ctx); err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = fmt.Errorf("%w: %v", cause, err)
	}
	return result, err
}
