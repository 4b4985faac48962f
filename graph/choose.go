package graph

import (
	"fmt"
	"time"
)

// Processors are what tasks can run on, for a choice by cost. The zero Processors
// have no device.
type Processors struct {
	CPU     Processor // one thread
	GPU     Processor // one device
	Threads float64   // threads that there are for each device; less than 1 counts as 1
	In, Out float64   // copies from host memory to a device and back, bytes/s
	Memory  int64     // of a device, bytes; 0 is no device
	Device  string    // what the device is and what multiplies matrices there, for people
}

// A Processor is how fast a thread or a device is. It takes
//
//	max(flops/Flops, bytes/Bytes) + Start
//
// for a task (the roofline model of Williams, Waterman and Patterson, 2009).
type Processor struct {
	Flops float64       // arithmetic operations a second
	Bytes float64       // memory traffic, bytes/s
	Start time.Duration // what any task takes: of a device its launch and the wait for its end
}

// String shows the rates.
func (p Processor) String() string {
	return fmt.Sprintf("%.3g GFLOP/s, %.3g GB/s, %v to start", p.Flops/1e9, p.Bytes/1e9, p.Start)
}

// lacks says why no task can be weighed against these processors; empty is that
// they can.
func (p *Processors) lacks() string {
	switch {
	case p.Memory <= 0:
		return "there is no device"
	case !(min(p.CPU.Flops, p.CPU.Bytes, p.GPU.Flops, p.GPU.Bytes, p.In, p.Out) > 0):
		return "not all rates of the processors are known"
	}
	return ""
}

// takes is how long a task runs, in seconds.
func (p *Processor) takes(flops, bytes int64) float64 {
	return max(float64(flops)/p.Flops, float64(bytes)/p.Bytes) + p.Start.Seconds()
}

// A Choice is what was decided for a task that left it to cost, and from what.
type Choice struct {
	Task int
	GPU  bool
	// Why there was no choice; empty if costs were compared.
	Why string
	// The estimates, of a thread's work the share that a device competes
	// with, and of each side the copies from and to the other.
	CPU, CPUCopies, Device, DeviceCopies time.Duration
}

// Choose decides where tasks whose Spec has Auto run: on a device if its kernel,
// with what is copied to and from it, takes less time than the threads that there
// are for each device. What a task reads and who reads its result are where they
// are, or were decided to be; values from outside the graph are in host memory, and
// outputs go there. The tasks are taken in order, each with its inputs decided, and
// then from the last to the first, when one changes sides if that is less with all
// copies to and from it. Equal graphs give equal choices.
func Choose(g *Graph) []Choice {
	if !leaves(g) {
		return nil
	}
	p := newPlacing(g)
	for i := range g.Len() {
		if p.free[i] {
			p.on[i] = p.better(i, i)
		}
	}
	for i := g.Len() - 1; i >= 0; i-- {
		if p.free[i] {
			p.on[i] = p.better(i, g.Len())
		}
	}
	var cs []Choice
	for i := range g.Len() {
		auto := g.TaskClass(i).Spec.Auto
		if auto == nil {
			continue
		}
		c := Choice{Task: i, GPU: p.on[i], Why: p.why[i]}
		if p.free[i] {
			here, there := p.weigh(i, g.Len())
			c.CPU, c.CPUCopies = duration(here.runs), duration(here.copies)
			c.Device, c.DeviceCopies = duration(there.runs), duration(there.copies)
		}
		cs = append(cs, c)
	}
	return cs
}

func duration(seconds float64) time.Duration { return time.Duration(min(seconds, 1e9) * 1e9) }

// leaves reports whether g has a task that leaves it to cost.
func leaves(g *Graph) bool {
	for i := range g.Classes {
		if g.Classes[i].Spec.Auto != nil {
			return true
		}
	}
	return false
}

// decide sets the specs of the tasks of g as Choose says.
func decide(g *Graph) *Graph {
	cs := Choose(g)
	if len(cs) == 0 {
		return g
	}
	h := *g
	h.Classes, h.Class = append([]Class(nil), g.Classes...), append([]uint32(nil), g.Class...)
	onGPU := map[uint32]uint32{} // by the class
	for _, c := range cs {
		if !c.GPU {
			continue
		}
		k, ok := onGPU[h.Class[c.Task]]
		if !ok {
			class := h.Classes[h.Class[c.Task]]
			class.Spec.Resources, class.Spec.Yields = withGPU(class.Spec.Resources), true
			k = uint32(len(h.Classes))
			h.Classes, onGPU[h.Class[c.Task]] = append(h.Classes, class), k
		}
		h.Class[c.Task] = k
	}
	return &h
}

// withGPU returns r with one whole device.
func withGPU(r Resources) Resources {
	if r.Milli(GPU) > 0 {
		return r
	}
	var out Resources
	put := false
	for _, x := range r {
		if !put && x.Name > GPU {
			out, put = append(out, Resource{GPU, 1000}), true
		}
		out = append(out, x)
	}
	if !put {
		out = append(out, Resource{GPU, 1000})
	}
	return out
}
