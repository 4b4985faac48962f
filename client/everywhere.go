package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A WorkerAnswer is what one worker answered to [RunOn].
type WorkerAnswer[T any] struct {
	Worker string
	Value  T
	Err    error // of this worker; wraps a sentinel of package graph
}

// RunOn calls fn with arg on each of the workers given, by name or address, or
// on all if none is, at once and beside their tasks: to look at them, or to set
// something up. The answers, of 1 MiB encoded at most, come in the order of the
// workers' names; each has its own error, which is graph.ErrKilled for a worker
// that was lost meanwhile. When ctx ends, the calls are cancelled, and what was
// answered before is returned with the error.
func RunOn[In, Out any](ctx context.Context, c *Client, fn *graph.Func[In, Out], arg In, workers ...string) ([]WorkerAnswer[Out], error) {
	attr, err := fn.Literal(arg)
	if err != nil {
		return nil, fmt.Errorf("client: run %q: %w", fn.Name(), err)
	}
	e := &pb.Everywhere{Op: fn.Name(), Attr: attr}
	if len(workers) > 0 {
		if e.Workers, err = c.workerIDs(ctx, workers...); err != nil {
			return nil, err
		}
	}
	rows, err := c.runEverywhere(ctx, e)
	out := make([]WorkerAnswer[Out], len(rows))
	for i, r := range rows {
		out[i].Worker = r.Worker
		if r.Error != nil {
			out[i].Err = wire.TaskErrorFromPB(r.Error)
		} else if err := graph.Decode(graph.Value(graph.Raw(r.Value)), &out[i].Value); err != nil {
			out[i].Err = fmt.Errorf("client: run %q: answer of worker %s: %w", fn.Name(), r.Worker, err)
		}
	}
	return out, err
}

func (c *Client) runEverywhere(ctx context.Context, e *pb.Everywhere) ([]*pb.RanRow, error) {
	if ctx.Err() != nil {
		return nil, explain(ctx, context.Cause(ctx))
	}
	c.mu.Lock()
	if err := c.alive(); err != nil {
		c.mu.Unlock()
		return nil, err
	}
	m := &pb.FromClient{Run: e}
	answer, _ := c.request(m)
	request := m.Request
	c.mu.Unlock()
	var over error
	ended := ctx.Done()
	for {
		select {
		case a := <-answer:
			if a.Refusal != nil {
				return nil, fmt.Errorf("client: run %q: %w", e.Op, wire.RefusalFromPB(a.Refusal))
			}
			return a.GetRan().GetRows(), over
		case <-c.down:
			return nil, errors.Join(over, c.err)
		case <-ended:
			// The answer to this is that to the run, as far as it got.
			over, ended = explain(ctx, context.Cause(ctx)), nil
			c.mu.Lock()
			if c.alive() == nil {
				c.say(&pb.FromClient{StopRun: request})
			}
			c.mu.Unlock()
		}
	}
}

// Restart forgets all results, publications and work of the whole cluster, and
// makes every worker start afresh. Futures, of every client, fail with
// graph.ErrCancelled. It returns when as many workers as there were are back.
func (c *Client) Restart(ctx context.Context) error {
	before, err := c.Info(ctx)
	if err != nil {
		return err
	}
	if _, err := c.inquire(ctx, &pb.FromClient{Restart: &pb.Restart{}}); err != nil {
		return err
	}
	old := map[uint32]bool{}
	for _, w := range before.Workers {
		old[w.ID] = true
	}
	return c.poll(ctx, "restart", func(in *Info) string {
		back := 0
		for _, w := range in.Workers {
			if !old[w.ID] {
				back++
			}
		}
		if back >= len(old) {
			return ""
		}
		return fmt.Sprintf("%d of %d workers are back", back, len(old))
	})
}

// poll asks for Info until lacks returns nothing; if ctx ends first, the error
// says what it lacks.
func (c *Client) poll(ctx context.Context, what string, lacks func(*Info) string) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		in, err := c.Info(ctx)
		if err != nil {
			return fmt.Errorf("client: %s: %w", what, err)
		}
		text := lacks(in)
		if text == "" {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("client: %s: %s: %w", what, text, explain(ctx, context.Cause(ctx)))
		}
	}
}
