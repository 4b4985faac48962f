package client_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
)

// twoClients calls f with two clients of one cluster: they stand for programs of
// their own.
func twoClients(f func(ctx context.Context, a, b *client.Client) error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cl, err := cluster.Local(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cl.Close()
	a, err := cl.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer a.Close()
	b, err := cl.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	if err := f(ctx, a, b); err != nil {
		fmt.Println(err)
	}
}

// A lock excludes across programs.
func ExampleLock() {
	twoClients(func(ctx context.Context, a, b *client.Client) error {
		mine, theirs := a.Lock("results.csv"), b.Lock("results.csv")
		if err := mine.Acquire(ctx); err != nil {
			return err
		}
		got, err := theirs.TryAcquire(ctx)
		fmt.Println("while the other has it:", got, err)
		if err := mine.Release(ctx); err != nil {
			return err
		}
		got, err = theirs.TryAcquire(ctx)
		fmt.Println("after that:", got, err)
		return theirs.Release(ctx)
	})
	// Output:
	// while the other has it: false <nil>
	// after that: true <nil>
}

// Any two of three devices; a lock of one of them excludes this.
func ExampleMultiLock() {
	twoClients(func(ctx context.Context, a, b *client.Client) error {
		if err := a.Lock("disk-1").Acquire(ctx); err != nil {
			return err
		}
		h, err := b.MultiLock(2, "disk-1", "disk-2", "disk-3").Acquire(ctx)
		if err != nil {
			return err
		}
		fmt.Println(h.Names())
		return h.Release(ctx)
	})
	// Output: [disk-2 disk-3]
}

// At most two at a time talk to the database, whatever program they are in.
func ExampleSemaphore() {
	twoClients(func(ctx context.Context, a, b *client.Client) error {
		first, err := a.Semaphore("database", 2, 30*time.Second).Acquire(ctx)
		if err != nil {
			return err
		}
		db := b.Semaphore("database", 2, 30*time.Second)
		second, err := db.Acquire(ctx)
		if err != nil {
			return err
		}
		third, err := db.TryAcquire(ctx)
		fmt.Println("a third:", third != nil, err)
		if err := first.Release(ctx); err != nil {
			return err
		}
		third, err = db.TryAcquire(ctx)
		fmt.Println("a third, later:", third != nil, err)
		if err := third.Release(ctx); err != nil {
			return err
		}
		return second.Release(ctx)
	})
	// Output:
	// a third: false <nil>
	// a third, later: true <nil>
}

// One program says that it is ready, the other waits for that.
func ExampleEvent() {
	twoClients(func(ctx context.Context, a, b *client.Client) error {
		var wait sync.WaitGroup
		wait.Go(func() { fmt.Println("loaded:", b.Event("loaded").Wait(ctx)) })
		err := a.Event("loaded").Set(ctx)
		wait.Wait()
		return err
	})
	// Output: loaded: <nil>
}

// Futures pass from one program to another; their values stay on the workers.
func ExampleQueue() {
	twoClients(func(ctx context.Context, a, b *client.Client) error {
		out := client.NewQueue[*client.Future[int]](a, "cubes", 10)
		for x := range 3 {
			f, err := client.Submit(ctx, a, cube, x+1)
			if err != nil {
				return err
			}
			if err := out.Put(ctx, f); err != nil {
				return err
			}
			f.Release() // the queue keeps it
		}
		in := client.NewQueue[*client.Future[int]](b, "cubes", 10)
		for range 3 {
			f, err := in.Get(ctx)
			if err != nil {
				return err
			}
			fmt.Println(f.Result(ctx))
		}
		return nil
	})
	// Output:
	// 1 <nil>
	// 8 <nil>
	// 27 <nil>
}

// A value that everybody sees, and that outlives who set it.
func ExampleVariable() {
	twoClients(func(ctx context.Context, a, b *client.Client) error {
		if err := client.NewVariable[float64](a, "learning rate").Set(ctx, 0.01); err != nil {
			return err
		}
		rate := client.NewVariable[float64](b, "learning rate")
		fmt.Println(rate.Get(ctx))
		if err := rate.Delete(ctx); err != nil {
			return err
		}
		_, ok, err := rate.TryGet(ctx)
		fmt.Println(ok, err)
		return nil
	})
	// Output:
	// 0.01 <nil>
	// false <nil>
}

// Everybody who is subscribed gets every message.
func ExampleTopic() {
	twoClients(func(ctx context.Context, a, b *client.Client) error {
		sub, err := client.NewTopic[string](b, "progress").Subscribe(ctx, 0)
		if err != nil {
			return err
		}
		defer sub.Close()
		topic := client.NewTopic[string](a, "progress")
		for _, s := range []string{"read", "sorted", "written"} {
			if _, err := topic.Publish(ctx, s); err != nil {
				return err
			}
		}
		for s, err := range sub.All(ctx) {
			fmt.Println(s, err)
			if s == "written" {
				break
			}
		}
		return nil
	})
	// Output:
	// read <nil>
	// sorted <nil>
	// written <nil>
}
