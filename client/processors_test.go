package client

import (
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// TestProcessorsOf takes the weakest of what was measured, and all threads.
func TestProcessorsOf(t *testing.T) {
	gpus := func(n int64) graph.Resources { return graph.Resources{{Name: graph.GPU, Milli: 1000 * n}} }
	p := func(x float64) graph.Processors {
		return graph.Processors{
			CPU: graph.Processor{Flops: x, Bytes: 2 * x, Start: time.Duration(x)}, GPU: graph.Processor{Flops: 10 * x, Bytes: 20 * x, Start: time.Duration(3 * x)},
			In: 4 * x, Out: 5 * x, Memory: int64(1000 * x),
		}
	}
	cpus := WorkerInfo{Threads: 6}
	declared := WorkerInfo{Threads: 2, Resources: gpus(1)} // without a device behind it
	weak, strong := WorkerInfo{Threads: 2, Resources: gpus(1), Processors: p(1)}, WorkerInfo{Threads: 4, Resources: gpus(3), Processors: p(7)}

	if got := processorsOf([]WorkerInfo{cpus, declared}); got != (graph.Processors{}) {
		t.Errorf("without a measured device: %+v", got)
	}
	want := p(1)
	want.CPU.Start, want.GPU.Start, want.Threads = 7, 21, 14.0/4
	for _, ws := range [][]WorkerInfo{{cpus, weak, declared, strong}, {strong, weak, cpus, declared}} {
		if got := processorsOf(ws); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
