package schedload

import (
	"fmt"
	"math/rand/v2"

	"github.com/ashlar-go/ashlar/graph"
)

// A Shape makes graphs of about so many tasks. All tasks of a graph are needed
// for its outputs, and the rows are in the order in which they should run.
type Shape struct {
	Name string
	Make func(tasks int) *graph.Graph
}

// Shapes returns all shapes.
func Shapes() []Shape {
	return []Shape{{"random", Random}, {"tree", Tree}, {"stencil", Stencil}, {"shuffle", Shuffle}}
}

// The classes of the tasks. Nothing looks their ops up.
var (
	work  = graph.Class{Op: "bench.work"}
	split = graph.Class{Op: "bench.split"}
	merge = graph.Class{Op: "bench.merge"}
)

// output makes a task nameable.
func output(b *graph.Builder, r graph.Ref) {
	b.Output(r, graph.NewKey(fmt.Sprintf("out(%d)", r.Index())))
}

// reach is how far back a dependency of a random graph goes.
const reach = 1000

// Random returns a graph in which a task has two dependencies on average, zero
// to four, among the thousand before it. Who has no dependant by then is made
// one, so that only the last are outputs.
func Random(tasks int) *graph.Graph {
	rng := rand.New(rand.NewPCG(1, 2))
	b := &graph.Builder{}
	used := make([]bool, tasks)
	var deps []graph.Dep
	depend := func(j int) {
		used[j] = true
		deps = append(deps, graph.TaskRef(j).Whole())
	}
	for i := range tasks {
		deps = deps[:0]
		n := min(i, rng.IntN(5))
		if old := i - reach; old >= 0 && !used[old] {
			depend(old)
		}
		for len(deps) < n {
			depend(i - 1 - rng.IntN(min(i, reach)))
		}
		b.Add(work, nil, deps...)
	}
	for i, u := range used {
		if !u {
			output(b, graph.TaskRef(i))
		}
	}
	return b.Graph()
}

// Tree returns a binary tree, depth-first.
func Tree(tasks int) *graph.Graph {
	b := &graph.Builder{}
	var grow func(leaves int) graph.Ref
	grow = func(leaves int) graph.Ref {
		if leaves == 1 {
			return b.Add(work, nil)
		}
		left, right := grow(leaves/2), grow(leaves-leaves/2)
		return b.Add(work, nil, left.Whole(), right.Whole())
	}
	output(b, grow((tasks+1)/2))
	return b.Graph()
}

// Stencil returns rows of points, each of which depends on itself and its two
// neighbours in the row before. There are fifty rows, or more if each would
// have more than 20 000 points.
func Stencil(tasks int) *graph.Graph {
	width := min(20_000, max(1, tasks/50))
	b := &graph.Builder{}
	before, row := make([]graph.Ref, width), make([]graph.Ref, width)
	for step := range max(1, tasks/width) {
		for i := range row {
			if step == 0 {
				row[i] = b.Add(work, nil)
				continue
			}
			deps := make([]graph.Dep, 0, 3)
			for j := max(0, i-1); j <= min(width-1, i+1); j++ {
				deps = append(deps, before[j].Whole())
			}
			row[i] = b.Add(work, nil, deps...)
		}
		before, row = row, before
	}
	for _, r := range before {
		output(b, r)
	}
	return b.Graph()
}

// exchange is how many tasks split and how many merge in each exchange of a
// Shuffle.
const exchange = 32

// Shuffle returns exchanges one beside the other: 32 tasks split their values
// in 32 parts, 32 tasks merge one part of each, and one task gathers those.
func Shuffle(tasks int) *graph.Graph {
	b := &graph.Builder{}
	var parts, merged [exchange]graph.Dep
	for range max(1, tasks/(2*exchange+1)) {
		var sources [exchange]graph.Ref
		for i := range sources {
			sources[i] = b.Add(split, nil)
		}
		for i := range merged {
			for j, s := range sources {
				parts[j] = s.Part(i)
			}
			merged[i] = b.Add(merge, nil, parts[:]...).Whole()
		}
		output(b, b.Add(work, nil, merged[:]...))
	}
	return b.Graph()
}

// EachKey is Random with every task an output: the most that a client can ask
// the scheduler to keep track of.
func EachKey(tasks int) *graph.Graph {
	g := Random(tasks)
	g.Outputs = make([]graph.Output, tasks)
	for i := range g.Outputs {
		g.Outputs[i] = graph.Output{Task: uint32(i), Key: graph.NewKey(fmt.Sprintf("out(%d)", i))}
	}
	return g
}
