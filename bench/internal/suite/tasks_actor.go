package suite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

type counter struct{ n int }

var (
	counters  = graph.NewActorClass("bench.counter", func(context.Context, int) (*counter, error) { return &counter{}, nil })
	countCall = graph.NewMethod("bench.counter.count", func(_ context.Context, c *counter, by int) (int, error) {
		c.n += by
		return c.n, nil
	})
)

// actorCases are percentiles of the time of one call of an actor that waits for
// its result: through the scheduler to the worker and back.
func actorCases(c *client.Client) []harness.Case {
	var cases []harness.Case
	for _, p := range []float64{50, 99} {
		lc := tasksCase(c, nil, tasksRequest{Problem: "actor", N: 500, Percentile: p}, actorLatency(p), milliseconds)
		lc.Name, lc.Metric, lc.Better = fmt.Sprintf("actor/p%.0f", p), "ms", harness.Lower
		cases = append(cases, lc)
	}
	return cases
}

func actorLatency(percentile float64) workload {
	return func(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error) {
		a, err := client.NewActor(ctx, c, counters, 0)
		if err != nil {
			return 0, 0, err
		}
		defer a.Release()
		if err := a.Wait(ctx); err != nil {
			return 0, 0, err
		}
		times := make([]float64, n)
		last := 0
		for i := range times {
			start := time.Now()
			if last, err = client.Call(ctx, a, countCall, 1); err != nil {
				return 0, 0, err
			}
			times[i] = time.Since(start).Seconds()
		}
		slices.Sort(times)
		return float64(last) / float64(n), times[min(n-1, int(float64(n)*percentile/100))], nil
	}
}
