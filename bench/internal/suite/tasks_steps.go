package suite

import (
	"context"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

// steps runs n calls each of the one before, in one graph whose every key is an
// output, so that nothing can be fused, and waits until all are there.
func steps(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error) {
	return runSteps(ctx, c, n, graph.Spec{})
}

// turn is a resource of which the first worker has one.
const turn = "TURN"

// turns is steps with each taking a resource of which there is one: the
// scheduler gives that away, so every step takes a round trip to it.
func turns(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error) {
	need, err := graph.ParseResources(turn)
	if err != nil {
		return 0, 0, err
	}
	return runSteps(ctx, c, n, graph.Spec{Resources: need})
}

func runSteps(ctx context.Context, c *client.Client, n int, spec graph.Spec) (each, seconds float64, err error) {
	start := time.Now()
	literal, err := one.Literal(0)
	if err != nil {
		return 0, 0, err
	}
	b := &graph.Builder{}
	run := graph.RandomKey("bench")
	last := b.Add(graph.Class{Op: one.Name(), Spec: spec}, literal)
	for i := range n {
		if i > 0 {
			last = b.Add(graph.Class{Op: increment.Name(), Spec: spec}, graph.ArgValue(), last.Whole())
		}
		b.Output(last, graph.NewKey(fmt.Sprintf("step-%x-%d", run.Hash, i)))
	}
	values, err := c.Run(ctx, b.Graph())
	seconds = time.Since(start).Seconds()
	if err != nil {
		return 0, 0, err
	}
	var result int
	err = graph.Decode(values[n-1], &result)
	for _, v := range values {
		v.Release()
	}
	return float64(result) / float64(n), seconds, err
}
