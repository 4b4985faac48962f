package suite

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/schedload"
	"github.com/ashlar-go/ashlar/graph"
)

// Sched is the suite of what a task costs the scheduler itself, beside itself
// at other sizes.
func Sched() harness.Suite {
	return harness.Suite{
		Name:  "sched",
		About: "the pure scheduler against simulated workers: tasks/s by shape, tasks and workers; bytes a task; how both grow",
		Plan:  planSched,
	}
}

func planSched(_ context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	sizes := []int{10_000, 100_000, 1_000_000, 10_000_000}
	crowds := []int{10, 1_000, 10_000}
	if cfg.Quick {
		sizes, crowds = []int{10_000, 100_000}, []int{10, 1_000}
	}
	largest := sizes[len(sizes)-1]
	var cases []harness.Case
	for _, shape := range schedload.Shapes() {
		for _, tasks := range sizes {
			if shape.Name != "random" && tasks > 1_000_000 {
				continue // would take minutes and say the same
			}
			for _, workers := range crowds {
				cases = append(cases, schedRate(shape, tasks, workers))
			}
		}
	}
	if !cfg.Quick {
		cases = append(cases, schedRate(schedload.Shapes()[0], 5_000_000, 10_000))
	}
	for _, shape := range schedload.Shapes() {
		cases = append(cases, schedMemory(shape.Name, min(largest, 1_000_000), shape.Make))
	}
	cases = append(cases,
		schedMemory("random, each a key", min(largest, 1_000_000), schedload.EachKey),
		schedForget(min(largest, 1_000_000)),
		schedGrowth(largest, sizes[0]))
	return cases, func() error { return nil }, nil
}

// power is 10^6 for a million: the rows of a table line up.
func power(n int) string {
	e := int(math.Log10(float64(n)))
	if m := n / int(math.Pow10(e)); m > 1 {
		return fmt.Sprintf("%d·10^%d", m, e)
	}
	return fmt.Sprintf("10^%d", e)
}

// A schedRun is the data of one case.
type schedRun struct {
	make    func(tasks int) *graph.Graph
	tasks   int
	workers int
	graph   *graph.Graph
}

func (r *schedRun) prepare(context.Context) (func(), error) {
	r.graph = r.make(r.tasks)
	runtime.GC() // what making it left behind is not the scheduler's
	return func() { r.graph = nil }, nil
}

// run brings the graph through a new cluster, from the submission to the last
// output, and returns the seconds a task.
func (r *schedRun) run(check bool) (perTask float64, err error) {
	c := schedload.New(r.workers)
	if check {
		c.Audit()
	}
	start := time.Now()
	c.Submit(r.graph)
	err = c.Finish(r.graph.Len())
	perTask = time.Since(start).Seconds() / float64(r.graph.Len())
	if err == nil && check {
		err = c.Verdict()
	}
	if err == nil {
		err = c.Forget(r.graph)
	}
	return perTask, err
}

// ours is the harness's view of run: Seconds is that of one task.
func (r *schedRun) ours(ctx context.Context, call harness.Call) (harness.Sample, error) {
	sum := 0.0
	for range call.Repeat {
		if err := ctx.Err(); err != nil {
			return harness.Sample{}, err
		}
		perTask, err := r.run(call.Check)
		if err != nil {
			return harness.Sample{}, err
		}
		sum += perTask
	}
	return harness.Sample{Seconds: sum / float64(call.Repeat)}, nil
}

func schedRate(shape schedload.Shape, tasks, workers int) harness.Case {
	r := &schedRun{make: shape.Make, tasks: tasks, workers: workers}
	return harness.Case{
		Name:   fmt.Sprintf("%s/tasks=%s/workers=%s", shape.Name, power(tasks), power(workers)),
		Metric: "tasks/s", Better: harness.Higher,
		Value:   func(perTask float64) float64 { return 1 / perTask },
		Prepare: r.prepare,
		Ours: func(ctx context.Context, call harness.Call) (harness.Sample, error) {
			call.Repeat = max(1, 100_000/tasks)
			return r.ours(ctx, call)
		},
	}
}

// schedMemory is the heap that the scheduler has for a task, the most of three
// times: all are submitted, half are done, all are done. The columns of the
// graph, which client and scheduler share here, are not counted, and neither is
// what the simulated workers note.
func schedMemory(name string, tasks int, make func(int) *graph.Graph) harness.Case {
	r := &schedRun{make: make, tasks: tasks, workers: 1000}
	return harness.Case{
		Name:   fmt.Sprintf("memory/%s/tasks=%s", name, power(tasks)),
		Metric: "bytes/task", Better: harness.Lower,
		Prepare: r.prepare,
		Ours: func(ctx context.Context, _ harness.Call) (harness.Sample, error) {
			if err := ctx.Err(); err != nil {
				return harness.Sample{}, err
			}
			bytes, err := r.memory()
			return harness.Sample{Figure: bytes / float64(r.graph.Len())}, err
		},
	}
}

func (r *schedRun) memory() (bytes float64, err error) {
	c := schedload.New(r.workers)
	before := heap()
	c.Submit(r.graph)
	for _, done := range []int{0, r.graph.Len() / 2, r.graph.Len()} {
		if err := c.Finish(done); err != nil {
			return 0, err
		}
		bytes = max(bytes, heap()-before-float64(c.Memory()))
	}
	return bytes, c.Forget(r.graph)
}

// heap is the bytes that live objects take.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// schedForget is how fast the scheduler forgets a graph when its outputs are
// released.
func schedForget(tasks int) harness.Case {
	r := &schedRun{make: schedload.Random, tasks: tasks, workers: 1000}
	return harness.Case{
		Name:   fmt.Sprintf("forget/tasks=%s/workers=10^3", power(tasks)),
		Metric: "tasks/s", Better: harness.Higher,
		Value:   func(perTask float64) float64 { return 1 / perTask },
		Prepare: r.prepare,
		Ours: func(context.Context, harness.Call) (harness.Sample, error) {
			c := schedload.New(r.workers)
			c.Submit(r.graph)
			if err := c.Finish(r.graph.Len()); err != nil {
				return harness.Sample{}, err
			}
			start := time.Now()
			err := c.Forget(r.graph)
			return harness.Sample{Seconds: time.Since(start).Seconds() / float64(r.graph.Len())}, err
		},
	}
}

// schedGrowth is how much more a task costs among many than among few, both
// measured in turn.
func schedGrowth(many, few int) harness.Case {
	large := &schedRun{make: schedload.Random, tasks: many, workers: 1000}
	small := &schedRun{make: schedload.Random, tasks: few, workers: 1000}
	return harness.Case{
		Name:   fmt.Sprintf("growth/%s÷%s/workers=10^3", power(many), power(few)),
		Metric: "cost ratio", Better: harness.Lower,
		Prepare: func(ctx context.Context) (func(), error) {
			releaseLarge, err := large.prepare(ctx)
			if err != nil {
				return nil, err
			}
			releaseSmall, err := small.prepare(ctx)
			return func() { releaseLarge(); releaseSmall() }, err
		},
		Ours: func(ctx context.Context, call harness.Call) (harness.Sample, error) {
			among, err := large.run(false)
			if err != nil {
				return harness.Sample{}, err
			}
			alone, err := small.ours(ctx, harness.Call{Repeat: 20, Check: call.Check})
			return harness.Sample{Figure: among / alone.Seconds}, err
		},
	}
}
