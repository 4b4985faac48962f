package client_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

var (
	cube  = graph.NewFunc("example.cube", func(_ context.Context, x int) (int, error) { return x * x * x, nil })
	total = graph.NewFunc("example.total", func(_ context.Context, xs []int) (int, error) {
		t := 0
		for _, x := range xs {
			t += x
		}
		return t, nil
	})
)

// Functions are registered once, called on the workers, and answer through
// typed futures, which are arguments of other calls.
func Example() {
	ctx := context.Background()
	cl, err := cluster.Local(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	cubes, err := client.Map(ctx, c, cube, []int{1, 2, 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	all, err := client.Collect(ctx, c, total, cubes)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(all.Result(ctx))
	// Output: 36 <nil>
}
