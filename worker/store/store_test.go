package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func zeros(t testing.TB, mem kernels.Allocator, n int) *kernels.Block {
	t.Helper()
	b, err := kernels.Zeros(mem, kernels.Uint8, n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func managed(t testing.TB, s *Store, want int64) {
	t.Helper()
	if got := s.Managed(); got != want {
		t.Errorf("%d bytes are managed, want %d", got, want)
	}
}

func TestValuesAndLeases(t *testing.T) {
	s := New(Options{Memory: kerneltest.Alloc(t)})
	mem := s.Allocator(Strict)
	whole := Item{1, -1}
	s.Put(whole, graph.List{zeros(t, mem, 100), graph.Raw("twelve bytes")})
	managed(t, s, 112)
	part, err := s.Get(Item{1, 0})
	if err != nil || part.Bytes() != 100 {
		t.Fatalf("part 0: %v, %v", part, err)
	}
	for _, it := range []Item{{1, 2}, {2, -1}, {2, 0}} {
		if v, err := s.Get(it); !errors.Is(err, ErrAbsent) {
			t.Errorf("%v is there: %v, %v", it, v, err)
		}
	}
	s.Drop(whole)
	s.Drop(whole)
	managed(t, s, 100) // the reader has a part
	if err := s.Close(); !errors.Is(err, ErrLeak) || !strings.Contains(err.Error(), "100 bytes") {
		t.Errorf("closed with a lease: %v", err)
	}
	part.Release()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if u := s.Usage(); u.Peak != 112 || u.Values != 0 {
		t.Errorf("usage %+v", u)
	}
}

func TestTheFirstValueStays(t *testing.T) {
	s := New(Options{Memory: kerneltest.Alloc(t)})
	mem := s.Allocator(Strict)
	first, second := zeros(t, mem, 10), zeros(t, mem, 20)
	if !s.Put(Item{1, -1}, first) || s.Put(Item{1, -1}, second) {
		t.Error("the second value was taken, or the first was not")
	}
	managed(t, s, 10)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestAccounting: whatever allocators are asked for, the bytes that are counted
// are the bytes that are live.
func TestAccounting(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := New(Options{Memory: kerneltest.Alloc(t), Limit: 1000})
		mems := []kernels.Allocator{s.Allocator(Strict), s.Allocator(Promised), s.NewScope()}
		var live [][]byte
		var sum int64
		for range rapid.IntRange(1, 30).Draw(rt, "requests") {
			mem := rapid.SampledFrom(mems).Draw(rt, "allocator")
			n := rapid.IntRange(1, 400).Draw(rt, "bytes")
			i := rapid.IntRange(0, len(live)).Draw(rt, "which")
			switch kind := rapid.IntRange(0, 2).Draw(rt, "kind"); {
			case kind == 0 || i == len(live):
				if b := mem.Allocate(n); b != nil {
					live, sum = append(live, b), sum+int64(n)
				} else if sum+int64(n) <= 1000 {
					rt.Fatalf("%d bytes refused when %d of 1000 are in use", n, sum)
				}
			case kind == 1:
				sum -= int64(len(live[i]))
				if live[i] = mem.Reallocate(n, live[i]); live[i] == nil { // it is freed
					live = append(live[:i], live[i+1:]...)
				} else {
					sum += int64(n)
				}
			default:
				sum -= int64(len(live[i]))
				mem.Free(live[i])
				live = append(live[:i], live[i+1:]...)
			}
			if got := s.Managed(); got != sum {
				rt.Fatalf("%d bytes are counted, %d are live", got, sum)
			}
		}
		for _, b := range live {
			mems[0].Free(b)
		}
		if err := s.Close(); err != nil {
			rt.Error(err)
		}
	})
}

func TestPolicies(t *testing.T) {
	s := New(Options{Limit: 100})
	strict, promised := s.Allocator(Strict), s.Allocator(Promised)
	a := strict.Allocate(80)
	if strict.Allocate(21) != nil {
		t.Error("a strict request went over the limit")
	}
	if promised.Allocate(101) != nil {
		t.Error("a promised request was larger than the limit")
	}
	b := promised.Allocate(100)
	if b == nil {
		t.Fatal("a promised request was refused")
	}
	managed(t, s, 180)
	strict.Free(a)
	promised.Free(b)
	managed(t, s, 0)
}

func TestPressureHasHysteresis(t *testing.T) {
	s := New(Options{Limit: 1000})
	mem := s.Allocator(Strict)
	a, b := mem.Allocate(800), mem.Allocate(60)
	if !s.Pressed(false) {
		t.Error("860 of 1000 bytes are no pressure")
	}
	mem.Free(b)
	if s.Pressed(false) || !s.Pressed(true) {
		t.Error("800 of 1000 bytes change what was before")
	}
	mem.Free(a)
	if s.Pressed(true) {
		t.Error("an empty store is under pressure")
	}
}

func TestOneTaskThatDoesNotFitIsRefused(t *testing.T) {
	s := New(Options{Limit: 1000})
	c := s.NewScope()
	c.Begin(context.Background())
	a := c.Allocate(600)
	if _, err := kernels.Zeros(c, kernels.Uint8, 500); !errors.Is(err, kernels.ErrMemory) {
		t.Errorf("error %v", err)
	}
	err := c.End()
	if !errors.Is(err, graph.ErrMemory) {
		t.Fatalf("error %v", err)
	}
	for _, part := range []string{"500 bytes", "600 of 1000", "-memory"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	c.Free(a)
	c.Begin(context.Background())
	if err := c.End(); err != nil {
		t.Errorf("the next execution: %v", err)
	}
}

// TestExecutionsWaitForEachOther: who does not fit waits until another has
// freed enough.
func TestExecutionsWaitForEachOther(t *testing.T) {
	s := New(Options{Limit: 1000})
	one, two := s.NewScope(), s.NewScope()
	one.Begin(context.Background())
	two.Begin(context.Background())
	a := one.Allocate(700)
	got := make(chan []byte)
	go func() { got <- two.Allocate(500) }()
	waitFor(t, func() bool { return s.room.some.Load() })
	one.Free(a)
	b := <-got
	if b == nil {
		t.Fatal("refused, though there was room in the end")
	}
	two.Free(b)
	for _, c := range []*Scope{one, two} {
		if err := c.End(); err != nil {
			t.Error(err)
		}
	}
}

// TestNobodyWaitsForever: when all wait, one is refused; when it has ended and
// left what it had, so is the other.
func TestNobodyWaitsForever(t *testing.T) {
	s := New(Options{Limit: 1000})
	var all sync.WaitGroup
	var mu sync.Mutex
	refused := 0
	for range 4 {
		all.Go(func() {
			c := s.NewScope()
			c.Begin(context.Background())
			a := c.AllocateDirty(400)
			b := c.AllocateDirty(400)
			if err := c.End(); err != nil {
				mu.Lock()
				refused++
				mu.Unlock()
			}
			c.Free(a)
			c.Free(b)
		})
	}
	all.Wait()
	if refused == 4 {
		t.Error("all were refused")
	}
	managed(t, s, 0)
}

func TestWhoWaitsCanBeStopped(t *testing.T) {
	s := New(Options{Limit: 1000})
	one, two := s.NewScope(), s.NewScope()
	ctx, cancel := context.WithCancel(context.Background())
	one.Begin(context.Background())
	two.Begin(ctx)
	a := one.Allocate(700)
	time.AfterFunc(10*time.Millisecond, cancel)
	if two.Allocate(500) != nil {
		t.Error("granted beyond the limit")
	}
	one.Free(a)
	one.End()
	two.End()
	managed(t, s, 0)
}

func waitFor(t *testing.T, ready func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ready(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}
