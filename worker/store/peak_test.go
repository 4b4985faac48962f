package store

import (
	"context"
	"testing"
)

// TestPeak: a scope says how much of what it gave was in use at once; what others
// allocate does not count, nor what is freed when it has ended.
func TestPeak(t *testing.T) {
	s := New(Options{Limit: 1 << 20})
	c, other := s.NewScope(), s.NewScope()
	if c.Peak() != 0 {
		t.Errorf("of nothing it is %d", c.Peak())
	}
	c.Begin(context.Background())
	a, b := c.Allocate(1000), c.AllocateDirty(500)
	o := other.Allocate(5000)
	c.Free(a)
	b = c.Reallocate(900, b)
	d := c.Allocate(300)
	if c.Peak() != 1500 {
		t.Errorf("the peak is %d, want 1500", c.Peak())
	}
	b = c.Reallocate(1300, b)
	if c.Peak() != 1600 {
		t.Errorf("the peak is %d, want 1600", c.Peak())
	}
	if c.Allocate(2<<20) != nil || c.Peak() != 1600 {
		t.Errorf("with what was refused the peak is %d, want 1600", c.Peak())
	}
	if c.End() == nil {
		t.Error("nothing was refused")
	}
	c.Free(b)
	c.Free(d)
	other.Free(o)
	if c.Peak() != 1600 || s.Managed() != 0 {
		t.Errorf("in the end the peak is %d, and %d bytes are in use", c.Peak(), s.Managed())
	}
}
