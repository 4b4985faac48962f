package client_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

var mergeSum = graph.NewFunc("example.mergeSum", func(ctx context.Context, n int) (int, error) {
	c, err := client.FromContext(ctx)
	if err != nil {
		return 0, err
	}
	args := make([]int, n)
	for i := range args {
		args[i] = i + 1
	}
	cubes, err := client.Map(ctx, c, cube, args)
	if err != nil {
		return 0, err
	}
	sum := 0
	for f, err := range client.AsCompleted(ctx, cubes...) {
		if err != nil {
			return 0, err
		}
		x, err := f.Result(ctx)
		if err != nil {
			return 0, err
		}
		sum += x
	}
	return sum, nil
})

// A task is a client too: it submits tasks and waits for them. While it waits,
// its thread is theirs, so one thread is enough.
func ExampleFromContext() {
	ctx := context.Background()
	cl, err := cluster.Local(ctx, cluster.Workers(1), cluster.Threads(1))
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
	f, err := client.Submit(ctx, c, mergeSum, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Result(ctx))
	// Output: 100 <nil>
}

var watchdog = graph.NewFunc("example.watchdog", func(ctx context.Context, ready string) (string, error) {
	if err := graph.Secede(ctx); err != nil { // it waits for long: others may have the thread
		return "", err
	}
	alarm := make(chan string, 1)
	alarm <- ready
	seen := <-alarm
	if err := graph.Rejoin(ctx); err != nil { // before it computes again
		return "", err
	}
	return seen, nil
})

// A task that waits for something else than tasks gives its thread away with
// Secede, and waits for one again with Rejoin.
func ExampleSubmit_secede() {
	ctx := context.Background()
	cl, err := cluster.Local(ctx, cluster.Workers(1), cluster.Threads(1))
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
	f, err := client.Submit(ctx, c, watchdog, "seen")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Result(ctx))
	// Output: seen <nil>
}
