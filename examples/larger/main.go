// Larger computes with five times as much data as its workers may keep in
// memory: results that memory has no room for go to disk and come back.
//
//	go run ./examples/larger
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

const (
	workers = 2
	memory  = 32 << 20 // bytes that each worker may keep
	program = 64 << 20 // bytes that its code, and Go, take beside at most
	times   = 5        // how much larger the data is
)

func main() {
	cluster.Init()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "larger:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cl, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(workers), cluster.Threads(1), cluster.Memory(memory))
	if err != nil {
		return err
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		return err
	}
	defer c.Close()

	// A matrix of 320 MiB in blocks of 2 MiB, all of which the workers are to
	// keep.
	const columns, block = 2048, 512
	rows := times * workers * memory / 8 / columns
	x := array.Random(7).Normal(0, 1, []int{rows, columns}, array.ChunkShape(block, block))
	kept, release, err := x.Persist(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	fmt.Println("kept:", kept)

	// Each result is compared with that of this process, which makes the
	// numbers anew, block by block, and keeps none: one way to reduce, one
	// answer.
	local := &graph.Local{}
	check := func(what string, there, here *array.Array) error {
		got, err := there.Scalar(ctx, c)
		if err != nil {
			return err
		}
		want, err := here.Scalar(ctx, local)
		if err != nil {
			return err
		}
		fmt.Printf("%-28s %.6f, here %.6f\n", what, got, want)
		if diff := got - want; diff > 1e-6*want || -diff > 1e-6*want {
			return fmt.Errorf("%s differs", what)
		}
		return nil
	}
	if err := check("sum of squares", kept.Mul(kept).Sum(), x.Mul(x).Sum()); err != nil {
		return err
	}
	gram := func(a *array.Array) *array.Array { return array.MatMulT(a, a, true, false).Abs().Sum() }
	if err := check("sum of |xᵀx|", gram(kept), gram(x)); err != nil {
		return err
	}
	// Rows to columns: every new block needs a piece of every old one.
	across := func(a *array.Array) *array.Array {
		return a.Transpose().RechunkTo(block/8, rows).Sum(1).Abs().Sum()
	}
	if err := check("sum of |column sums|", across(kept), x.Sum(0).Abs().Sum()); err != nil {
		return err
	}
	return report(ctx, c)
}

// report says what the workers did with their memory.
func report(ctx context.Context, c *client.Client) error {
	info, err := c.Info(ctx)
	if err != nil {
		return err
	}
	const mib = 1 << 20
	for _, w := range info.Workers {
		fmt.Printf("%s: %d MiB of %d in memory at most, the process %d; %d MiB are on disk\n",
			w.Name, w.PeakManaged/mib, w.Memory/mib, w.PeakProcess/mib, w.Spilled/mib)
		if most := w.Memory + w.Memory/10 + program; w.PeakProcess > most {
			return fmt.Errorf("%s had %d MiB resident, of %d at most", w.Name, w.PeakProcess/mib, most/mib)
		}
	}
	return nil
}
