package graph

import "slices"

// Order returns g with its rows in the order in which they should run:
// depth-first towards each output in turn, and among the dependencies of a
// task the one that needs most memory at once first (Sethi and Ullman's rule
// for expression trees, used on a DAG as a heuristic), so that intermediate
// results die early.
func Order(g *Graph) *Graph {
	need := registers(g)
	seen := make([]bool, g.Len())
	rows := make([]int, 0, g.Len())
	var stack []frame
	visit := func(root int) {
		if seen[root] {
			return
		}
		seen[root] = true
		stack = append(stack[:0], frame{root, sortedDeps(g, root, need)})
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.deps) == 0 {
				rows = append(rows, top.task)
				stack = stack[:len(stack)-1]
				continue
			}
			d := top.deps[0]
			top.deps = top.deps[1:]
			if !seen[d] {
				seen[d] = true
				stack = append(stack, frame{d, sortedDeps(g, d, need)})
			}
		}
	}
	for _, o := range g.Outputs {
		visit(int(o.Task))
	}
	for i := range g.Len() {
		visit(i) // what no output needs, if the graph was not culled
	}
	return g.rearrange(rows)
}

// A frame is a task on the way down and the dependencies not yet visited.
type frame struct {
	task int
	deps []int
}

// registers returns how many results must be held at once to compute each
// task, were the graph a tree.
func registers(g *Graph) []int32 {
	need := make([]int32, g.Len())
	var below []int32
	for i := range need {
		below = below[:0]
		for _, d := range g.TaskDeps(i) {
			if !d.Ref.IsInput() {
				below = append(below, need[d.Ref.Index()])
			}
		}
		slices.SortFunc(below, func(a, b int32) int { return int(b - a) })
		need[i] = 1
		for k, n := range below {
			need[i] = max(need[i], n+int32(k))
		}
	}
	return need
}

func sortedDeps(g *Graph, i int, need []int32) []int {
	var deps []int
	for _, d := range g.TaskDeps(i) {
		if !d.Ref.IsInput() {
			deps = append(deps, d.Ref.Index())
		}
	}
	slices.SortStableFunc(deps, func(a, b int) int { return int(need[b] - need[a]) })
	return deps
}

// Optimize culls, fuses and orders g, and decides what runs on devices of those
// tasks that leave it to cost; see [Choose].
func Optimize(g *Graph) *Graph { return decide(Order(Fuse(Cull(g)))) }
