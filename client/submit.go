package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
)

// submit asks for the outputs of g and returns the want of each, with a
// reference. The inputs of g are keys that the cluster has. What is an input
// and an output at once is only wanted. Inside a task, ctx says which.
func (c *Client) submit(ctx context.Context, g *graph.Graph) ([]*want, error) {
	if err := g.Validate(); err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	asked := distinctOutputs(g)
	m := wire.GraphToPB(asked)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return nil, err
	}
	ws := make([]*want, len(g.Outputs))
	for i, o := range g.Outputs {
		ws[i], _ = c.want(o.Key)
	}
	if len(asked.Outputs) == 0 {
		return ws, nil
	}
	seq := c.saySubmit(m, c.parent(ctx))
	if asked == g {
		for _, w := range ws {
			w.askUnlessReady(seq)
		}
		return ws, nil
	}
	for _, o := range asked.Outputs {
		c.wants.get(o.Key.Hash).askUnlessReady(seq)
	}
	return ws, nil
}

// distinctOutputs returns g with each key once among its outputs, and none
// that is an input, and no task that none of them needs: g itself if it is so.
func distinctOutputs(g *graph.Graph) *graph.Graph {
	seen := wire.NewKeySet(len(g.Inputs) + len(g.Outputs))
	for _, in := range g.Inputs {
		seen.Add(in.Key.Hash)
	}
	h := *g
	h.Outputs = make([]graph.Output, 0, len(g.Outputs))
	for _, o := range g.Outputs {
		if seen.Add(o.Key.Hash) {
			h.Outputs = append(h.Outputs, o)
		}
	}
	if len(h.Outputs) == len(g.Outputs) {
		return graph.Cull(g)
	}
	return graph.Cull(&h)
}

// A submission is a graph that the cluster works on, with what this client
// holds of it: the wants of its outputs, and of the literals it brought.
type submission struct {
	c        *Client
	g        *graph.Graph
	literals []*want
	outputs  []*want
}

// start brings the literals of g to the cluster and submits g, unless it can be
// told before that it does not fit there.
func (c *Client) start(ctx context.Context, g *graph.Graph) (*submission, error) {
	if err := c.foresee(ctx, g); err != nil {
		return nil, err
	}
	s := &submission{c: c, g: g}
	var keys []graph.Key
	var values []graph.Value
	for _, in := range g.Inputs {
		if in.Value != nil {
			keys, values = append(keys, in.Key), append(values, in.Value)
		}
	}
	var err error
	if s.literals, err = c.bring(ctx, keys, values); err != nil {
		return nil, err
	}
	if s.outputs, err = c.submit(ctx, g); err != nil {
		c.drop(s.literals)
		return nil, err
	}
	return s, nil
}

func (s *submission) drop() {
	s.c.drop(s.outputs)
	s.c.drop(s.literals)
}
