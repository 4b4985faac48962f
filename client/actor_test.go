package client_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// A ledger is a state: it notes what it is told, and who is inside.
type ledger struct {
	inside atomic.Int64
	notes  []int
}

var ledgersClosed atomic.Int64

func (l *ledger) Close() error { ledgersClosed.Add(1); return nil }

var (
	ledgers = graph.NewActorClass("clienttest.ledger", func(_ context.Context, first []int) (*ledger, error) {
		if len(first) > 3 {
			return nil, errors.New("too many to begin with")
		}
		return &ledger{notes: first}, nil
	})
	enter = graph.NewMethod("clienttest.ledger.enter", func(_ context.Context, l *ledger, x int) (int, error) {
		if l.inside.Add(1) > 1 {
			return 0, errors.New("two calls at once")
		}
		defer l.inside.Add(-1)
		time.Sleep(50 * time.Microsecond)
		if x < 0 {
			panic("negative")
		}
		l.notes = append(l.notes, x)
		return len(l.notes), nil
	})
	read = graph.NewMethod("clienttest.ledger.read", func(_ context.Context, l *ledger, _ bool) ([]int, error) {
		return slices.Clone(l.notes), nil
	})
	swell = graph.NewMethod("clienttest.ledger.swell", func(_ context.Context, _ *ledger, n int) ([]byte, error) {
		return make([]byte, n), nil
	})
	// enterSquare has a task compute what it notes.
	enterSquare = graph.NewMethod("clienttest.ledger.enterSquare", func(ctx context.Context, l *ledger, x int) (int, error) {
		c, err := client.FromContext(ctx)
		if err != nil {
			return 0, err
		}
		f, err := client.Submit(ctx, c, square, x)
		if err != nil {
			return 0, err
		}
		y, err := f.Result(ctx)
		l.notes = append(l.notes, y)
		return y, err
	})
	linger = graph.NewMethod("clienttest.ledger.linger", func(ctx context.Context, _ *ledger, _ int) (int, error) {
		started <- struct{}{}
		<-ctx.Done()
		stopped <- context.Cause(ctx)
		return 0, ctx.Err()
	})
	otherMethod = graph.NewMethod("clienttest.other", func(context.Context, *meeting, int) (int, error) { return 1, nil })

	// clerk enters into the ledger that it is passed.
	clerk = graph.NewFunc("clienttest.clerk", func(ctx context.Context, in clerkIn) (int, error) {
		c, err := client.FromContext(ctx)
		if err != nil {
			return 0, err
		}
		a, err := client.OpenActor(ctx, c, in.Ledger)
		if err != nil {
			return 0, err
		}
		defer a.Release()
		return client.Call(ctx, a, enter, in.X)
	})
)

type clerkIn struct {
	Ledger client.ActorRef[ledger]
	X      int
}

// TestActorCalls: calls of one client are made in its order, one at a time, and
// those of tasks too.
func TestActorCalls(t *testing.T) {
	c, ctx := connect(t)
	a := must(client.NewActor(ctx, c, ledgers, []int{7}))(t)
	defer a.Release()
	replies := make([]*client.Reply[int], 50)
	for i := range replies {
		replies[i] = must(client.Begin(a, enter, i))(t)
	}
	want := []int{7}
	for i, r := range replies {
		if n, err := r.Result(ctx); n != i+2 || err != nil {
			t.Fatalf("call %d returns %d, %v", i, n, err)
		}
		want = append(want, i)
	}
	if got, err := client.Call(ctx, a, read, true); !slices.Equal(got, want) || err != nil {
		t.Errorf("noted %v, %v", got, err)
	}
	args := make([]clerkIn, 20)
	for i := range args {
		args[i] = clerkIn{a.Ref(), 100 + i}
	}
	fs := must(client.Map(ctx, c, clerk, args))(t)
	for _, f := range fs {
		get(t, ctx, f)
	}
	got, err := client.Call(ctx, a, read, true)
	if err != nil || len(got) != 71 {
		t.Fatalf("%d notes, %v", len(got), err)
	}
	slices.Sort(got)
	if !slices.Equal(got[51:], []int{100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119}) {
		t.Errorf("tasks noted %v", got[51:])
	}
	if y, err := client.Call(ctx, a, enterSquare, 9); y != 81 || err != nil {
		t.Errorf("a method that submits returns %d, %v", y, err)
	}
}

// TestActorsAreSeveral: every NewActor makes one, unless they have one key.
func TestActorsAreSeveral(t *testing.T) {
	c, ctx := connect(t)
	a := must(client.NewActor(ctx, c, ledgers, nil))(t)
	b := must(client.NewActor(ctx, c, ledgers, nil))(t)
	n1 := must(client.NewActor(ctx, c, ledgers, nil, client.Key("the ledger")))(t)
	n2 := must(client.NewActor(ctx, c, ledgers, nil, client.Key("the ledger")))(t)
	for i, x := range []*client.Actor[ledger]{a, b, n1, n2} {
		want := 1
		if i == 3 {
			want = 2
		}
		if n, err := client.Call(ctx, x, enter, i); n != want || err != nil {
			t.Errorf("actor %d has %d notes, %v; want %d", i, n, err, want)
		}
	}
	for _, x := range []*client.Actor[ledger]{a, b, n1, n2} {
		x.Release()
	}
}

func TestActorErrors(t *testing.T) {
	c, ctx := connect(t)
	a := must(client.NewActor(ctx, c, ledgers, nil))(t)
	defer a.Release()
	_, err := client.Call(ctx, a, enter, -1)
	if !errors.Is(err, graph.ErrPanic) || !strings.Contains(err.Error(), "negative") || !strings.Contains(err.Error(), "clienttest.ledger") {
		t.Errorf("a panic in a method: %v", err)
	}
	if n, err := client.Call(ctx, a, enter, 1); n != 1 || err != nil {
		t.Errorf("after a panic: %d, %v", n, err)
	}
	if _, err := client.Call(ctx, a, swell, 2<<20); !errors.Is(err, graph.ErrMemory) || !strings.Contains(err.Error(), "future") {
		t.Errorf("a result of 2 MiB: %v", err)
	}
	big := client.ActorRef[ledger]{Key: graph.NewKey("nobody")}
	nobody := must(client.OpenActor(ctx, c, big))(t)
	if _, err := client.Call(ctx, nobody, enter, 1); !errors.Is(err, graph.ErrUnknownKey) {
		t.Errorf("an actor that was never made: %v", err)
	}
	bad := must(client.NewActor(ctx, c, ledgers, []int{1, 2, 3, 4}))(t)
	if _, err := client.Call(ctx, bad, enter, 1); err == nil || !strings.Contains(err.Error(), "too many to begin with") {
		t.Errorf("an actor whose constructor failed: %v", err)
	}
	wrong := must(client.OpenActor(ctx, c, client.ActorRef[meeting]{Key: a.Ref().Key}))(t)
	if _, err := client.Call(ctx, wrong, otherMethod, 1); err == nil || !strings.Contains(err.Error(), "meeting") || !strings.Contains(err.Error(), "ledger") {
		t.Errorf("a method of another state: %v", err)
	}
	wrong.Release()
	f := must(client.Submit(ctx, c, square, 2))(t)
	get(t, ctx, f)
	none := must(client.OpenActor(ctx, c, client.ActorRef[ledger]{Key: f.Key()}))(t)
	if _, err := client.Call(ctx, none, enter, 1); err == nil || !strings.Contains(err.Error(), "is none") {
		t.Errorf("a value called as an actor: %v", err)
	}
	if _, err := client.OpenActor(ctx, c, client.ActorRef[ledger]{}); err == nil {
		t.Error("a reference to nothing is opened")
	}
}

// TestActorReleased: the state is closed with the last Actor, and a call under
// way ends.
func TestActorReleased(t *testing.T) {
	c, ctx := connect(t)
	closed := ledgersClosed.Load()
	a := must(client.NewActor(ctx, c, ledgers, nil))(t)
	again := must(client.OpenActor(ctx, c, a.Ref()))(t)
	r := must(client.Begin(a, linger, 1))(t)
	<-started
	a.Release()
	if _, err := client.Begin(a, enter, 1); !errors.Is(err, client.ErrReleased) {
		t.Errorf("a call after Release: %v", err)
	}
	queued := must(client.Begin(again, enter, 1))(t)
	again.Release()
	for _, r := range []*client.Reply[int]{r, queued} {
		if _, err := r.Result(ctx); err == nil || !strings.Contains(err.Error(), "released") {
			t.Errorf("a call of a released actor: %v", err)
		}
	}
	if why := <-stopped; !errors.Is(why, graph.ErrCancelled) {
		t.Errorf("the method ended because of %v", why)
	}
	within(t, 20*time.Second, "closing the state", func() {
		for ledgersClosed.Load() == closed {
			time.Sleep(time.Millisecond)
		}
	})
}

// TestActorOnFullWorker: calls go through though all threads are taken.
func TestActorOnFullWorker(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(1))
	a := must(client.NewActor(ctx, c, ledgers, nil))(t)
	defer a.Release()
	if err := a.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	f := must(client.Submit(ctx, c, hang, 5))(t)
	<-started
	if n, err := client.Call(ctx, a, enter, 1); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	f.Cancel()
	<-stopped
}
