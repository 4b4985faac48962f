package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// lostTries is how often a graph is run whose literals, or those behind its
// inputs, were lost with the workers that had them: only this program can
// bring them again.
const lostTries = 4

// Run executes g on the cluster and gathers its outputs; see [graph.Runner].
// Values that g carries are brought to the workers first, and again if they
// are lost there.
func (c *Client) Run(ctx context.Context, g *graph.Graph) ([]graph.Value, error) {
	g = graph.Optimize(g)
	for try := 1; ; try++ {
		vs, err := c.runOnce(ctx, g)
		if err == nil || try == lostTries || !errors.Is(err, graph.ErrLost) || !c.bringable(g) {
			return vs, err
		}
		c.settings.log.Warn("values that this program brought were lost; bringing them again", "try", try+1, "error", err)
		if err := c.reviveInputs(ctx, g); err != nil {
			return nil, explain(ctx, err)
		}
	}
}

func (c *Client) runOnce(ctx context.Context, g *graph.Graph) ([]graph.Value, error) {
	s, err := c.start(ctx, g)
	if err != nil {
		return nil, explain(ctx, err)
	}
	defer s.drop()
	if err := c.waitAll(ctx, s.outputs); err != nil {
		return nil, explain(ctx, err)
	}
	vs, err := c.gather(ctx, s.outputs)
	return vs, explain(ctx, err)
}

// explain makes an error that is the end of ctx also one of graph's sentinels.
func explain(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || !errors.Is(err, context.Cause(ctx)) {
		return err
	}
	kind := graph.ErrCancelled
	if errors.Is(err, context.DeadlineExceeded) {
		kind = graph.ErrTimeout
	}
	return fmt.Errorf("client: %w: %w", kind, err)
}
