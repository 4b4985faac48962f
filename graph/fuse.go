package graph

import "strings"

// Fuse returns g with every chain joined into one task of the op [Fused]. A
// chain is a run of tasks in which each is the only dependant of the one
// before and has no other task as a dependency, none but the last is an
// output, and all have one Spec. Inputs of the graph may enter anywhere. Where
// the Spec asks for a GPU, an op without a GPU kernel is in no chain: a chain
// runs on one kind of processor. And a chain ends where more than 16 MiB of
// inputs would enter it, by the Cost.Bytes of the tasks that have any: all of
// them would be in memory at once.
func Fuse(g *Graph) *Graph {
	next, joined := chains(g)
	if !joined {
		return g
	}
	b := &Builder{}
	refs := make([]Ref, g.Len()) // of the new graph
	for i, in := range g.Inputs {
		if b.input(in) != InputRef(i) {
			panic("graph: Fuse: inputs are not in order")
		}
	}
	heads := make([]int, 0, g.Len())
	inner := make([]bool, g.Len())
	for i := range next {
		if next[i] >= 0 {
			inner[next[i]] = true
		}
	}
	// A chain is added where its last task stands, so that whatever enters
	// it is there already.
	for i := range g.Len() {
		if !inner[i] {
			heads = append(heads, i)
		}
	}
	last := make(map[int][]int, len(heads))
	for _, h := range heads {
		rows := []int{h}
		for n := next[h]; n >= 0; n = next[n] {
			rows = append(rows, n)
		}
		last[rows[len(rows)-1]] = rows
	}
	for i := range g.Len() {
		if rows, ok := last[i]; ok {
			refs[i] = addChain(b, g, rows, refs)
		}
	}
	for _, o := range g.Outputs {
		b.Output(refs[o.Task], o.Key)
	}
	return b.Graph()
}

// chains returns for each task the one that follows it in its chain, or -1.
func chains(g *Graph) (next []int, joined bool) {
	users := make([]int, g.Len())
	next = make([]int, g.Len())
	for i := range next {
		next[i] = -1
	}
	for _, d := range g.Deps {
		if !d.Ref.IsInput() {
			users[d.Ref.Index()]++
		}
	}
	for _, o := range g.Outputs {
		users[o.Task] += 2 // never joined to what follows
	}
	for i := range g.Len() {
		before := -1
		for _, d := range g.TaskDeps(i) {
			if d.Ref.IsInput() {
				continue
			}
			if before >= 0 {
				before = -1
				break
			}
			before = d.Ref.Index()
		}
		if before >= 0 && users[before] == 1 && chainable(g, before, i) {
			next[before], joined = i, true
		}
	}
	cut(g, next)
	return next, joined
}

// maxEntering bounds the inputs of a chain, in bytes.
const maxEntering = 16 << 20

// cut ends chains where too much enters them.
func cut(g *Graph, next []int) {
	entered := make([]int64, g.Len()) // in the chain up to each task
	for i := range next {
		for _, d := range g.TaskDeps(i) {
			if d.Ref.IsInput() {
				entered[i] += g.TaskClass(i).Cost.Bytes
				break
			}
		}
	}
	for i, n := range next { // a task follows those that it depends on
		switch {
		case n < 0:
		case entered[n] > 0 && entered[i]+entered[n] > maxEntering:
			next[i] = -1
		default:
			entered[n] += entered[i]
		}
	}
}

// chainable reports whether two tasks can be steps of one chain.
func chainable(g *Graph, before, i int) bool {
	a, b := g.TaskClass(before), g.TaskClass(i)
	switch {
	case !a.Spec.Equal(b.Spec) || a.Spec.Actor:
		return false
	case a.Spec.Auto != nil: // one that cannot run on a device keeps no other from it
		return HasGPU(a.Op, g.TaskAttr(before)) == HasGPU(b.Op, g.TaskAttr(i))
	}
	return a.Spec.Resources.Milli(GPU) == 0 || HasGPU(a.Op, g.TaskAttr(before)) && HasGPU(b.Op, g.TaskAttr(i))
}

func addChain(b *Builder, g *Graph, rows []int, refs []Ref) Ref {
	if len(rows) == 1 {
		i := rows[0]
		deps := make([]Dep, len(g.TaskDeps(i)))
		for j, d := range g.TaskDeps(i) {
			deps[j] = translate(d, refs)
		}
		return b.Add(*g.TaskClass(i), g.TaskAttr(i), deps...)
	}
	var deps []Dep
	steps := make([]step, len(rows))
	class := Class{Op: Fused, Spec: g.TaskClass(rows[0]).Spec}
	for n, i := range rows {
		c := g.TaskClass(i)
		class.Label = joinLabel(class.Label, c.Name())
		s := step{op: c.Op, attr: g.TaskAttr(i)}
		for _, d := range g.TaskDeps(i) {
			if n > 0 && d.Ref == TaskRef(rows[n-1]) {
				s.in = append(s.in, stepIn{previous, d.Part})
				continue
			}
			s.in = append(s.in, stepIn{len(deps), -1})
			deps = append(deps, translate(d, refs))
		}
		steps[n] = s
		class.Cost = addCost(class.Cost, c.Cost)
	}
	return b.Add(class, appendSteps(nil, steps), deps...)
}

// joinLabel is the label of a chain: its first and last op, and a sign for what
// is between them.
func joinLabel(chain, name string) string {
	if chain == "" {
		return name
	}
	first, _, _ := strings.Cut(chain, "+")
	if strings.Contains(chain, "+") {
		return first + "+…+" + name
	}
	return first + "+" + name
}

func translate(d Dep, refs []Ref) Dep {
	if d.Ref.IsInput() {
		return d
	}
	return Dep{refs[d.Ref.Index()], d.Part}
}

func (c *Cost) sureOutput() int64 {
	if c.Sure {
		return c.Output
	}
	return 0
}

// addCost is the cost of a then b: the result of a is scratch while b runs.
func addCost(a, b Cost) Cost {
	return Cost{
		Flops: a.Flops + b.Flops, Bytes: a.Bytes + b.Bytes, Output: b.Output,
		Scratch: max(a.Scratch, a.Output+b.Scratch),
		Sure:    b.Sure, SureScratch: max(a.SureScratch, a.sureOutput()+b.SureScratch),
	}
}
