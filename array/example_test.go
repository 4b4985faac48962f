package array_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/graph"
)

// A lazy expression over chunks, computed without a cluster; with one, the
// Runner is its client.
func Example() {
	x := array.Arange(0, 1e6, 1, array.ChunkShape(250_000))
	y := x.Sqrt().Mul(2).Sum()
	fmt.Println(x.Shape(), x.Chunks(), x.DType())

	sum, err := y.Scalar(context.Background(), &graph.Local{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", sum)
	// Output:
	// [1000000] (4×250000) float64
	// 1333332332.918
}
