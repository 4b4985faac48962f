//go:build unix

package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// TestLentValuesCountWithTheirReaders: what others read counts here while it is
// here, and no more when it has left.
func TestLentValuesCountWithTheirReaders(t *testing.T) {
	for _, leave := range []string{"drop", "spill"} {
		t.Run(leave, func(t *testing.T) {
			s := withDisk(t, 10_000)
			it := Item{1, -1}
			s.Put(it, filled(t, s.Allocator(Strict), 1000, 7))
			one, doneOne, err := s.Lend(it)
			if err != nil {
				t.Fatal(err)
			}
			two, doneTwo, err := s.Lend(it)
			if err != nil {
				t.Fatal(err)
			}
			managed(t, s, 1000)
			if leave == "drop" {
				s.Drop(it)
			} else if _, _, err := s.Spill(it); err != nil {
				t.Fatal(err)
			}
			managed(t, s, 0)
			one.Release()
			doneOne()
			managed(t, s, 0)
			two.Release()
			doneTwo()
			managed(t, s, 0)
			if leave == "spill" {
				v, done, err := s.Lend(it) // from disk
				if err != nil {
					t.Fatal(err)
				}
				managed(t, s, 1000)
				v.Release()
				done()
				managed(t, s, 0)
			}
		})
	}
}

func TestLendingWhatIsNotHere(t *testing.T) {
	s := withDisk(t, 0)
	if _, _, err := s.Lend(Item{1, -1}); !errors.Is(err, ErrAbsent) {
		t.Errorf("error %v", err)
	}
}

func TestBorrowedMemoryCounts(t *testing.T) {
	s := New(Options{Limit: 1000})
	s.Borrow(600)
	managed(t, s, 600)
	mem := s.Allocator(Strict)
	if b := mem.Allocate(500); b != nil {
		t.Error("500 bytes were given beside 600 that are borrowed, of 1000")
	}
	s.Borrow(-600)
	b := mem.Allocate(500)
	if b == nil {
		t.Fatal("500 of 1000 bytes were refused")
	}
	mem.Free(b)
}

// TestRelief: an execution that waits for memory gets what is spilled for it,
// and is refused when nothing can be, each time that it asks.
func TestRelief(t *testing.T) {
	asked := make(chan int64, 100)
	s := withDisk(t, 1000)
	s.help = func(n int64) { asked <- n }
	it := Item{1, -1}
	s.Put(it, filled(t, s.Allocator(Strict), 800, 7))
	c := s.NewScope()
	c.Begin(t.Context())
	got := make(chan []byte)
	go func() { got <- c.Allocate(500) }()
	if n := <-asked; n != 500 {
		t.Errorf("%d bytes were asked for", n)
	}
	if _, _, err := s.Spill(it); err != nil {
		t.Fatal(err)
	}
	b := <-got
	if b == nil {
		t.Fatal("memory was refused though it came free")
	}
	for range 2 {
		start := time.Now()
		go func() { got <- c.Allocate(600) }()
		for b2, refused := []byte(nil), false; !refused; {
			select {
			case <-asked:
				s.Starve()
			case b2 = <-got:
				if refused = true; b2 != nil {
					t.Error("more memory was given than there is")
				}
			case <-time.After(30 * time.Second):
				t.Fatal("an execution waits for ever")
			}
		}
		if waited := time.Since(start); waited < patience {
			t.Errorf("refused after %v; something might have come free", waited)
		}
	}
	if err := c.End(); !errors.Is(err, graph.ErrMemory) {
		t.Errorf("error %v", err)
	}
	c.Free(b)
}

// TestReliefEndsWithTheTask: nobody waits beyond the end of a context.
func TestReliefEndsWithTheTask(t *testing.T) {
	s := New(Options{Limit: 1000, Relief: func(int64) {}})
	c := s.NewScope()
	b := c.Allocate(900)
	ctx, cancel := context.WithCancel(t.Context())
	c.Begin(ctx)
	got := make(chan []byte)
	go func() { got <- c.Allocate(500) }()
	time.AfterFunc(20*time.Millisecond, cancel)
	if <-got != nil {
		t.Error("more memory was given than there is")
	}
	_ = c.End()
	c.Free(b)
}
