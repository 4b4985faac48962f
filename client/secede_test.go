package client_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// A meeting is where tasks wait for one another.
type meeting struct {
	mu   sync.Mutex
	n    int
	full chan struct{}
}

func (m *meeting) attend(ctx context.Context, all int) error {
	m.mu.Lock()
	if m.n++; m.n == all {
		close(m.full)
	}
	m.mu.Unlock()
	select {
	case <-m.full:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var (
	table   = &meeting{full: make(chan struct{})}
	holding atomic.Int64 // executions of seceder that have a slot
	crowded atomic.Bool  // more than one had

	// seceder gives its slot away, meets four others, and comes back.
	seceder = graph.NewFunc("clienttest.seceder", func(ctx context.Context, _ int) (int, error) {
		if err := graph.Secede(ctx); err != nil {
			return 0, err
		}
		if err := table.attend(ctx, 5); err != nil {
			return 0, err
		}
		if err := graph.Rejoin(ctx); err != nil {
			return 0, err
		}
		if holding.Add(1) > 1 {
			crowded.Store(true)
		}
		time.Sleep(2 * time.Millisecond)
		holding.Add(-1)
		return 1, nil
	})

	visits sync.Map // name of the worker → struct{}
	// mover asks to run elsewhere until it has seen two workers.
	mover = graph.NewFunc("clienttest.mover", func(ctx context.Context, _ int) (string, error) {
		h, err := graph.HostOf(ctx)
		if err != nil {
			return "", err
		}
		visits.Store(h.Place().Worker, nil)
		seen := 0
		visits.Range(func(any, any) bool { seen++; return true })
		if seen < 2 {
			return "", fmt.Errorf("not here: %w", graph.ErrReschedule)
		}
		return h.Place().Worker, nil
	})
	// stray leaves a goroutine behind that still tries to secede.
	strayed = make(chan error, 1)
	stray   = graph.NewFunc("clienttest.stray", func(ctx context.Context, _ int) (int, error) {
		go func() {
			<-ctx.Done() // ends with the task
			strayed <- graph.Secede(ctx)
		}()
		return 1, nil
	})
)

// TestSecede: five tasks that secede run at once on one thread, and one at a
// time has the slot when they have rejoined.
func TestSecede(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	fs := must(client.Map(ctx, c, seceder, []int{1, 2, 3, 4, 5}))(t)
	within(t, 20*time.Second, "five tasks that secede", func() {
		for _, f := range fs {
			get(t, ctx, f)
		}
	})
	if crowded.Load() {
		t.Error("tasks that had rejoined ran at once on one thread")
	}
	// The thread is there as before.
	if got := get(t, ctx, must(client.Submit(ctx, c, square, 3))(t)); got != 9 {
		t.Errorf("square(3) = %d", got)
	}
}

func TestReschedule(t *testing.T) {
	c, ctx := connect(t)
	at := get(t, ctx, must(client.Submit(ctx, c, mover, 1))(t))
	n := 0
	visits.Range(func(any, any) bool { n++; return true })
	if n != 2 {
		t.Errorf("it ended on %s and has seen %d workers, want 2", at, n)
	}
}

func TestSecedeOutside(t *testing.T) {
	for name, f := range map[string]func(context.Context) error{"Secede": graph.Secede, "Rejoin": graph.Rejoin} {
		err := f(t.Context())
		if !errors.Is(err, graph.ErrOutside) {
			t.Errorf("%s outside a task: %v", name, err)
		}
	}
	if err := graph.Yield(t.Context(), func() error { return context.Canceled }); !errors.Is(err, context.Canceled) {
		t.Errorf("Yield outside a task returns %v", err)
	}
	c, ctx := connect(t)
	get(t, ctx, must(client.Submit(ctx, c, stray, 1))(t))
	select {
	case err := <-strayed:
		if err == nil {
			t.Error("a task seceded that had ended")
		}
	case <-ctx.Done():
		t.Error("the context of a task goes on after it")
	}
}
