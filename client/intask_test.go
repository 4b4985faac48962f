package client_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

var fib *graph.Func[int, int] // by itself

var qsort *graph.Func[[]float64, []float64]

func init() {
	fib = graph.NewFunc("clienttest.fib", func(ctx context.Context, n int) (int, error) {
		if n < 2 {
			return n, nil
		}
		c, err := client.FromContext(ctx)
		if err != nil {
			return 0, err
		}
		fs, err := client.Map(ctx, c, fib, []int{n - 1, n - 2}, client.Impure())
		if err != nil {
			return 0, err
		}
		parts, err := client.Gather(ctx, fs...)
		if err != nil {
			return 0, err
		}
		return parts[0] + parts[1], nil
	})
	qsort = graph.NewFunc("clienttest.qsort", func(ctx context.Context, x []float64) ([]float64, error) {
		if len(x) < 2 {
			return x, nil
		}
		c, err := client.FromContext(ctx)
		if err != nil {
			return nil, err
		}
		var less, more []float64
		for _, v := range x[1:] {
			if v < x[0] {
				less = append(less, v)
			} else {
				more = append(more, v)
			}
		}
		a, err := client.Submit(ctx, c, qsort, less)
		if err != nil {
			return nil, err
		}
		b, err := client.Submit(ctx, c, qsort, more)
		if err != nil {
			return nil, err
		}
		low, err := a.Result(ctx)
		if err != nil {
			return nil, err
		}
		high, err := b.Result(ctx)
		return slices.Concat(low, x[:1], high), err
	})
}

// TestRecursion: tasks that wait for tasks that wait for tasks end, on one
// thread, however deep they are.
func TestRecursion(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	within(t, 40*time.Second, "fib(11) on one thread", func() {
		if got := get(t, ctx, must(client.Submit(ctx, c, fib, 11))(t)); got != 89 {
			t.Errorf("fib(11) = %d, want 89", got)
		}
	})
	deep := make([]float64, 60) // sorted already: every level is one deeper
	for i := range deep {
		deep[i] = float64(i)
	}
	within(t, 40*time.Second, "a recursion 60 deep on one thread", func() {
		if got := get(t, ctx, must(client.Submit(ctx, c, qsort, deep))(t)); !slices.Equal(got, deep) {
			t.Errorf("sorted to %v", got)
		}
	})
}

var (
	orderMu sync.Mutex
	order   []int
	note    = graph.NewFunc("clienttest.note", func(_ context.Context, x int) (int, error) {
		time.Sleep(10 * time.Millisecond)
		orderMu.Lock()
		defer orderMu.Unlock()
		order = append(order, x)
		return x, nil
	})
	begun, goOn = make(chan struct{}), make(chan struct{})
	// opener notes 1, waits for a while, then has 2 noted by a task.
	opener = graph.NewFunc("clienttest.opener", func(ctx context.Context, _ int) (int, error) {
		close(begun)
		<-goOn
		c, err := client.FromContext(ctx)
		if err != nil {
			return 0, err
		}
		f, err := client.Submit(ctx, c, note, 1)
		if err != nil {
			return 0, err
		}
		return f.Result(ctx)
	})
)

// TestSubtasksFirst: what a task submits goes before what was submitted after
// the task, though before that.
func TestSubtasksFirst(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	first := must(client.Submit(ctx, c, opener, 1))(t)
	<-begun
	later := must(client.Map(ctx, c, note, []int{2, 3, 4, 5, 6, 7, 8, 9}))(t)
	must(c.Info(ctx))(t) // they have arrived
	close(goOn)
	get(t, ctx, first)
	for _, f := range later {
		get(t, ctx, f)
	}
	orderMu.Lock()
	defer orderMu.Unlock()
	// The worker has one to begin when opener secedes, and may be sent another.
	if at := slices.Index(order, 1); at < 0 || at > 2 {
		t.Errorf("the subtask ran as number %d of %v", at, order)
	}
}

var abandoner = graph.NewFunc("clienttest.abandoner", func(ctx context.Context, _ int) (int, error) {
	c, err := client.FromContext(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := client.Submit(ctx, c, hang, 77); err != nil {
		return 0, err
	}
	return 0, errors.New("gone")
})

// TestSubtasksEnd: what a task submitted and did not wait for is given up when
// it ends.
func TestSubtasksEnd(t *testing.T) {
	c, ctx := connect(t)
	if err := must(client.Submit(ctx, c, abandoner, 1))(t).Wait(ctx); err == nil {
		t.Error("the parent succeeds")
	}
	within(t, 20*time.Second, "forgetting the subtask", func() {
		for {
			in := must(c.Info(ctx))(t)
			if in.Tasks["processing"]+in.Tasks["queued"]+in.Tasks["waiting"] == 0 {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	for len(started) > 0 { // it may have started
		<-started
		<-stopped
	}
}

func TestFromContextOutside(t *testing.T) {
	if _, err := client.FromContext(t.Context()); !errors.Is(err, graph.ErrOutside) {
		t.Errorf("outside a task: %v", err)
	}
}

var guarded = graph.NewFunc("clienttest.guarded", func(ctx context.Context, _ int) (int, error) {
	c, err := client.FromContext(ctx)
	if err != nil {
		return 0, err
	}
	l := c.Lock("intask")
	if err := l.Acquire(ctx); err != nil {
		return 0, err
	}
	defer l.Release(context.WithoutCancel(ctx))
	// The lock is kept over a wait in which others have the slot.
	f, err := client.Submit(ctx, c, square, 2, client.Impure())
	if err != nil {
		return 0, err
	}
	return f.Result(ctx)
})

// TestLockInTasks: tasks that wait for a lock leave the thread to the one that
// has it.
func TestLockInTasks(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	fs := must(client.Map(ctx, c, guarded, []int{1, 2, 3, 4, 5, 6}))(t)
	within(t, 20*time.Second, "six tasks that take turns", func() {
		for _, f := range fs {
			get(t, ctx, f)
		}
	})
}
