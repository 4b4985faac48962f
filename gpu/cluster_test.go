package gpu_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/worker/server"
)

// TestByCostOnCluster has a worker with a device, which the client learns of, and
// then loses it: what was chosen for the device runs on the worker that has none.
func TestByCostOnCluster(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cl, err := cluster.Local(ctx, cluster.Workers(1), cluster.Threads(2))
	check(t, err)
	defer cl.Close()
	c, err := cl.Client(ctx)
	check(t, err)
	defer c.Close()

	product := func(seed uint64, p graph.Processors) {
		t.Helper()
		a := array.Random(seed).Normal(0, 1, []int{64, 64}, array.ChunkShape(32, 32))
		got, err := array.MatMul(a, a).With(array.ByCost(p)).Float64s(ctx, c)
		check(t, err)
		want, err := array.MatMul(a, a).Float64s(ctx, &graph.Local{Threads: 1})
		check(t, err)
		for i := range want {
			if !(math.Abs(got[i]-want[i]) < 1e-12) {
				t.Fatalf("element %d is %v, want %v", i, got[i], want[i])
			}
		}
	}

	none, err := c.Processors(ctx)
	check(t, err)
	if none != (graph.Processors{}) {
		t.Errorf("of a cluster without a device: %+v", none)
	}
	product(1, none)

	d := gpu.Fake(gpu.FakeOptions{})
	l, err := gpu.NewLane(d)
	check(t, err)
	told := linked(1e10)
	told.Threads = 0
	life, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- server.Run(life, server.Options{Scheduler: cl.Address(), Name: "device", Threads: 1, Lanes: []*gpu.Lane{l}, Processors: told})
	}()
	check(t, c.WaitForWorkers(ctx, 2))
	p, err := c.Processors(ctx)
	check(t, err)
	if told.Threads = 3; p != told {
		t.Errorf("the client learns %+v, want %+v", p, told)
	}
	product(2, p)
	if d.Traffic().Launches == 0 {
		t.Error("nothing ran on the device")
	}

	end()
	<-ended
	launches := d.Traffic().Launches
	product(3, p) // chosen for a device that is gone
	if d.Traffic().Launches != launches {
		t.Error("a device without a worker has run something")
	}
	check(t, l.Close())
}
