package examples_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/graph"
)

// Nothing needs a cluster while it is small: a graph.Local runs the same
// expressions in this process.
func Example() {
	x := array.Arange(0, 10, 1, array.ChunkShape(4))
	mean, err := x.Mul(x).Mean().Scalar(context.Background(), &graph.Local{})
	fmt.Println(mean, err)
	// Output: 28.5 <nil>
}
