package client_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

func TestScatterOptions(t *testing.T) {
	a, b, ctx := clients(t, cluster.Workers(3))
	spread := must(client.ScatterWith(ctx, a, []int{1, 2, 3, 4}, client.OnWorkers("worker-2", "worker-0")))(t)
	if err := client.WaitAll(ctx, spread...); err != nil {
		t.Fatal(err)
	}
	where := map[string]int{}
	for _, f := range spread {
		where[a.WhoHas(f)[0]]++
	}
	if where["worker-0"] != 2 || where["worker-2"] != 2 {
		t.Errorf("four values on two workers lie on %v", where)
	}
	one := must(client.ScatterWith(ctx, a, []string{"x", "y", "x"}, client.ByContent()))(t)
	same := must(client.ScatterWith(ctx, b, []string{"x"}, client.ByContent()))(t)
	other := must(client.ScatterWith(ctx, a, [][]byte{[]byte("x")}, client.ByContent()))(t)
	if one[0].Key() != one[2].Key() || one[0].Key() != same[0].Key() || one[0].Key() == one[1].Key() || one[0].Key() == other[0].Key() {
		t.Errorf("named by content: %v, %v, %v", one, same, other)
	}
	one[0].Release()
	if got := get(t, ctx, same[0]) + get(t, ctx, one[2]) + string(get(t, ctx, other[0])); got != "xxx" {
		t.Errorf("%q", got)
	}
	all := must(client.ScatterWith(ctx, a, []int{7, 8}, client.Broadcast()))(t)
	held := must(a.Holders(ctx, all[0].Key(), all[1].Key()))(t)
	for _, names := range held {
		slices.Sort(names)
		if !slices.Equal(names, []string{"worker-0", "worker-1", "worker-2"}) {
			t.Errorf("broadcast to %v", names)
		}
	}
}

func TestScatterErrors(t *testing.T) {
	c, ctx := connect(t)
	_, err := client.ScatterWith(ctx, c, []int{1}, client.OnWorkers("worker-8"))
	wantError(t, err, client.ErrNotFound, "worker-8", "worker-0")
	block, err := kernels.Zeros(kernels.AllocatorFrom(ctx), kernels.Float64, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer block.Release()
	_, err = client.ScatterWith(ctx, c, []*kernels.Block{block}, client.ByContent())
	wantError(t, err, nil, "ByContent", "Block")
	_, err = client.Map(ctx, c, square, []int{1}, client.Batch(0))
	wantError(t, err, nil, "batches of 0")
}

func TestMapInBatches(t *testing.T) {
	c, ctx := connect(t)
	args := make([]int, 1000)
	for i := range args {
		args[i] = i
	}
	fs := must(client.Map(ctx, c, square, args, client.Batch(64)))(t)
	vs := must(client.Gather(ctx, fs...))(t)
	for i, v := range vs {
		if v != i*i {
			t.Fatalf("result %d is %d", i, v)
		}
	}
	named := must(client.Map(ctx, c, square, args[:5], client.Batch(2), client.Key("some squares")))(t)
	if k := named[4].Key(); k != graph.NewKey("some squares").With("(4)") {
		t.Errorf("the last is called %v", k)
	}
	get(t, ctx, named[4])
}

// An argument that does not travel is found before anything runs, also behind
// more than are submitted at once.
func TestMapLooksAtAllArguments(t *testing.T) {
	c, ctx := connect(t)
	args := make([]picky, 10_000)
	for i := range args {
		args[i].N = i
	}
	args[9999].N = -1
	_, err := client.Map(ctx, c, whatever, args)
	wantError(t, err, errPicky, "argument 9999", "clienttest.whatever")
	if n := looked.Load(); n > 0 {
		t.Errorf("%d calls ran", n)
	}
	f := must(client.Submit(ctx, c, whatever, args[0]))(t)
	get(t, ctx, f)
	if n := looked.Load(); n != 1 {
		t.Errorf("%d calls ran, want the last alone", n)
	}
}

// A picky value travels unless it is negative.
type picky struct{ N int }

var errPicky = errors.New("it is negative")

func (p picky) GobEncode() ([]byte, error) {
	if p.N < 0 {
		return nil, errPicky
	}
	return []byte{1}, nil
}

func (p *picky) GobDecode([]byte) error { return nil }

var (
	looked   atomic.Int64
	whatever = graph.NewFunc("clienttest.whatever", func(context.Context, picky) (int, error) { return int(looked.Add(1)), nil })
)

// TestCompletion: futures are added while others end, and come in batches.
func TestCompletion(t *testing.T) {
	c, ctx := connect(t)
	var q client.Completion[*client.Future[int]]
	q.Add(must(client.Map(ctx, c, step, []int{0, 100}))(t)...)
	n, last := 0, map[int]bool{}
	for f, err := range q.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		v := get(t, ctx, f)
		n++
		if v%100 < 5 {
			q.Add(must(client.Submit(ctx, c, step, v))(t))
		} else {
			last[v] = true
		}
	}
	if n != 10 || !last[5] || !last[105] || q.Len() != 0 {
		t.Errorf("%d steps, to %v; %d left", n, last, q.Len())
	}
	fs := must(client.Map(ctx, c, square, []int{1, 2, 3, 4, 5, 6}))(t)
	if err := client.WaitAll(ctx, fs...); err != nil {
		t.Fatal(err)
	}
	q.Add(fs...)
	h := must(client.Submit(ctx, c, hang, 3))(t)
	<-started
	q.Add(h)
	sizes := []int{}
	for batch, err := range q.Batches(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if sizes = append(sizes, len(batch)); len(sizes) == 1 {
			h.Release()
			<-stopped
		}
	}
	if !slices.Equal(sizes, []int{6, 1}) {
		t.Errorf("batches of %v", sizes)
	}
	g := must(client.Submit(ctx, c, hang, 4))(t)
	<-started
	q.Add(g)
	brief, cancel := context.WithCancel(ctx)
	cancel()
	for f, err := range q.All(brief) {
		wantError(t, err, graph.ErrCancelled)
		if f != nil {
			t.Errorf("yields %v", f)
		}
	}
	if q.Len() != 1 {
		t.Errorf("%d left", q.Len())
	}
	g.Cancel()
	<-stopped
}

// What follows from a result is added while others are awaited.
func ExampleCompletion() {
	ctx := context.Background()
	cl, err := cluster.Local(ctx)
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
	f, err := client.Submit(ctx, c, cube, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	var work client.Completion[*client.Future[int]]
	work.Add(f)
	for f, err := range work.All(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		x, err := f.Result(ctx)
		fmt.Println(x, err)
		if x < 1000 {
			next, err := client.Submit(ctx, c, cube, x)
			if err != nil {
				fmt.Println(err)
				return
			}
			work.Add(next)
		}
	}
	// Output:
	// 8 <nil>
	// 512 <nil>
	// 134217728 <nil>
}
