package graph

import (
	"context"
	"errors"
	"fmt"
)

// ErrOutside is the error of what only a task can do, done elsewhere.
var ErrOutside = errors.New("not inside a task of a cluster")

// A Host is what executes a task, as the task reaches it through its context.
// Its methods may be called from any goroutine of the task, until that returns.
type Host interface {
	// Place says which task runs where.
	Place() Place
	// Secede gives the slot of the task to others; see [Secede].
	Secede() error
	// Rejoin waits until the task has a slot again; see [Rejoin].
	Rejoin(ctx context.Context) error
	// Yield gives the slot away for the length of a wait, unless it is given
	// away already. resume ends that.
	Yield() (resume func() error)
	// Shared is what the tasks of the worker share.
	Shared() *Shared
}

// A Place says which task runs where.
type Place struct {
	Task      TaskID
	Attempt   uint32
	Worker    string // name of the worker
	Scheduler string // its address, host:port
}

type hostKey struct{}

// WithHost returns the context for a task that h executes.
func WithHost(ctx context.Context, h Host) context.Context {
	return context.WithValue(ctx, hostKey{}, h)
}

// HostOf returns what executes the task whose context ctx is, or is derived
// from. The error wraps [ErrOutside].
func HostOf(ctx context.Context) (Host, error) {
	if h, ok := ctx.Value(hostKey{}).(Host); ok {
		return h, nil
	}
	return nil, fmt.Errorf("%w: pass on the context that the task's function was given", ErrOutside)
}

// Secede gives the slot of the task whose context ctx is to other tasks, while
// the task goes on: for one that will wait, or run for very long. It keeps its
// resources and its memory, and its time-out goes on. Doing so again does
// nothing. A task on a device cannot secede.
func Secede(ctx context.Context) error {
	h, err := HostOf(ctx)
	if err == nil {
		err = h.Secede()
	}
	return inTask("Secede", err)
}

// Rejoin waits until the task that seceded has a slot again, or ctx ends. Those
// that come back go before those that have not begun. It does nothing for a
// task that has its slot.
func Rejoin(ctx context.Context) error {
	h, err := HostOf(ctx)
	if err == nil {
		err = h.Rejoin(ctx)
	}
	return inTask("Rejoin", err)
}

// Yield calls wait, and inside a task gives its slot to others until wait has
// returned: then it waits for a slot again, and returns what wait did. What
// waits for other tasks from inside a task must yield, or all slots may be
// taken by tasks that wait. Outside a task, Yield only calls wait.
func Yield(ctx context.Context, wait func() error) error {
	h, err := HostOf(ctx)
	if err != nil {
		return wait()
	}
	resume := h.Yield()
	err = wait()
	return errors.Join(err, resume())
}

func inTask(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("graph: %s: %w", what, err)
}
