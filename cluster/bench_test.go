package cluster_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

var noop = graph.NewFunc("clustertest.noop", func(_ context.Context, x int) (int, error) { return x, nil })

// benchCluster starts two worker processes of one thread, and a client.
func benchCluster(b *testing.B) (*client.Client, context.Context) {
	b.Helper()
	ctx := context.Background()
	cl, err := cluster.Local(ctx, cluster.Workers(2), cluster.Threads(1), cluster.Processes())
	if err != nil {
		b.Fatal(err)
	}
	c, err := cl.Client(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close(); cl.Close() })
	return c, ctx
}

// BenchmarkTasks runs tasks that do nothing, ten thousand a submission.
func BenchmarkTasks(b *testing.B) {
	c, ctx := benchCluster(b)
	const n = 10_000
	args := make([]int, n)
	next := 0
	for b.Loop() {
		for i := range args {
			args[i] = next
			next++
		}
		fs, err := client.Map(ctx, c, noop, args)
		if err != nil {
			b.Fatal(err)
		}
		if err := client.WaitAll(ctx, fs...); err != nil {
			b.Fatal(err)
		}
		for _, f := range fs {
			f.Release()
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "tasks/s")
}

// BenchmarkRoundTrip submits one task and gathers its result.
func BenchmarkRoundTrip(b *testing.B) {
	c, ctx := benchCluster(b)
	var took []time.Duration
	x := 0
	for b.Loop() {
		began := time.Now()
		f, err := client.Submit(ctx, c, noop, x)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Result(ctx); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
		f.Release()
		x++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
