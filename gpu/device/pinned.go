package device

import (
	"fmt"
	"slices"
	"sync"
	"unsafe"
)

// Pinned keeps count of host memory that a device copies from and to by itself. It
// is for implementations of Device; the zero Pinned is ready.
type Pinned struct {
	mu     sync.Mutex
	ranges []pinnedRange // in ascending order
}

type pinnedRange struct{ at, bytes uintptr }

func rangeOf(b []byte) pinnedRange {
	return pinnedRange{uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b))}
}

func (p *Pinned) index(at uintptr) (int, bool) {
	return slices.BinarySearchFunc(p.ranges, at, func(r pinnedRange, at uintptr) int {
		switch {
		case at < r.at:
			return 1
		case at >= r.at+r.bytes:
			return -1
		}
		return 0
	})
}

// Add records b, which is not empty.
func (p *Pinned) Add(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := rangeOf(b)
	i, _ := p.index(r.at)
	p.ranges = slices.Insert(p.ranges, i, r)
}

// Remove forgets b. It panics if b was not added as it is: it is freed twice, or
// another device's.
func (p *Pinned) Remove(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := rangeOf(b)
	i, ok := p.index(r.at)
	if !ok || p.ranges[i] != r {
		panic(fmt.Sprintf("gpu: free of %d bytes of host memory that are not pinned", len(b)))
	}
	p.ranges = slices.Delete(p.ranges, i, i+1)
}

// Has reports whether all of b is pinned.
func (p *Pinned) Has(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r := rangeOf(b)
	i, ok := p.index(r.at)
	return ok && r.at+r.bytes <= p.ranges[i].at+p.ranges[i].bytes
}

// Leak returns an error that wraps ErrLeak if anything is pinned.
func (p *Pinned) Leak() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var bytes uintptr
	for _, r := range p.ranges {
		bytes += r.bytes
	}
	if bytes == 0 {
		return nil
	}
	return fmt.Errorf("gpu: %w: %d bytes of pinned host memory", ErrLeak, bytes)
}
