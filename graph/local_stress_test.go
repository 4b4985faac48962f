package graph

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// counted is a value that counts references over all values of its kind.
type counted struct {
	n    int
	refs atomic.Int32
}

var (
	live, mostLive atomic.Int64 // values of kind counted
	failAt         atomic.Int64 // the value that test.count refuses to make
)

func newCounted(n int) *counted {
	c := &counted{n: n}
	c.refs.Store(1)
	now := live.Add(1)
	for m := mostLive.Load(); now > m && !mostLive.CompareAndSwap(m, now); {
		m = mostLive.Load()
	}
	return c
}

func (c *counted) Bytes() int64 { return 8 }

func (c *counted) Retain() {
	if c.refs.Add(1) < 2 {
		panic("retained after the last release")
	}
}

func (c *counted) Release() {
	switch n := c.refs.Add(-1); {
	case n == 0:
		live.Add(-1)
	case n < 0:
		panic("released once too often")
	}
}

func init() {
	// One more than the sum of what it is given, modulo a prime.
	Register("test.count", func(_ context.Context, c *Call) (Value, error) {
		n := 1
		for _, v := range c.In {
			x := v.(*counted)
			if x.refs.Load() <= 0 {
				return nil, errors.New("a dependency is dead")
			}
			n = (n + x.n) % 1_000_003
		}
		if int64(n) == failAt.Load() {
			return nil, errors.New("refused")
		}
		return newCounted(n), nil
	})
	Register("test.nap", func(_ context.Context, c *Call) (Value, error) {
		time.Sleep(time.Duration(rand.IntN(150)) * time.Microsecond)
		return Raw{}, nil
	})
	Register("test.meet", func(ctx context.Context, c *Call) (Value, error) {
		met[c.Attr[0]].Store(1)
		for met[1-c.Attr[0]].Load() == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		return Raw{}, ctx.Err()
	})
	Register("test.exit", func(context.Context, *Call) (Value, error) {
		runtime.Goexit()
		return nil, nil
	})
}

// countGraph draws a graph of test.count tasks and its naive result.
func countGraph(t *rapid.T) (g *Graph, want []int) {
	b := &Builder{}
	var sums []int
	reach := rapid.IntRange(1, 50).Draw(t, "reach")
	for i := range rapid.IntRange(1, 400).Draw(t, "tasks") {
		var deps []Dep
		sum := 1
		for range min(i, rapid.IntRange(0, 4).Draw(t, "deps")) {
			j := rapid.IntRange(max(0, i-reach), i-1).Draw(t, "dep")
			deps = append(deps, TaskRef(j).Whole()) // the same one twice, at times
			sum = (sum + sums[j]) % 1_000_003
		}
		sums = append(sums, sum)
		b.Add(Class{Op: "test.count"}, nil, deps...)
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "outputs") {
		j := rapid.IntRange(0, len(sums)-1).Draw(t, "output")
		b.Output(TaskRef(j), NewKey(fmt.Sprint("out", i)))
		want = append(want, sums[j])
	}
	return b.Graph(), want
}

// TestLocalReleasesAll: the answers are those of a plain evaluation, and no
// value outlives the run, whether it succeeds, fails or is cancelled.
func TestLocalReleasesAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, want := countGraph(t)
		failAt.Store(int64(rapid.IntRange(-30, 30).Draw(t, "fail")))
		defer failAt.Store(0)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if rapid.IntRange(0, 3).Draw(t, "cancel") == 0 {
			go cancel()
		}
		vs, err := (&Local{Threads: rapid.IntRange(1, 6).Draw(t, "threads")}).Run(ctx, g)
		if err != nil && (vs != nil || !strings.Contains(err.Error(), "refused") && !errors.Is(err, context.Canceled)) {
			t.Fatalf("%v, %v", vs, err)
		}
		for i, v := range vs {
			if got := v.(*counted).n; got != want[i] {
				t.Fatalf("output %d is %d, want %d", i, got, want[i])
			}
			v.Release()
		}
		if n := live.Load(); n != 0 {
			t.Fatalf("%d values outlived the run, which ended with %v", n, err)
		}
	})
}

// TestLocalGoesDepthFirst: on one thread a tree of 2^10 leaves in graph order
// has at most one value a level, and the one being made, at once.
func TestLocalGoesDepthFirst(t *testing.T) {
	b := &Builder{}
	var level []Ref
	for range 1 << 10 {
		level = append(level, b.Add(Class{Op: "test.count"}, nil))
	}
	for len(level) > 1 {
		for i := range len(level) / 2 {
			level[i] = b.Add(Class{Op: "test.count"}, nil, level[2*i].Whole(), level[2*i+1].Whole())
		}
		level = level[:len(level)/2]
	}
	b.Output(level[0], NewKey("root"))
	g := Order(b.Graph())
	for threads, most := range map[int]int64{1: 12, 2: 40} {
		mostLive.Store(0)
		vs, err := (&Local{Threads: threads}).Run(context.Background(), g)
		if err != nil {
			t.Fatal(err)
		}
		vs[0].Release()
		if got := mostLive.Load(); got > most {
			t.Errorf("%d threads held %d values at once, want at most %d", threads, got, most)
		}
	}
}

// TestLocalLosesNoWakeUp: workers that park all the time, since tasks sleep,
// still finish what there is.
func TestLocalLosesNoWakeUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		width := 1 + rng.IntN(8)
		b := &Builder{}
		row := make([]Ref, width)
		for step := range 20 {
			next := make([]Ref, width)
			for i := range row {
				var deps []Dep
				if step > 0 {
					deps = []Dep{row[i].Whole(), row[rng.IntN(width)].Whole()}
				}
				next[i] = b.Add(Class{Op: "test.nap"}, nil, deps...)
			}
			row = next
		}
		b.Output(row[0], NewKey("end"))
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		_, err := (&Local{Threads: 1 + rng.IntN(6)}).Run(ctx, b.Graph())
		cancel()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestLocalIdlesAsleep: while one task waits, the other threads take no CPU.
func TestLocalIdlesAsleep(t *testing.T) {
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	b := &Builder{}
	for i := range 3 { // so that all threads start
		b.Output(b.Add(Class{Op: "test.nap"}, nil), NewKey(fmt.Sprint(i)))
	}
	b.Output(b.Add(Class{Op: sleep.Name(), Spec: Spec{Timeout: 500 * time.Millisecond}}, []byte{argLiteral, tagInt, 0, 0, 0, 0, 0, 0, 0, 0}), NewKey("end"))
	before := cpu()
	_, err := (&Local{Threads: 4}).Run(context.Background(), b.Graph())
	if !errors.Is(err, ErrTimeout) {
		t.Fatal(err)
	}
	if took := cpu() - before; took > 100*time.Millisecond {
		t.Errorf("waiting half a second took %v of CPU", took)
	}
}

// TestLocalSurvivesGoexit: a task that ends its goroutine ends the run.
func TestLocalSurvivesGoexit(t *testing.T) {
	b := &Builder{}
	r := b.Add(Class{Op: "test.exit"}, nil)
	b.Output(b.Add(Class{Op: "test.count"}, nil, r.Whole()), NewKey("never"))
	if _, err := (&Local{Threads: 2}).Run(context.Background(), b.Graph()); !errors.Is(err, errExited) {
		t.Errorf("got %v, want an error about runtime.Goexit", err)
	}
}

// met says which of two tasks run; both must at once for either to end.
var met [2]atomic.Int32

// TestLocalSharesOneBurst: what one task readies is spread over all threads.
func TestLocalSharesOneBurst(t *testing.T) {
	for i := range met {
		met[i].Store(0)
	}
	b := &Builder{}
	first := b.Add(Class{Op: "test.nap"}, nil).Whole()
	var deps []Dep
	for i := range byte(2) {
		deps = append(deps, b.Add(Class{Op: "test.meet"}, []byte{i}, first).Whole())
	}
	for range 1000 {
		deps = append(deps, b.Add(Class{Op: nop}, nil, first).Whole())
	}
	b.Output(b.Add(Class{Op: Barrier}, nil, deps...), NewKey("met"))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := (&Local{Threads: 2}).Run(ctx, b.Graph()); err != nil {
		t.Fatal(err)
	}
}
