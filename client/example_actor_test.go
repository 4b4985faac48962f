package client_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// A model is learned step by step; its state stays on one worker.
type model struct{ sum, n float64 }

var (
	models = graph.NewActorClass("example.model", func(_ context.Context, prior float64) (*model, error) {
		return &model{prior, 1}, nil
	})
	learn = graph.NewMethod("example.model.learn", func(_ context.Context, m *model, x float64) (float64, error) {
		m.sum += x
		m.n++
		return m.sum / m.n, nil
	})
)

// An actor's class and methods are registered once. Every client, and every task
// that is passed its Ref, can call it; calls are made one at a time.
func ExampleActor() {
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

	m, err := client.NewActor(ctx, c, models, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Release()
	for _, x := range []float64{4, 6} {
		mean, err := client.Call(ctx, m, learn, x)
		fmt.Println(mean, err)
	}
	// Output:
	// 3 <nil>
	// 4 <nil>
}
