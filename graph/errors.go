package graph

import (
	"errors"
	"fmt"
	"strings"
)

// What can become of a task, for errors.Is.
var (
	ErrTask         = errors.New("task failed")
	ErrPanic        = errors.New("task panicked")
	ErrUnregistered = errors.New("function not registered")
	ErrKilled       = errors.New("worker lost too often")
	ErrNoWorker     = errors.New("no worker can run the task")
	ErrCancelled    = errors.New("cancelled")
	ErrTimeout      = errors.New("timed out")
	ErrMemory       = errors.New("not enough memory")
	ErrLost         = errors.New("data lost")
	ErrUnknownKey   = errors.New("unknown key")
	// ErrReschedule is for a task to return, wrapped or not: it is to run
	// again, by preference elsewhere. Nobody is blamed, and no retry is used.
	ErrReschedule = errors.New("to be rescheduled")
	// ErrActorLost: the state of an actor is gone, with its worker.
	ErrActorLost = errors.New("actor lost")
)

// A Kind is the sentinel of a [TaskError] in a form that travels.
type Kind uint8

// The kinds, in the order of kinds below.
const (
	KindTask Kind = iota
	KindPanic
	KindUnregistered
	KindKilled
	KindNoWorker
	KindCancelled
	KindTimeout
	KindMemory
	KindLost
	KindUnknownKey
	KindReschedule
	KindActorLost
)

var kinds = [...]error{
	ErrTask, ErrPanic, ErrUnregistered, ErrKilled, ErrNoWorker,
	ErrCancelled, ErrTimeout, ErrMemory, ErrLost, ErrUnknownKey,
	ErrReschedule, ErrActorLost,
}

// Known reports whether this program knows the kind.
func (k Kind) Known() bool { return int(k) < len(kinds) }

// TaskError says why a task has no result: what failed, where, and what the
// task itself said. It wraps the sentinel of its kind.
type TaskError struct {
	Kind    Kind
	Op      string // the op of the task that failed first
	Task    string // its key, or its place in its run
	Worker  string // where it failed; empty if it never ran
	Message string // of the task or of whoever gave up on it
	Stack   string // remote goroutine stack after a panic; else empty
}

// Error names the task, its op and its worker, then the message.
func (e *TaskError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "ashlar: %v", e.Unwrap())
	if e.Op != "" {
		fmt.Fprintf(&b, ": op %s", e.Op)
	}
	if e.Task != "" {
		fmt.Fprintf(&b, ", task %s", e.Task)
	}
	if e.Worker != "" {
		fmt.Fprintf(&b, ", on worker %s", e.Worker)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Stack != "" {
		b.WriteString("\nremote stack:\n" + e.Stack)
	}
	return b.String()
}

// Unwrap returns the sentinel of the kind.
func (e *TaskError) Unwrap() error {
	if int(e.Kind) < len(kinds) {
		return kinds[e.Kind]
	}
	return ErrTask
}

// KindOf returns the kind of the sentinel that err wraps; KindTask if none.
func KindOf(err error) Kind {
	for k, s := range kinds {
		if errors.Is(err, s) {
			return Kind(k)
		}
	}
	return KindTask
}

// AsTaskError returns err as a TaskError about the named op: err itself if it
// is one already, else one of the kind of the sentinel that err wraps.
func AsTaskError(err error, op string) *TaskError {
	var te *TaskError
	if errors.As(err, &te) {
		return te
	}
	return &TaskError{Kind: KindOf(err), Op: op, Message: err.Error()}
}
