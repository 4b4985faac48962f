package client

import (
	"context"
	"fmt"
	"io"

	"github.com/ashlar-go/ashlar/graph"
)

// FromContext returns, inside a task, a client of the task's cluster: ctx is the
// context that the function was given, or one derived from it. All tasks of a
// worker share it, and the worker closes it when it ends; tasks do not.
//
// What a task submits goes before everything that comes after the task, with
// the task's user priority on top of its own, and is given up when the task
// ends before it, if it was submitted with the task's context. A wait with the
// task's context gives the task's slot to others and waits for a slot again
// before it returns, so tasks that wait for tasks cannot fill all slots:
// [graph.Secede] gives it away for longer.
//
// Outside a task the error wraps [graph.ErrOutside].
func FromContext(ctx context.Context) (*Client, error) {
	h, err := graph.HostOf(ctx)
	if err != nil {
		return nil, fmt.Errorf("client: FromContext: %w", err)
	}
	at := h.Place()
	good := func(c io.Closer) bool { return c.(*Client).isAlive() }
	c, err := h.Shared().Get(inTask{}, good, func() (io.Closer, error) {
		return Connect(ctx, at.Scheduler, Name("tasks on "+at.Worker))
	})
	if err != nil {
		return nil, fmt.Errorf("client: FromContext: worker %s: %w", at.Worker, err)
	}
	return c.(*Client), nil
}

// inTask is the key of the client that tasks share.
type inTask struct{}

func (c *Client) isAlive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alive() == nil
}

// parent returns the task, of this cluster, whose context ctx is; 0 if none.
func (c *Client) parent(ctx context.Context) uint64 {
	h, err := graph.HostOf(ctx)
	if err != nil {
		return 0
	}
	if at := h.Place(); at.Scheduler == c.address {
		return uint64(at.Task)
	}
	return 0
}
