package taskbench

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A Grid is a graph of a pattern and what it should yield: what the tasks do
// on which nothing depends, those of the last step after all others.
type Grid struct {
	graph   *graph.Graph
	columns int
	results []uint64 // of the outputs, computed naively
}

// NewGrid returns the grid of so many columns and steps, at least one each.
func NewGrid(p Pattern, columns, steps int) *Grid {
	b := &graph.Builder{}
	class := graph.Class{Op: cell}
	attr := make([]byte, attrLen)
	results := make([]uint64, 0, columns*steps) // of all tasks
	used := make([]bool, columns*steps)
	var deps []graph.Dep
	for step := range steps {
		for i := range columns {
			h := begin(uint32(i))
			deps = deps[:0]
			if step > 0 {
				for _, j := range p.Deps(columns, step, i) {
					task := (step-1)*columns + j
					used[task] = true
					deps = append(deps, graph.TaskRef(task).Whole())
					h = join(h, results[task])
				}
			}
			putAttr(attr, 0, uint32(i))
			b.Add(class, attr, deps...)
			results = append(results, h)
		}
	}
	g := &Grid{columns: columns}
	for task, u := range used {
		if !u {
			b.Output(graph.TaskRef(task), outputKey(task))
			g.results = append(g.results, results[task])
		}
	}
	g.graph = b.Graph()
	return g
}

func outputKey(i int) graph.Key { return graph.RandomKey(fmt.Sprintf("cell(%d)", i)) }

// Tasks is how many tasks the grid has.
func (g *Grid) Tasks() int { return g.graph.Len() }

// Digest is a figure of the results of the last step that small programs can
// compute too.
func (g *Grid) Digest() float64 {
	sum := 0.0
	for _, r := range g.results[len(g.results)-g.columns:] {
		sum += float64(r & 0xffffffff)
	}
	return sum
}

// with returns the graph with so many iterations in each task, under keys of
// its own, so that no result of a run before is its result.
func (g *Grid) with(iterations uint32) *graph.Graph {
	h := *g.graph
	h.Attr = append([]byte(nil), h.Attr...)
	for i := range len(h.Attr) / attrLen {
		a := h.Attr[i*attrLen:]
		putAttr(a, iterations, binary.LittleEndian.Uint32(a[4:]))
	}
	h.Outputs = append([]graph.Output(nil), h.Outputs...)
	for i := range h.Outputs {
		h.Outputs[i].Key = outputKey(i)
	}
	return &h
}

// Run runs the grid with so many iterations in each task and returns how long
// that took. A wrong result is an error.
func (g *Grid) Run(ctx context.Context, on graph.Runner, iterations uint32) (seconds float64, err error) {
	h := g.with(iterations)
	start := time.Now()
	values, err := on.Run(ctx, h)
	seconds = time.Since(start).Seconds()
	if err != nil {
		return 0, err
	}
	defer graph.List(values).Release()
	for i, v := range values {
		raw, ok := v.(graph.Raw)
		if !ok || len(raw) != 8 || binary.LittleEndian.Uint64(raw) != g.results[i] {
			return 0, fmt.Errorf("bench: output %d is %v, want %#x: a task ran on the wrong inputs", i, v, g.results[i])
		}
	}
	return seconds, nil
}
