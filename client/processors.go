package client

import (
	"context"

	"github.com/ashlar-go/ashlar/graph"
)

// Processors asks the scheduler how fast the threads and devices of its cluster
// are, for a choice by cost (array.ByCost): of what workers measured the least, and
// as many threads as there are for each device. Without a worker that has a device
// and measured it, there is no device in them.
func (c *Client) Processors(ctx context.Context) (graph.Processors, error) {
	in, err := c.Info(ctx)
	if err != nil {
		return graph.Processors{}, err
	}
	return processorsOf(in.Workers), nil
}

func processorsOf(ws []WorkerInfo) (p graph.Processors) {
	var threads, devices float64
	for i := range ws {
		w := &ws[i]
		threads += float64(w.Threads)
		q := &w.Processors
		units := w.Resources.Milli(graph.GPU)
		if q.Memory <= 0 || units <= 0 {
			continue
		}
		if devices += float64(units) / 1000; p.Memory == 0 {
			p = *q
			continue
		}
		p.CPU, p.GPU = slower(p.CPU, q.CPU), slower(p.GPU, q.GPU)
		p.In, p.Out, p.Memory = min(p.In, q.In), min(p.Out, q.Out), min(p.Memory, q.Memory)
	}
	if devices > 0 {
		p.Threads = threads / devices
	}
	return p
}

func slower(a, b graph.Processor) graph.Processor {
	return graph.Processor{Flops: min(a.Flops, b.Flops), Bytes: min(a.Bytes, b.Bytes), Start: max(a.Start, b.Start)}
}
