package graph

import (
	"fmt"
	"slices"
	"strings"
)

// A Need is what a task takes in memory at once, in bytes, as far as the costs
// of its graph tell: its inputs, each counted once, what it works in, and its
// result. Sure is the part of that which is no guess: see [Cost].
type Need struct {
	Task                    int // row
	Inputs, Scratch, Output int64
	Sure                    int64
}

// Bytes is the sum.
func (n Need) Bytes() int64 { return n.Inputs + n.Scratch + n.Output }

// A Footprint is the memory that a graph takes, as far as it can be told before
// anything runs.
type Footprint struct {
	// Most is the need of the task that needs most; Sure, for each class, that
	// of the task with most that is sure.
	Most Need
	Sure []Need
	// Alive is the most bytes of results, and of what is carried in, at a time,
	// when the tasks run one at a time in the order of the rows. Outputs stay.
	Alive   int64
	Outputs int64 // bytes of these
	Guessed int   // tasks whose result is not known to take what it is said to

	label string // of the task of Most
}

// Foresee returns the footprint of g.
func Foresee(g *Graph) *Footprint {
	f := newForesight(g)
	f.out.Sure = make([]Need, len(g.Classes))
	for _, in := range g.Inputs {
		f.alive += in.size()
	}
	for _, o := range g.Outputs {
		f.left[o.Task]++ // it stays
		f.out.Outputs += g.TaskClass(int(o.Task)).Cost.Output
	}
	for i := range g.Len() {
		f.task(i)
	}
	if g.Len() > 0 {
		f.out.label = g.TaskClass(f.out.Most.Task).Name()
	}
	return &f.out
}

// size is how many bytes an input is known to have.
func (in *Input) size() int64 {
	if in.Value != nil {
		return in.Value.Bytes()
	}
	return in.Bytes
}

// A foresight is a Footprint in the making.
type foresight struct {
	g       *Graph
	readers []int32 // dependencies on each task
	left    []int32 // of these, and of outputs, what is still to come
	inputs  []int32 // dependencies on each input that are still to come
	alive   int64
	out     Footprint
}

// newForesight counts who reads what.
func newForesight(g *Graph) *foresight {
	f := &foresight{g: g, readers: make([]int32, g.Len()), left: make([]int32, g.Len()), inputs: make([]int32, len(g.Inputs))}
	for _, d := range g.Deps {
		if d.Ref.IsInput() {
			f.inputs[d.Ref.Index()]++
		} else {
			f.readers[d.Ref.Index()]++
		}
	}
	copy(f.left, f.readers)
	return f
}

// task takes row i into account, which runs after those before it.
func (f *foresight) task(i int) {
	c := f.g.TaskClass(i)
	n := f.need(i, c)
	if n.Bytes() > f.out.Most.Bytes() {
		f.out.Most = n
	}
	if s := &f.out.Sure[f.g.Class[i]]; n.Sure > s.Sure {
		*s = n
	}
	if !c.Cost.Sure {
		f.out.Guessed++
	}
	f.alive += c.Cost.Output
	f.out.Alive = max(f.out.Alive, f.alive+c.Cost.Scratch)
	for _, d := range f.g.TaskDeps(i) {
		f.read(d.Ref)
	}
	if f.left[i] == 0 {
		f.alive -= c.Cost.Output
	}
}

// need is what row i takes.
func (f *foresight) need(i int, c *Class) Need {
	n := Need{Task: i, Scratch: c.Cost.Scratch, Output: c.Cost.Output, Sure: c.Cost.sureOutput() + c.Cost.SureScratch}
	deps := f.g.TaskDeps(i)
	var seen map[Dep]bool
	if len(deps) > 8 {
		seen = make(map[Dep]bool, len(deps))
	}
	for k, d := range deps {
		if seen[d] || seen == nil && slices.Contains(deps[:k], d) {
			continue
		}
		if seen != nil {
			seen[d] = true
		}
		b, sure := f.size(d)
		n.Inputs += b
		if sure {
			n.Sure += b
		}
	}
	return n
}

// size is that of a dependency: the readers of parts share a value evenly.
func (f *foresight) size(d Dep) (bytes int64, sure bool) {
	if d.Ref.IsInput() {
		in := &f.g.Inputs[d.Ref.Index()]
		return in.size(), d.Part < 0
	}
	c := f.g.TaskClass(d.Ref.Index())
	if d.Part < 0 {
		return c.Cost.Output, c.Cost.Sure
	}
	return c.Cost.Output / int64(max(1, f.readers[d.Ref.Index()])), false
}

// read follows a reading of r: after the last it is given up.
func (f *foresight) read(r Ref) {
	if !r.IsInput() {
		if f.left[r.Index()]--; f.left[r.Index()] == 0 {
			f.alive -= f.g.TaskClass(r.Index()).Cost.Output
		}
		return
	}
	if f.inputs[r.Index()]--; f.inputs[r.Index()] == 0 {
		f.alive -= f.g.Inputs[r.Index()].size()
	}
}

// PerWorker is what each of so many workers takes at most, in bytes, when what is
// alive is spread over them and each of their threads runs a task like that
// which needs most. Where it is over the limit of a worker, results go to disk.
func (f *Footprint) PerWorker(workers, threads int) int64 {
	work := f.Most.Scratch + f.Most.Output
	return (f.Alive+int64(workers)-1)/int64(workers) + int64(threads)*work
}

// String tells it in a few lines.
func (f *Footprint) String() string {
	var b strings.Builder
	m := f.Most
	if m.Bytes() == 0 {
		return "memory: nothing is known of the sizes of results\n"
	}
	fmt.Fprintf(&b, "memory: a task needs %s at most: %s with %s of inputs, %s of result, %s of scratch\n",
		inBytes(m.Bytes()), f.label, inBytes(m.Inputs), inBytes(m.Output), inBytes(m.Scratch))
	fmt.Fprintf(&b, "  results alive at once: %s in order of the tasks, %s of them the outcome\n", inBytes(f.Alive), inBytes(f.Outputs))
	fmt.Fprintf(&b, "  a worker of one thread takes %s, of two such workers each %s; with less, results go to disk\n",
		inBytes(f.PerWorker(1, 1)), inBytes(f.PerWorker(2, 1)))
	if f.Guessed > 0 {
		fmt.Fprintf(&b, "  of %d tasks the size of the result is a guess, or not known\n", f.Guessed)
	}
	return b.String()
}

// inBytes writes a size as people do.
func inBytes(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	x, unit := float64(n), "bytes"
	for _, u := range units {
		if x < 1024 {
			break
		}
		x, unit = x/1024, u
	}
	if unit == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", x, unit)
}
