package gpu_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A product on a device: here the fake one, which every machine has.
func Example() {
	lane, err := gpu.NewLane(gpu.Fake(gpu.FakeOptions{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer lane.Close()
	a, _ := kernels.FromSlice([]float64{1, 2, 3, 4}, 2, 2)
	op, _ := graph.Lookup(gpu.OpGemm)
	attr := kernels.GemmSpec{Alpha: 1}.Append(nil)

	square, err := lane.Run(context.Background(), op, &graph.Call{Attr: attr, In: []graph.Value{a, a}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer square.Release()
	fmt.Println(square)

	host, err := gpu.ToHost(kernels.DefaultAllocator(), square)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer host.Release()
	fmt.Println(kernels.Data[float64](host.(*kernels.Block)))
	// Output:
	// float64[2 2] on gpu0
	// [7 10 15 22]
}
