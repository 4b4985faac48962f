package graph

import "context"

// Identity is the op that yields its one dependency as it is.
const Identity = "graph.identity"

// Gather is the op that yields the list of its dependencies, as [Parts].
const Gather = "graph.list"

// Barrier is the op that waits for its dependencies and yields nothing.
const Barrier = "graph.barrier"

func init() {
	Register(Identity, identity)
	RegisterGPU(Identity, identity, nil)
	Register(Gather, func(_ context.Context, c *Call) (Value, error) {
		l := List(append([]Value{}, c.In...))
		l.Retain()
		return l, nil
	})
	Register(Barrier, func(context.Context, *Call) (Value, error) { return Raw{}, nil })
	Register(Fused, func(ctx context.Context, c *Call) (Value, error) {
		return runFused(ctx, c, func(o *Op) Kernel { return o.CPU })
	})
	RegisterGPU(Fused, func(ctx context.Context, c *Call) (Value, error) {
		return runFused(ctx, c, func(o *Op) Kernel { return o.GPU })
	}, nil)
}

func identity(_ context.Context, c *Call) (Value, error) {
	c.In[0].Retain()
	return c.In[0], nil
}
