package graph_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

var double = graph.NewFunc("example.double", func(_ context.Context, x int) (int, error) { return 2 * x, nil })

// A graph of two tasks, run without a cluster.
func Example() {
	b := &graph.Builder{}
	arg, _ := double.Literal(21)
	first := b.Add(graph.Class{Op: double.Name()}, arg)
	second := b.Add(graph.Class{Op: double.Name()}, graph.ArgValue(), first.Whole())
	b.Output(second, graph.NewKey("answer"))

	values, err := (&graph.Local{}).Run(context.Background(), graph.Optimize(b.Graph()))
	if err != nil {
		fmt.Println(err)
		return
	}
	var x int
	fmt.Println(graph.Decode(values[0], &x), x)
	// Output: <nil> 84
}
