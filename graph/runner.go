package graph

import "context"

// A Runner executes graphs: a client of a cluster, or a [Local].
type Runner interface {
	// Run executes g and returns the value of each output, in the order of
	// g.Outputs. The caller releases each value. On error no value is
	// returned and nothing stays behind. When ctx ends, the work is cancelled.
	Run(ctx context.Context, g *Graph) ([]Value, error)
	// Persist starts g and returns at once; the outputs stay where they are
	// computed, and can be the inputs of other graphs under their keys.
	Persist(ctx context.Context, g *Graph) ([]Held, error)
}

// Held keeps the value of a key alive until Release.
type Held interface {
	Key() Key
	// Wait returns when the value is there, or why it never will be.
	Wait(ctx context.Context) error
	Release()
}
