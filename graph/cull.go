package graph

// Cull returns g without the tasks and inputs that no output needs.
func Cull(g *Graph) *Graph {
	need := make([]bool, g.Len())
	for _, o := range g.Outputs {
		need[o.Task] = true
	}
	kept := 0
	for i := g.Len() - 1; i >= 0; i-- {
		if !need[i] {
			continue
		}
		kept++
		for _, d := range g.TaskDeps(i) {
			if !d.Ref.IsInput() {
				need[d.Ref.Index()] = true
			}
		}
	}
	if kept == g.Len() {
		return g
	}
	rows := make([]int, 0, kept)
	for i, n := range need {
		if n {
			rows = append(rows, i)
		}
	}
	return g.rearrange(rows)
}

// rearrange returns the graph of the given rows of g in the given order, which
// must keep dependencies before dependants and must hold every task that an
// output or a kept task needs. Inputs that are no longer used are dropped.
func (g *Graph) rearrange(rows []int) *Graph {
	at := make([]uint32, g.Len())
	h := &Graph{
		Classes: g.Classes, Attr: g.Attr, AttrEnd: g.AttrEnd,
		Class: make([]uint32, len(rows)), AttrOf: make([]uint32, len(rows)), DepEnd: make([]uint32, len(rows)),
		Deps: make([]Dep, 0, len(g.Deps)),
	}
	input := make([]Ref, len(g.Inputs)) // new reference + 1; 0 is not yet used
	for n, i := range rows {
		at[i] = uint32(n)
		h.Class[n], h.AttrOf[n] = g.Class[i], g.AttrOf[i]
		for _, d := range g.TaskDeps(i) {
			if d.Ref.IsInput() {
				k := d.Ref.Index()
				if input[k] == 0 {
					input[k] = InputRef(len(h.Inputs)) + 1
					h.Inputs = append(h.Inputs, g.Inputs[k])
				}
				d.Ref = input[k] - 1
			} else {
				d.Ref = Ref(at[d.Ref])
			}
			h.Deps = append(h.Deps, d)
		}
		h.DepEnd[n] = uint32(len(h.Deps))
	}
	for _, o := range g.Outputs {
		h.Outputs = append(h.Outputs, Output{at[o.Task], o.Key})
	}
	return h
}
