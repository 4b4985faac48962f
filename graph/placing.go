package graph

import (
	"fmt"
	"slices"
)

// A placing is where the tasks of a graph run, while that is decided.
type placing struct {
	g     *Graph
	sizes *foresight
	on    []bool   // each task runs on a device
	free  []bool   // and can be moved
	why   []string // why one that leaves it to cost cannot
	out   []bool   // its result leaves the cluster
	ends  []int    // of the readers of each task in reads
	reads []reading
}

// A reading is a task that reads a value, or a part of it, of so many bytes.
type reading struct {
	task  int
	bytes int64
}

// cost is what one processor takes for a task, in seconds.
type cost struct{ runs, copies float64 }

func newPlacing(g *Graph) *placing {
	n := g.Len()
	p := &placing{
		g: g, sizes: newForesight(g), on: make([]bool, n), free: make([]bool, n), why: make([]string, n), out: make([]bool, n), ends: make([]int, n),
	}
	for _, o := range g.Outputs {
		p.out[o.Task] = true
	}
	for i := range n {
		c := g.TaskClass(i)
		switch {
		case c.Spec.Auto != nil:
			p.why[i] = p.bars(i, c)
			p.free[i] = p.why[i] == ""
		case c.Spec.Resources.Milli(GPU) > 0:
			p.on[i] = HasGPU(c.Op, g.TaskAttr(i))
		}
	}
	p.index()
	return p
}

// bars says why task i cannot run on a device; empty is that it can.
func (p *placing) bars(i int, c *Class) string {
	if err := WhyNoGPU(c.Op, p.g.TaskAttr(i)); err != nil {
		return err.Error()
	}
	if why := c.Spec.Auto.lacks(); why != "" {
		return why
	}
	n := p.sizes.need(i, c)
	if need := n.Inputs + n.Output; need > c.Spec.Auto.Memory {
		return fmt.Sprintf("inputs and result of %d bytes exceed the %d bytes of a device", need, c.Spec.Auto.Memory)
	}
	return ""
}

// index fills in who reads each task.
func (p *placing) index() {
	p.each(func(i int, d Dep, _ int64) { p.ends[d.Ref.Index()]++ })
	at := make([]int, len(p.ends))
	sum := 0
	for i, n := range p.ends {
		at[i], sum = sum, sum+n
		p.ends[i] = sum
	}
	p.reads = make([]reading, sum)
	p.each(func(i int, d Dep, bytes int64) {
		from := d.Ref.Index()
		p.reads[at[from]] = reading{i, bytes}
		at[from]++
	})
}

// each calls f with every dependency of a task on a task, once where there are
// several alike.
func (p *placing) each(f func(i int, d Dep, bytes int64)) {
	for i := range p.g.Len() {
		deps := p.g.TaskDeps(i)
		for k, d := range deps {
			if !d.Ref.IsInput() && !again(deps, k) {
				bytes, _ := p.sizes.size(d)
				f(i, d, bytes)
			}
		}
	}
}

// again reports whether dependency k is one of those before it. Long lists, which
// are those of sums, are not searched.
func again(deps []Dep, k int) bool { return len(deps) <= 8 && slices.Contains(deps[:k], deps[k]) }

func (p *placing) readers(i int) []reading {
	lo := 0
	if i > 0 {
		lo = p.ends[i-1]
	}
	return p.reads[lo:p.ends[i]]
}

// better reports whether task i is better off on a device. Where tasks from
// number decided on run is not known yet, unless they have no choice: they count
// as being where i is.
func (p *placing) better(i, decided int) bool {
	here, there := p.weigh(i, decided)
	return there.runs+there.copies < here.runs+here.copies
}

// weigh returns what task i takes on a thread's share, and on a device.
func (p *placing) weigh(i, decided int) (cpu, device cost) {
	c := p.g.TaskClass(i)
	r := c.Spec.Auto
	var moved int64
	deps := p.g.TaskDeps(i)
	for k, d := range deps {
		if again(deps, k) {
			continue
		}
		bytes, _ := p.sizes.size(d)
		moved += bytes
		if !d.Ref.IsInput() && p.on[d.Ref.Index()] {
			cpu.copies += float64(bytes) / r.Out
		} else {
			device.copies += float64(bytes) / r.In
		}
	}
	traffic := max(c.Cost.Bytes, moved+c.Cost.Output)
	cpu.runs = r.CPU.takes(c.Cost.Flops, traffic) / max(1, r.Threads)
	device.runs = r.GPU.takes(c.Cost.Flops, traffic)
	if p.out[i] {
		device.copies += float64(c.Cost.Output) / r.Out
	}
	for _, x := range p.readers(i) {
		switch {
		case x.task >= decided && p.free[x.task]:
		case p.on[x.task]:
			cpu.copies += float64(x.bytes) / r.In
		default:
			device.copies += float64(x.bytes) / r.Out
		}
	}
	return cpu, device
}
