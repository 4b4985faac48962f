package store

import (
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestLentValuesCountOnce: what is dropped while others read it counts with
// them, and what the collector owns no less than it is.
func TestLentValuesCountOnce(t *testing.T) {
	s := New(Options{Memory: kerneltest.Alloc(t)})
	it := Item{1, -1}
	for _, with := range []struct{ raw, block int }{{0, 1000}, {30, 0}, {30, 1000}} {
		v := graph.List{make(graph.Raw, with.raw), zeros(t, s.Allocator(Strict), with.block)}
		s.Put(it, v)
		before := s.Managed()
		lent, done, err := s.Lend(it)
		if err != nil {
			t.Fatal(err)
		}
		if n := s.Managed(); n != before {
			t.Errorf("%v: %d bytes are managed while it is lent, not %d", with, n, before)
		}
		s.Drop(it)
		if n := s.Managed(); n != 0 {
			t.Errorf("%v: %d bytes are managed when it is dropped", with, n)
		}
		lent.Release()
		done()
		if n := s.Managed(); n != 0 {
			t.Errorf("%v: %d bytes are managed in the end", with, n)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRefusedGrowthGivesBack: what cannot grow is given up, since Arrow's buffers
// forget it, and so it has to go back to where it came from.
func TestRefusedGrowthGivesBack(t *testing.T) {
	base := kerneltest.Alloc(t)
	s := New(Options{Memory: base, Limit: 1000})
	mem := s.Allocator(Strict)
	b := mem.Allocate(600)
	if c := mem.Reallocate(1200, b); c != nil {
		t.Fatalf("%d bytes of 1000", len(c))
	}
	if n := s.Managed(); n != 0 {
		t.Errorf("%d bytes are managed", n)
	}
}
