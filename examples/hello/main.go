// Hello calls functions of its own on worker processes, and combines what they
// return through futures.
//
//	go run ./examples/hello
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// A function that workers can call is registered under a name, in a package
// variable: the workers are this same program, so they know it too. Arguments
// and results are plain Go values.
var (
	countPrimes = graph.NewFunc("hello.count-primes", func(ctx context.Context, s span) (int, error) {
		n := 0
		for x := s.From; x < s.To; x++ {
			if isPrime(x) {
				n++
			}
			if x%1000 == 0 && ctx.Err() != nil { // somebody cancelled, or waits no more
				return 0, ctx.Err()
			}
		}
		return n, nil
	})
	add = graph.NewFunc("hello.add", func(_ context.Context, xs []int) (int, error) {
		total := 0
		for _, x := range xs {
			total += x
		}
		return total, nil
	})
	half = graph.NewFunc("hello.half", func(_ context.Context, x int) (int, error) {
		if x%2 != 0 {
			return 0, fmt.Errorf("%d is odd", x)
		}
		return x / 2, nil
	})
)

// span is the integers From … To-1.
type span struct{ From, To int }

func isPrime(x int) bool {
	for d := 2; d*d <= x; d++ {
		if x%d == 0 {
			return false
		}
	}
	return x > 1
}

func main() {
	// In a worker process Init runs the worker and never returns; everywhere
	// else it does nothing. It must come first.
	cluster.Init()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "hello:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	// A scheduler here, and two processes of this program as its workers.
	cl, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(2))
	if err != nil {
		return err
	}
	defer cl.Close()
	c, err := cl.Client(ctx)
	if err != nil {
		return err
	}
	defer c.Close()

	// One call. Submit returns at once; Result waits.
	one, err := client.Submit(ctx, c, countPrimes, span{0, 100})
	if err != nil {
		return err
	}
	n, err := one.Result(ctx)
	if err != nil {
		return err
	}
	fmt.Println("primes below 100:", n)

	// Many calls, and one that takes all their results. The results go from
	// worker to worker, not through this program.
	var spans []span
	for from := 0; from < 1_000_000; from += 50_000 {
		spans = append(spans, span{from, from + 50_000})
	}
	counts, err := client.Map(ctx, c, countPrimes, spans)
	if err != nil {
		return err
	}
	total, err := client.Collect(ctx, c, add, counts)
	if err != nil {
		return err
	}
	if n, err = total.Result(ctx); err != nil {
		return err
	}
	fmt.Printf("primes below a million: %d, counted in %d calls\n", n, len(counts))

	// A future is also an argument. Errors come back as errors, with the
	// function, the worker and what it said.
	halved, err := client.Then(ctx, half, total)
	if err != nil {
		return err
	}
	n, err = halved.Result(ctx)
	if err != nil {
		return err
	}
	fmt.Println("half of that:", n)
	odd, err := client.Then(ctx, half, one) // 25
	if err != nil {
		return err
	}
	if err := odd.Wait(ctx); err != nil {
		fmt.Println("half of the first is an error:", err)
	}
	return nil
}
