package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// An actor is a task whose value is a state that stays on the worker that made
// it. It is called through the scheduler, which so knows the order of all calls.
type (
	// ActorCall: a client calls a method of the actor that a key names. Exactly
	// one Answer follows, unless the client leaves.
	ActorCall struct {
		At      time.Duration
		Client  ClientID
		Request uint32 // of the client
		Key     graph.Key
		Method  string
		Arg     []byte // as encoded
	}
	// ActorReturned: a call has ended.
	ActorReturned struct {
		At     time.Duration
		Worker WorkerID
		Call   uint64
		Result []byte           // as encoded
		Err    *graph.TaskError // nil: it went well
	}

	// Invoke has a worker call a method of an actor that it holds. Calls of one
	// actor are to be made one at a time, in the order given.
	Invoke struct {
		Worker WorkerID
		Task   graph.TaskID
		Call   uint64 // grows; names the call in its ActorReturned
		Method string
		Arg    []byte
	}
	// Answer tells a client how its call ended.
	Answer struct {
		Client  ClientID
		Request uint32
		Result  []byte
		Err     *graph.TaskError // nil: it went well
	}
)

func (ActorCall) event()     {}
func (ActorReturned) event() {}

func (Invoke) action() {}
func (Answer) action() {}
