package client_test

import (
	"context"
	"errors"

	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/server"
)

// pair returns two clients of one cluster, the second through a proxy, as if they
// were in two processes.
func pair(t *testing.T, o server.Options) (near, far *client.Client, p *proxy, ctx context.Context) {
	t.Helper()
	near, ctx = connect(t, cluster.Workers(1), cluster.Scheduler(o))
	p = newProxy(t, near.Address())
	far = must(client.Connect(ctx, p.l.Addr().String(), client.Reconnect(30*time.Second)))(t)
	t.Cleanup(func() { far.Close() })
	return near, far, p, ctx
}

// cutting breaks the connection of c, through p, again and again, whenever it is
// there: until stop, five times at least.
func cutting(ctx context.Context, c *client.Client, p *proxy) (stop func()) {
	quit := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for n := 0; ; n++ {
			if _, err := c.Info(ctx); err != nil {
				return // the test sees why
			}
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
			p.cut()
			select {
			case <-quit:
				if n >= 5 {
					return
				}
			default:
			}
		}
	})
	return func() { close(quit); all.Wait() }
}

// TestS29LockExcludes: one at a time, whoever it is, however often connections
// break and requests are withdrawn. Then the lock is free.
func TestS29LockExcludes(t *testing.T) {
	near, far, p, ctx := pair(t, server.Options{})
	stop := cutting(ctx, far, p)
	inside, got := 0, 0 // not guarded but by the lock: the race detector looks too
	var all sync.WaitGroup
	for i := range 6 {
		l := []*client.Client{near, far}[i%2].Lock("L")
		all.Go(func() {
			for end := time.Now().Add(time.Second); time.Now().Before(end); {
				short, cancel := context.WithTimeout(ctx, time.Duration(rand.IntN(10_000))*time.Microsecond)
				err := l.Acquire(short)
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
				if err == nil {
					if inside++; inside != 1 {
						t.Errorf("%d have the lock", inside)
					}
					got++
					inside--
					if err := l.Release(ctx); err != nil {
						t.Error(err)
					}
				}
				cancel()
			}
		})
	}
	all.Wait()
	stop()
	if got == 0 {
		t.Error("nobody ever got the lock")
	}
	l := near.Lock("L")
	if err := l.Acquire(ctx); err != nil {
		t.Fatal(err)
	}
	if ok := must(far.Lock("L").TryAcquire(ctx))(t); ok {
		t.Error("two have the lock")
	}
	if err := l.Release(ctx); err != nil {
		t.Error(err)
	}
	wantError(t, l.Release(ctx), client.ErrNotHeld, `lock "L"`, "acquire it first")
}

// TestS29QueueLosesNothing: every item comes out once, though who gets it gives up
// and comes back, and connections break.
func TestS29QueueLosesNothing(t *testing.T) {
	near, far, p, ctx := pair(t, server.Options{})
	stop := cutting(ctx, far, p)
	defer stop()
	const each, producers = 1000, 3
	var all sync.WaitGroup
	for i := range producers {
		q := client.NewQueue[int](far, "Q", 5)
		all.Go(func() {
			for k := range each {
				if err := q.Put(ctx, i*each+k); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var mu sync.Mutex
	var items []int
	for i := range 4 {
		q := client.NewQueue[int](([]*client.Client{near, far}[i%2]), "Q", 5)
		all.Go(func() {
			for {
				short, cancel := context.WithTimeout(ctx, time.Duration(rand.IntN(5000))*time.Microsecond)
				x, err := q.Get(short)
				cancel()
				mu.Lock()
				if err == nil {
					items = append(items, x)
				}
				done := len(items) == each*producers
				mu.Unlock()
				if done || ctx.Err() != nil {
					return
				}
			}
		})
	}
	all.Wait()
	slices.Sort(items)
	for i, x := range items {
		if i != x {
			t.Fatalf("item %d is lost, or %d came twice", i, x)
		}
	}
	if n := must(client.NewQueue[int](near, "Q", 5).Len(ctx))(t); n != 0 || len(items) != each*producers {
		t.Errorf("%d items came out, %d are there", len(items), n)
	}
}

// TestS29SessionEnds: what a client holds and waits for is over when its lease
// is; others get it, and the client knows.
func TestS29SessionEnds(t *testing.T) {
	near, far, p, ctx := pair(t, server.Options{Lease: 500 * time.Millisecond})
	h := must(far.MultiLock(1, "L").Acquire(ctx))(t)
	permit := must(far.Semaphore("S", 1, 0).Acquire(ctx))(t)
	sub := must(client.NewTopic[int](far, "T").Subscribe(ctx, 0))(t)
	waits := make(chan error, 1)
	go func() { waits <- far.Lock("L").Acquire(ctx) }()
	p.block(true)
	if err := near.Lock("L").Acquire(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := near.Semaphore("S", 1, 0).Acquire(ctx); err != nil {
		t.Fatal(err)
	}
	wantError(t, <-waits, client.ErrDisconnected)
	for _, h := range []*client.Holding{h, permit} {
		<-h.Done()
		wantError(t, h.Err(), client.ErrDisconnected)
		wantError(t, h.Release(ctx), client.ErrDisconnected)
	}
	_, err := sub.Next(ctx)
	wantError(t, err, client.ErrDisconnected)
	if n := must(client.NewTopic[int](near, "T").Publish(ctx, 1))(t); n != 0 {
		t.Errorf("%d are still subscribed", n)
	}
}

// TestS29SemaphoreLease: a permit is renewed as long as its holder is there, and
// taken back from one that cannot be reached, though its session lasts.
func TestS29SemaphoreLease(t *testing.T) {
	near, far, p, ctx := pair(t, server.Options{})
	const lease = time.Second
	h := must(far.Semaphore("S", 1, lease).Acquire(ctx))(t)
	time.Sleep(2 * lease)
	if other := must(near.Semaphore("S", 1, lease).TryAcquire(ctx))(t); other != nil || h.Err() != nil {
		t.Fatalf("a permit that is renewed is lost: %v", h.Err())
	}
	p.block(true)
	other := must(near.Semaphore("S", 1, lease).Acquire(ctx))(t)
	p.block(false)
	within(t, 20*time.Second, "to learn that the lease is lost", func() { <-h.Done() })
	wantError(t, h.Err(), client.ErrLeaseLost, `semaphore "S"`)
	wantError(t, h.Release(ctx), client.ErrLeaseLost)
	if err := other.Release(ctx); err != nil {
		t.Error(err)
	}
	_, err := near.Semaphore("S", 0, 0).Acquire(ctx)
	wantError(t, err, err, "0 permits")
}

// TestS29FuturesLive: a queue and a variable keep what their futures stand for,
// when the client that put them is gone; who gets one has it after they have not.
func TestS29FuturesLive(t *testing.T) {
	near, far, _, ctx := pair(t, server.Options{})
	before := stepsRun.Load()
	f := must(client.Submit(ctx, far, step, 41))(t)
	if err := client.NewVariable[*client.Future[int]](far, "V").Set(ctx, f); err != nil {
		t.Fatal(err)
	}
	g := must(client.Submit(ctx, far, step, 42))(t)
	if err := client.NewQueue[*client.Future[int]](far, "Q", 0).Put(ctx, g); err != nil {
		t.Fatal(err)
	}
	far.Close()
	v := client.NewVariable[*client.Future[int]](near, "V")
	a := must(v.Get(ctx))(t)
	b := must(client.NewQueue[*client.Future[int]](near, "Q", 0).Get(ctx))(t)
	if err := v.Delete(ctx); err != nil {
		t.Error(err)
	}
	if x, y := get(t, ctx, a), get(t, ctx, b); x != 42 || y != 43 || stepsRun.Load()-before != 2 {
		t.Errorf("%d and %d, after %d calls", x, y, stepsRun.Load()-before)
	}
	a.Release()
	b.Release()
	eventually(t, ctx, near, func(in *client.Info) bool { return in.Tasks["memory"] == 0 })
	if err := v.Set(ctx, a); !errors.Is(err, client.ErrReleased) {
		t.Errorf("a released future: %v", err)
	}
}

// TestS29FutureGotAndReleasedBefore: a client that gets a future which it has just
// released has it nevertheless.
func TestS29FutureGotAndReleasedBefore(t *testing.T) {
	near, far, _, ctx := pair(t, server.Options{})
	for i := range 50 {
		f := must(client.Submit(ctx, near, step, 100+i))(t)
		if err := client.NewQueue[*client.Future[int]](near, "Q", 0).Put(ctx, f); err != nil {
			t.Fatal(err)
		}
		g := must(client.NewQueue[*client.Future[int]](far, "Q", 0).Get(ctx))(t)
		if err := client.NewVariable[*client.Future[int]](far, "V").Set(ctx, g); err != nil {
			t.Fatal(err)
		}
		g.Release()
		f.Release()
		h := must(client.NewVariable[*client.Future[int]](near, "V").Get(ctx))(t)
		if got := get(t, ctx, h); got != 101+i {
			t.Fatalf("%d, want %d", got, 101+i)
		}
	}
}

func TestS29EventWakesAll(t *testing.T) {
	near, far, _, ctx := pair(t, server.Options{})
	e := near.Event("E")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := ([]*client.Client{near, far}[i%2]).Event("E").Wait(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	if set := must(e.IsSet(ctx))(t); set {
		t.Error("it is set already")
	}
	if err := e.Set(ctx); err != nil {
		t.Error(err)
	}
	all.Wait()
	if err := e.Clear(ctx); err != nil {
		t.Error(err)
	}
	short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel()
	wantError(t, far.Event("E").Wait(short), graph.ErrTimeout)
}

// TestS29Topic: in order per publisher, whatever breaks; a slow subscriber is told
// how many it missed.
func TestS29Topic(t *testing.T) {
	near, far, p, ctx := pair(t, server.Options{})
	sub := must(client.NewTopic[[]byte](far, "T").Subscribe(ctx, 0))(t)
	stop := cutting(ctx, far, p)
	const each = 2000
	var all sync.WaitGroup
	for i := range 2 {
		topic := client.NewTopic[[]byte](([]*client.Client{near, far}[i]), "T")
		all.Go(func() {
			for k := range each {
				if n, err := topic.Publish(ctx, []byte{byte(i), byte(k), byte(k >> 8)}); err != nil || n != 1 {
					t.Errorf("%d subscribers, %v", n, err)
				}
			}
		})
	}
	next := [2]int{}
	for m, err := range sub.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if k := int(m[1]) + int(m[2])<<8; k != next[m[0]] {
			t.Fatalf("message %d of publisher %d comes after %d", k, m[0], next[m[0]]-1)
		}
		if next[m[0]]++; next[0]+next[1] == 2*each {
			break
		}
	}
	all.Wait()
	stop()
	slow := must(client.NewTopic[int](near, "slow").Subscribe(ctx, 10))(t)
	for k := range 1000 {
		must(client.NewTopic[int](far, "slow").Publish(ctx, k))(t)
	}
	seen, missed := 0, 0
	for k, err := range slow.All(ctx) {
		if err != nil {
			wantError(t, err, client.ErrMissed, `topic "slow"`)
			missed++
			continue
		}
		if seen++; k == 999 {
			break
		}
	}
	if seen != 266 || missed != 1 {
		t.Errorf("a slow subscriber sees %d messages and %d gaps, want 266 and 1", seen, missed)
	}
	slow.Close()
	slow.Close()
	_, err := slow.Next(ctx)
	wantError(t, err, client.ErrReleased)
}

// TestBadItems: what cannot be put is refused with a reason; what is not of the
// type asked for stays where it is.
func TestBadItems(t *testing.T) {
	near, far, _, ctx := pair(t, server.Options{})
	type futures = *client.Future[int]
	q := client.NewQueue[string](near, "Q", 1)
	wantError(t, q.Put(ctx, string(make([]byte, 70_000))), client.ErrTooLarge, `queue "Q"`, "70001 bytes")
	err := client.NewQueue[futures](near, "Q", 1).Put(ctx, nil)
	wantError(t, err, err, "the future is nil")
	mine := must(client.Submit(ctx, near, square, 3))(t)
	err = client.NewQueue[futures](far, "Q", 1).Put(ctx, mine)
	wantError(t, err, err, "another client")
	if err := q.Put(ctx, "text"); err != nil {
		t.Fatal(err)
	}
	if ok := must(q.TryPut(ctx, "more"))(t); ok {
		t.Error("there is no room, and it went in")
	}
	_, err = client.NewQueue[int](far, "Q", 1).Get(ctx)
	wantError(t, err, err, `queue "Q"`, "a string", "int")
	_, err = client.NewQueue[futures](far, "Q", 1).Get(ctx)
	wantError(t, err, err, "it holds a value, not a *client.Future[int]")
	_, err = client.NewQueue[string](far, "Q", 2).Get(ctx)
	wantError(t, err, client.ErrConflict, "1 item", "2 items")
	waiting := make(chan error)
	go func() { waiting <- q.Put(ctx, "waits") }()
	if got := must(client.NewQueue[string](far, "Q", 1).Get(ctx))(t); got != "text" {
		t.Errorf("got %q", got)
	}
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if err := q.Delete(ctx); err != nil {
		t.Error(err)
	}
	if _, ok, err := q.TryGet(ctx); ok || err != nil {
		t.Errorf("what was deleted: %t, %v", ok, err)
	}
	err = near.Event("\xff").Set(ctx)
	wantError(t, err, err, "UTF-8")
	far.Close()
	wantError(t, far.Lock("L").Acquire(ctx), client.ErrClosed)
}
