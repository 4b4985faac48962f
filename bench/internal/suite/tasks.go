package suite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// Tasks is the suite of what a task costs: functions that do nothing, through
// a scheduler and worker processes of one thread each on loopback.
func Tasks() harness.Suite {
	return harness.Suite{
		Name:  "tasks",
		About: "tasks that do nothing through worker processes: rate of independent ones, a chain, a tree, chains that cannot be fused, single submits; latency, also of each coordination primitive; beside Dask and Ray",
		Plan:  planTasks,
	}
}

// The functions that are run. A worker process is this program again, so it
// has them too.
var (
	one       = graph.NewFunc("bench.one", func(context.Context, int) (int, error) { return 1, nil })
	increment = graph.NewFunc("bench.increment", func(_ context.Context, x int) (int, error) { return x + 1, nil })
	add       = graph.NewFunc("bench.add", func(_ context.Context, xs []int) (int, error) { return xs[0] + xs[1], nil })
)

// tasksRequest is what the peers' program is asked for.
type tasksRequest struct {
	Problem    string  `json:"problem"`
	N          int     `json:"n"`
	Percentile float64 `json:"percentile"`
}

// workload runs n tasks and returns the result for each of them, which is one,
// and the seconds that count.
type workload func(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error)

func planTasks(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	scale := 1
	if cfg.Quick {
		scale = 10
	}
	local, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(cfg.Threads), cluster.Threads(1), cluster.WorkerResources(0, turn))
	if err != nil {
		return nil, nil, err
	}
	c, err := local.Client(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, local.Close())
	}
	var peers []harness.Peer
	for _, name := range []string{"dask", "ray"} {
		peers = append(peers, harness.NewProcess(name, "tasks.py", "--threads", fmt.Sprint(cfg.Threads)))
	}
	rate := func(tasks int) func(float64) float64 {
		return func(seconds float64) float64 { return float64(tasks) / seconds }
	}
	leaves := 1 << 14 / scale
	for leaves&(leaves-1) != 0 {
		leaves &= leaves - 1 // a power of two
	}
	cases := []harness.Case{
		tasksCase(c, peers, tasksRequest{Problem: "noops", N: 100_000 / scale}, noops, rate(100_000/scale)),
		tasksCase(c, peers, tasksRequest{Problem: "chain", N: 10_000 / scale}, chain, rate(10_000/scale)),
		tasksCase(c, nil, tasksRequest{Problem: "steps", N: 10_000 / scale}, steps, rate(10_000/scale)),
		tasksCase(c, nil, tasksRequest{Problem: "turns", N: 10_000 / scale}, turns, rate(10_000/scale)),
		tasksCase(c, peers, tasksRequest{Problem: "tree", N: leaves}, tree, rate(2*leaves-1)),
		tasksCase(c, peers, tasksRequest{Problem: "submits", N: 10_000 / scale}, submits, rate(10_000/scale)),
	}
	for _, p := range []float64{50, 99} {
		lc := tasksCase(c, peers, tasksRequest{Problem: "latency", N: 200, Percentile: p}, latency(p), milliseconds)
		lc.Name, lc.Metric, lc.Better = fmt.Sprintf("latency/p%.0f", p), "ms", harness.Lower
		cases = append(cases, lc)
	}
	other, err := local.Client(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, c.Close(), local.Close())
	}
	cases = append(cases, actorCases(c)...)
	cases = append(cases, coordination(c, other, peers[:1], 1000/scale)...)
	return cases, func() error { return errors.Join(closePeers(peers), other.Close(), c.Close(), local.Close()) }, nil
}

func tasksCase(c *client.Client, peers []harness.Peer, r tasksRequest, run workload, value func(float64) float64) harness.Case {
	return harness.Case{
		Name:   fmt.Sprintf("%s/n=%d", r.Problem, r.N),
		Metric: "tasks/s", Better: harness.Higher, Value: value,
		Peers: peers, Request: r,
		Ours: func(ctx context.Context, _ harness.Call) (harness.Sample, error) {
			each, seconds, err := run(ctx, c, r.N)
			if err == nil && each != 1 {
				err = fmt.Errorf("bench: the tasks yielded %v each, want 1", each)
			}
			return harness.Sample{Seconds: seconds, Answer: harness.Answer{"each": each}}, err
		},
	}
}

// noops submits n independent calls at once and gathers their results.
func noops(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error) {
	args := make([]int, n)
	for i := range args {
		args[i] = i
	}
	start := time.Now()
	fs, err := client.Map(ctx, c, one, args, client.Impure())
	if err != nil {
		return 0, 0, err
	}
	return gatherAll(ctx, fs, start)
}

// submits calls n times, each a submission of its own.
func submits(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error) {
	fs := make([]*client.Future[int], n)
	start := time.Now()
	for i := range fs {
		if fs[i], err = client.Submit(ctx, c, one, i, client.Impure()); err != nil {
			return 0, 0, err
		}
	}
	return gatherAll(ctx, fs, start)
}

func gatherAll(ctx context.Context, fs []*client.Future[int], start time.Time) (each, seconds float64, err error) {
	results, err := client.Gather(ctx, fs...)
	seconds = time.Since(start).Seconds()
	sum := 0
	for _, r := range results {
		sum += r
	}
	for _, f := range fs {
		f.Release()
	}
	return float64(sum) / float64(len(fs)), seconds, err
}

// chain runs n calls each of the one before.
func chain(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error) {
	start := time.Now()
	literal, err := one.Literal(0)
	if err != nil {
		return 0, 0, err
	}
	b := &graph.Builder{}
	last := b.Add(graph.Class{Op: one.Name()}, literal)
	for range n - 1 {
		last = b.Add(graph.Class{Op: increment.Name()}, graph.ArgValue(), last.Whole())
	}
	return runGraph(ctx, c, b, last, n, start)
}

// tree adds up leaves calls in pairs.
func tree(ctx context.Context, c *client.Client, leaves int) (each, seconds float64, err error) {
	start := time.Now()
	b := &graph.Builder{}
	level := make([]graph.Ref, leaves)
	for i := range level {
		literal, err := one.Literal(i)
		if err != nil {
			return 0, 0, err
		}
		level[i] = b.Add(graph.Class{Op: one.Name()}, literal)
	}
	for len(level) > 1 {
		for i := range len(level) / 2 {
			level[i] = b.Add(graph.Class{Op: add.Name()}, graph.ArgList(), level[2*i].Whole(), level[2*i+1].Whole())
		}
		level = level[:len(level)/2]
	}
	return runGraph(ctx, c, b, level[0], leaves, start)
}

// runGraph runs a graph whose result is n.
func runGraph(ctx context.Context, c *client.Client, b *graph.Builder, out graph.Ref, n int, start time.Time) (each, seconds float64, err error) {
	b.Output(out, graph.RandomKey("bench"))
	values, err := c.Run(ctx, b.Graph())
	seconds = time.Since(start).Seconds()
	if err != nil {
		return 0, 0, err
	}
	defer values[0].Release()
	var result int
	err = graph.Decode(values[0], &result)
	return float64(result) / float64(n), seconds, err
}

// latency is the percentile of n times from submit to result, one at a time.
func latency(percentile float64) workload {
	return func(ctx context.Context, c *client.Client, n int) (each, seconds float64, err error) {
		times := make([]float64, n)
		sum := 0
		for i := range times {
			start := time.Now()
			f, err := client.Submit(ctx, c, one, i, client.Impure())
			if err != nil {
				return 0, 0, err
			}
			r, err := f.Result(ctx)
			times[i] = time.Since(start).Seconds()
			if err != nil {
				return 0, 0, err
			}
			f.Release()
			sum += r
		}
		slices.Sort(times)
		return float64(sum) / float64(n), times[min(n-1, int(float64(n)*percentile/100))], nil
	}
}
