package client_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

func TestSubmitMapThenCollect(t *testing.T) {
	c, ctx := connect(t)
	f := must(client.Submit(ctx, c, square, 7))(t)
	if got := get(t, ctx, f); got != 49 || f.Status() != client.StatusReady {
		t.Errorf("square(7) = %d, %v", got, f)
	}
	if has := c.WhoHas(f); len(has) != 1 {
		t.Errorf("49 is held by %v", has)
	}
	fs := must(client.Map(ctx, c, square, []int{1, 2, 3, 3}))(t)
	total := must(client.Collect(ctx, c, sum, fs))(t)
	twice := must(client.Then(ctx, square, total))(t)
	if got := get(t, ctx, twice); got != 23*23 {
		t.Errorf("(1+4+9+9)² = %d", got)
	}
	vs, err := client.Gather(ctx, fs...)
	if err != nil || len(vs) != 4 || vs[0]+vs[1]+vs[2]+vs[3] != 23 {
		t.Errorf("gathered %v, %v", vs, err)
	}
	none, err := client.Gather[int](ctx)
	if err != nil || len(none) != 0 {
		t.Errorf("gathering nothing: %v, %v", none, err)
	}
}

func TestScatterThen(t *testing.T) {
	c, ctx := connect(t)
	fs := must(client.Scatter(ctx, c, 3, 4))(t)
	a := must(client.Then(ctx, square, fs[0]))(t)
	s := must(client.Collect(ctx, c, sum, fs))(t)
	if x, y := get(t, ctx, a), get(t, ctx, s); x != 9 || y != 7 {
		t.Errorf("3² = %d, 3+4 = %d", x, y)
	}
	if got := get(t, ctx, fs[1]); got != 4 {
		t.Errorf("scattered 4, got %d back", got)
	}
}

// TestPureCallsShare: equal calls run once; impure and differently named ones
// each time.
func TestPureCallsShare(t *testing.T) {
	c, ctx := connect(t)
	before := stepsRun.Load()
	a := must(client.Submit(ctx, c, step, 1))(t)
	b := must(client.Submit(ctx, c, step, 1))(t)
	if get(t, ctx, a) != 2 || get(t, ctx, b) != 2 || a.Key() != b.Key() {
		t.Errorf("%v and %v", a, b)
	}
	a.Release()
	if got := get(t, ctx, b); got != 2 {
		t.Errorf("after the release of its twin: %d", got)
	}
	if n := stepsRun.Load() - before; n != 1 {
		t.Errorf("two equal calls ran %d times", n)
	}
	for _, opt := range []client.CallOption{client.Impure(), client.Key("mine")} {
		get(t, ctx, must(client.Submit(ctx, c, step, 1, opt))(t))
	}
	if n := stepsRun.Load() - before; n != 3 {
		t.Errorf("an impure and a named call as well ran %d times in all", n)
	}
}

func TestReleaseForgets(t *testing.T) {
	c, ctx := connect(t)
	f := must(client.Submit(ctx, c, step, 5))(t)
	get(t, ctx, f)
	before := stepsRun.Load()
	f.Release()
	f.Release()
	if err := f.Wait(ctx); !errors.Is(err, client.ErrReleased) || f.Status() != client.StatusReleased {
		t.Errorf("a released future: %v, %v", err, f)
	}
	if _, err := client.Then(ctx, square, f); !errors.Is(err, client.ErrReleased) {
		t.Errorf("a released argument: %v", err)
	}
	eventually(t, ctx, c, func(in *client.Info) bool { return in.Tasks["memory"] == 0 })
	get(t, ctx, must(client.Submit(ctx, c, step, 5))(t))
	if n := stepsRun.Load() - before; n != 1 {
		t.Errorf("the call ran %d times after it was forgotten, want 1", n)
	}
}

// TestGarbageIsReleased: who forgets a future loses no memory for ever.
func TestGarbageIsReleased(t *testing.T) {
	c, ctx := connect(t)
	func() {
		get(t, ctx, must(client.Submit(ctx, c, step, 77))(t))
	}()
	eventually(t, ctx, c, func(in *client.Info) bool {
		runtime.GC()
		return in.Tasks["memory"] == 0
	})
}

// eventually waits until ok likes what the scheduler says.
func eventually(t *testing.T, ctx context.Context, c *client.Client, ok func(*client.Info) bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		in, err := c.Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if ok(in) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the cluster stays at %+v", in)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestCancelAndRetry(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	f := must(client.Submit(ctx, c, hang, 1))(t)
	<-started
	if f.Status() != client.StatusPending {
		t.Errorf("running: %v", f)
	}
	f.Cancel()
	if err := f.Wait(ctx); !errors.Is(err, graph.ErrCancelled) || f.Status() != client.StatusCancelled {
		t.Errorf("cancelled: %v, %v", err, f)
	}
	if cause := <-stopped; cause == nil {
		t.Error("the function was not stopped through its context")
	}
	if err := f.Retry(); !errors.Is(err, graph.ErrCancelled) {
		t.Errorf("retry of what was cancelled: %v", err)
	}
	attempts.Store(0)
	g := must(client.Submit(ctx, c, flaky, 2))(t)
	if err := g.Wait(ctx); !errors.Is(err, graph.ErrTask) {
		t.Errorf("first attempt: %v", err)
	}
	if err := g.Retry(); err != nil {
		t.Error(err)
	}
	if got := get(t, ctx, g); got != 2 {
		t.Errorf("second attempt: %d", got)
	}
}

// TestContextGovernsSubmit: when it ends, what is not there is given up, and
// what is there stays.
func TestContextGovernsSubmit(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	sub, cancel := context.WithCancel(ctx)
	done := must(client.Submit(sub, c, square, 3))(t)
	get(t, ctx, done)
	f := must(client.Submit(sub, c, hang, 2))(t)
	<-started
	ended := f.Done()
	cancel()
	<-ended
	if err := f.Wait(ctx); !errors.Is(err, graph.ErrCancelled) || f.Status() != client.StatusCancelled {
		t.Errorf("%v, %v", err, f)
	}
	<-stopped
	if got := get(t, ctx, done); got != 9 {
		t.Errorf("what was done before: %d", got)
	}
	if _, err := client.Submit(sub, c, square, 4); !errors.Is(err, graph.ErrCancelled) {
		t.Errorf("submitting with an ended context: %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	g := must(client.Submit(ctx, c, hang, 3))(t)
	if err := g.Wait(short); !errors.Is(err, context.DeadlineExceeded) || g.Status() != client.StatusPending {
		t.Errorf("a wait that is cut short: %v, %v", err, g)
	}
	g.Release()
	<-stopped
	<-started
}

func TestAsCompleted(t *testing.T) {
	c, ctx := connect(t)
	fs := must(client.Map(ctx, c, square, []int{1, 2, 3, 4, 5}))(t)
	bad := must(client.Submit(ctx, c, refuse, "no"))(t)
	seen := map[int]bool{}
	for f, err := range client.AsCompleted(ctx, append(fs, bad)...) {
		if err != nil {
			t.Fatal(err)
		}
		if f == bad {
			if f.Status() != client.StatusFailed {
				t.Errorf("%v", f)
			}
			continue
		}
		seen[get(t, ctx, f)] = true
	}
	if len(seen) != 5 || !seen[25] {
		t.Errorf("seen %v", seen)
	}
	if err := client.WaitAll(ctx, append(fs, bad)...); !errors.Is(err, graph.ErrTask) {
		t.Errorf("waiting for all: %v", err)
	}
	slow := must(client.Submit(ctx, c, hang, 9))(t)
	if f, err := client.WaitAny(ctx, slow, fs[2]); err != nil || f != fs[2] {
		t.Errorf("first of two: %v, %v", f, err)
	}
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := client.WaitAny(short, slow); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for what hangs: %v", err)
	}
	slow.Release()
	<-stopped
	<-started
}

func TestTenThousandFutures(t *testing.T) {
	c, ctx := connect(t)
	args := make([]int, 10_000)
	want := 0
	for i := range args {
		args[i] = i
		want += i * i
	}
	fs := must(client.Map(ctx, c, square, args))(t)
	if got := get(t, ctx, must(client.Collect(ctx, c, sum, fs))(t)); got != want {
		t.Errorf("the sum of 10⁴ squares is %d, want %d", got, want)
	}
	vs, err := client.Gather(ctx, fs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vs {
		if v != i*i {
			t.Fatalf("square %d is %d", i, v)
		}
	}
	one := make([]*client.Future[int], 1000)
	for i := range one {
		one[i] = must(client.Submit(ctx, c, step, i))(t)
	}
	for i, f := range one {
		if got := get(t, ctx, f); got != i+1 {
			t.Fatalf("step %d is %d", i, got)
		}
	}
}
