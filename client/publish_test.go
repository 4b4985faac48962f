package client_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// clients returns two clients of one cluster, of which the first may be closed.
func clients(t *testing.T, opts ...cluster.Option) (a, b *client.Client, ctx context.Context) {
	t.Helper()
	a, ctx = connect(t, opts...)
	b, err := client.Connect(ctx, a.Address(), client.Name("the other"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return a, b, ctx
}

// TestPublishOutlivesItsClient: futures and persisted values stay when the
// client that published them is gone, can be computed again, and go when they
// are unpublished.
func TestPublishOutlivesItsClient(t *testing.T) {
	a, b, ctx := clients(t)
	fs := must(client.Map(ctx, a, square, []int{2, 3}))(t)
	if err := client.Publish(ctx, a, "squares", fs...); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if names := must(b.Datasets(ctx))(t); !slices.Equal(names, []string{"squares"}) {
		t.Errorf("published: %v", names)
	}
	gs := must(client.Open[int](ctx, b, "squares"))(t)
	if got := must(client.Gather(ctx, gs...))(t); !slices.Equal(got, []int{4, 9}) {
		t.Errorf("published squares are %v", got)
	}
	if err := b.Unpublish(ctx, "squares"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, ctx, gs[1]); got != 9 {
		t.Errorf("unpublished, and wanted still: %d", got)
	}
	for _, g := range gs {
		g.Release()
	}
	empty(t, ctx, b)
}

// empty fails the test unless the scheduler comes to know no task.
func empty(t *testing.T, ctx context.Context, c *client.Client) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		in := must(c.Info(ctx))(t)
		left, held := int64(0), int64(0)
		for _, n := range in.Tasks {
			left += n
		}
		for _, w := range in.Workers {
			held += w.Holding
		}
		if left == 0 && held == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("left: %v, %d bytes", in.Tasks, held)
		}
	}
}

// TestPublishKeys: what a persisted graph was computed from is published with
// it, so that a worker's loss is made good without the client.
func TestPublishKeys(t *testing.T) {
	a, b, ctx := clients(t)
	b2 := &graph.Builder{}
	attr := graph.ArgValue()
	in := b2.Literal(graph.NewKey("seven"), must(graph.Encode(7))(t))
	b2.Output(b2.Add(graph.Class{Op: square.Name()}, attr, in.Whole()), graph.NewKey("forty-nine"))
	held := must(a.Persist(ctx, b2.Graph()))(t)
	if err := a.PublishKeys(ctx, "numbers", []byte("just one"), held[0].Key()); err != nil {
		t.Fatal(err)
	}
	if err := held[0].Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	d := must(b.OpenKeys(ctx, "numbers"))(t)
	if string(d.Note) != "just one" || len(d.Held) != 1 || d.Held[0].Key() != graph.NewKey("forty-nine") {
		t.Errorf("opened %+v", d)
	}
	g := &graph.Builder{}
	g.Output(g.Add(graph.Class{Op: square.Name()}, attr, g.Input(d.Held[0].Key()).Whole()), graph.NewKey("its square"))
	vs := must(b.Run(ctx, g.Graph()))(t)
	var got int
	if err := graph.Decode(vs[0], &got); err != nil || got != 49*49 {
		t.Errorf("computed from what is published: %d, %v", got, err)
	}
	if in := must(b.Info(ctx))(t); in.Tasks["memory"] != 2 { // the result and what it was computed from
		t.Errorf("%v", in.Tasks)
	}
	d.Release()
	if err := b.Unpublish(ctx, "numbers"); err != nil {
		t.Fatal(err)
	}
	empty(t, ctx, b)
}

func TestPublishErrors(t *testing.T) {
	a, b, ctx := clients(t)
	f := must(client.Submit(ctx, a, square, 5))(t)
	if err := client.Publish(ctx, a, "twice", f); err != nil {
		t.Fatal(err)
	}
	wantError(t, client.Publish(ctx, a, "twice", f), client.ErrExists, "twice", "unpublish it first")
	wantError(t, client.Publish(ctx, a, "", f), client.ErrBadAsk, "has a name")
	wantError(t, client.Publish(ctx, b, "not its own", f), nil, "another client")
	wantError(t, a.PublishKeys(ctx, "air", nil, graph.NewKey("air")), client.ErrNotFound, "air", "released, or never submitted")
	wantError(t, a.PublishKeys(ctx, "novel", make([]byte, 65<<10), f.Key()), client.ErrTooLarge, "novel", "65536")
	_, err := client.Open[int](ctx, b, "nobody's")
	wantError(t, err, client.ErrNotFound, "nobody's", "not published")
	wantError(t, b.Unpublish(ctx, "nobody's"), client.ErrNotFound, "nobody's")
	gs := must(client.Open[string](ctx, b, "twice"))(t)
	_, err = gs[0].Result(ctx)
	wantError(t, err, nil, "integer", "string")
	f.Release()
	wantError(t, client.Publish(ctx, a, "late", f), client.ErrReleased)
	if err := a.Unpublish(ctx, "twice"); err != nil {
		t.Error(err)
	}
}

// TestReplace: what is published under a name that is taken takes its place in one
// step; who opens the name meanwhile always finds something whole. What is refused
// changes nothing.
func TestReplace(t *testing.T) {
	a, b, ctx := clients(t)
	var fs []*client.Future[int]
	for i := range 20 {
		fs = append(fs, must(client.Submit(ctx, a, square, i))(t))
	}
	if err := a.ReplaceKeys(ctx, "latest", nil, fs[0].Key(), fs[1].Key()); err != nil {
		t.Fatal(err) // nothing had the name
	}
	over, opened := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-over:
				opened <- nil
				return
			default:
			}
			gs, err := client.Open[int](ctx, b, "latest")
			if err != nil || len(gs) != 2 {
				opened <- fmt.Errorf("opened %d futures, %v, after %d times", len(gs), err, n)
				return
			}
			for _, g := range gs {
				g.Release()
			}
		}
	}()
	for i := 2; i < len(fs); i++ {
		if err := a.ReplaceKeys(ctx, "latest", []byte{byte(i)}, fs[i-1].Key(), fs[i].Key()); err != nil {
			t.Fatal(err)
		}
	}
	close(over)
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	wantError(t, a.ReplaceKeys(ctx, "latest", nil, graph.NewKey("air")), client.ErrNotFound, "air")
	wantError(t, a.ReplaceKeys(ctx, "latest", make([]byte, 65<<10), fs[0].Key()), client.ErrTooLarge)
	for _, f := range fs {
		f.Release()
	}
	d := must(b.OpenKeys(ctx, "latest"))(t)
	if len(d.Note) != 1 || d.Note[0] != 19 {
		t.Errorf("the note is %v", d.Note)
	}
	d.Release()
	gs := must(client.Open[int](ctx, b, "latest"))(t)
	if got := must(client.Gather(ctx, gs...))(t); !slices.Equal(got, []int{18 * 18, 19 * 19}) {
		t.Errorf("published are %v", got)
	}
	for _, g := range gs {
		g.Release()
	}
	if err := b.Unpublish(ctx, "latest"); err != nil {
		t.Fatal(err)
	}
	empty(t, ctx, b)
}

// A dataset is futures under a name: it outlives the client that published it.
func ExamplePublish() {
	ctx := context.Background()
	cl, err := cluster.Local(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cl.Close()
	one, err := cl.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := client.Submit(ctx, one, cube, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Publish(ctx, one, "cube of three", f))
	one.Close()

	other, err := cl.Client(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer other.Close()
	fs, err := client.Open[int](ctx, other, "cube of three")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fs[0].Result(ctx))
	fmt.Println(other.Unpublish(ctx, "cube of three"))
	// Output:
	// <nil>
	// 27 <nil>
	// <nil>
}
