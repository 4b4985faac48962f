package graph

import (
	"context"
	"fmt"
	"runtime"
	"testing"
)

// nop is the cheapest kernel: what remains is the engine.
const nop = "test.nop"

func init() {
	Register(nop, func(context.Context, *Call) (Value, error) { return Raw(nil), nil })
}

// layered is a graph of steps rows of width tasks each; deps gives the columns
// of the row before that a task depends on.
func layered(width, steps int, deps func(column int) []int) *Graph {
	b := &Builder{}
	before := make([]Ref, width)
	for s := range steps {
		row := make([]Ref, width)
		for i := range row {
			var on []Dep
			if s > 0 {
				for _, j := range deps(i) {
					if j >= 0 && j < width {
						on = append(on, before[j].Whole())
					}
				}
			}
			row[i] = b.Add(Class{Op: nop}, nil, on...)
		}
		before = row
	}
	for i, r := range before {
		b.Output(r, NewKey(fmt.Sprint("out", i)))
	}
	return b.Graph()
}

// BenchmarkLocal is what a task costs a thread, in nanoseconds.
func BenchmarkLocal(b *testing.B) {
	const tasks = 1 << 16
	threads := runtime.GOMAXPROCS(0)
	patterns := map[string]func(int) []int{
		"trivial": func(int) []int { return nil },
		"chain":   func(i int) []int { return []int{i} },
		"stencil": func(i int) []int { return []int{i - 1, i, i + 1} },
	}
	for _, name := range []string{"trivial", "chain", "stencil"} {
		for _, each := range []int{1, 8, 64} {
			g := layered(each*threads, tasks/(each*threads), patterns[name])
			b.Run(fmt.Sprintf("%s/each=%d", name, each), func(b *testing.B) {
				for range b.N {
					vs, err := (&Local{}).Run(context.Background(), g)
					if err != nil || len(vs) != each*threads {
						b.Fatal(len(vs), err)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*g.Len())*float64(threads)*1e9, "ns/task/thread")
			})
		}
	}
}
