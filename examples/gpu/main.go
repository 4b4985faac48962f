// Gpu has a cluster of two workers of which one has a device, and work that may
// run only there. Without a real device the worker gets one in host memory,
// which keeps to the same rules.
//
//	go run ./examples/gpu
//	go run -tags cuda ./examples/gpu     on a machine with an NVIDIA driver
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/worker/server"
	"gonum.org/v1/gonum/mat"
)

// process returns the process that calls it.
var process = graph.NewFunc("gpu.process", func(context.Context, int) (int, error) { return os.Getpid(), nil })

func main() {
	// equip is called in a worker before it starts.
	cluster.Init(equip)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "gpu:", err)
		os.Exit(1)
	}
}

// equip gives the worker that is started with the resource GPU its device.
func equip(o *server.Options) (release func(), err error) {
	if o.Resources.Milli(graph.GPU) == 0 {
		return nil, nil
	}
	o.GPU = server.GPUFake
	if found, err := gpu.Discover(); err == nil && len(found) > 0 {
		o.GPU = server.GPUAuto
	}
	return nil, nil
}

func run(ctx context.Context) error {
	cl, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(2), cluster.WorkerResources(1, "GPU=1"))
	if err != nil {
		return err
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.WaitForWorkers(ctx, 2); err != nil {
		return err
	}
	info, err := c.Info(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(info.Workers, func(a, b client.WorkerInfo) int { return strings.Compare(a.Name, b.Name) })
	for _, w := range info.Workers {
		if w.Device == "" {
			w.Device = "no device"
		}
		fmt.Printf("%s: %s, resources [%v]\n", w.Name, w.Device, w.Resources)
	}

	// A call that takes the resource runs where it is. One at a time: each
	// takes the whole of it.
	calls, err := client.Map(ctx, c, process, []int{1, 2, 3, 4, 5, 6, 7, 8}, client.Resources("GPU=1"))
	if err != nil {
		return err
	}
	pids, err := client.Gather(ctx, calls...)
	if err != nil {
		return err
	}
	elsewhere := 0
	for _, pid := range pids {
		if pid != cl.Worker(1).Pid {
			elsewhere++
		}
	}
	fmt.Printf("8 calls with GPU=1: %d on %s, %d elsewhere\n", len(pids)-elsewhere, cl.Worker(1).Name, elsewhere)
	if elsewhere > 0 {
		return fmt.Errorf("%d calls ran on a worker without the resource", elsewhere)
	}

	// The tasks of an array can be restricted in the same way. Ops that have a
	// kernel for the device run it, and leave their blocks there.
	random := array.Random(7)
	a := random.Normal(0, 1, []int{300, 300}, array.ChunkShape(100, 100))
	product := array.MatMul(a, a).With(array.OnGPU())
	got, err := product.Dense(ctx, c)
	if err != nil {
		return err
	}
	ad, err := a.Dense(ctx, c)
	if err != nil {
		return err
	}
	var want, diff mat.Dense
	want.Mul(ad, ad)
	diff.Sub(got, &want)
	e := mat.Norm(&diff, 2) / mat.Norm(&want, 2)
	fmt.Printf("a product on the device differs from gonum by %.0e\n", e)
	if !(e < 1e-12) {
		return fmt.Errorf("the product differs from gonum by %g", e)
	}
	return nil
}
