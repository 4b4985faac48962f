package segment

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker/store/extent"
)

const (
	// Smallest is the least request that is served with an extent of its own, and
	// Least the least that is served from the file.
	Smallest = 64 << 10
	Least    = 4 << 10
	// page is what extents are multiples of.
	page = 64 << 10
	// slack is how much larger a kept extent may be than the request it
	// serves, as a part of the request: 1/slack.
	slack = 8
)

// Options describe an [Arena].
type Options struct {
	// Budget is how many bytes live and kept extents may take together before
	// kept ones give their pages back. What is live may pass it: to refuse is
	// the business of whoever counts. 0: as much is kept as is live, and 256
	// MiB in any case.
	Budget int64
	// Space is the size of the file, in bytes, of which only what is used takes
	// memory; default 16 times the budget, but 1 GiB at least and 1 TiB at
	// most, and 1 TiB without a budget.
	Space int64
}

const defaultSpace = 1 << 40

// An Arena gives memory of one shared file. It may be used from many
// goroutines.
type Arena struct {
	budget atomic.Int64 // see Options; 0 is none
	beside atomic.Int64 // of the budget: bytes in use elsewhere
	small  kernels.Pool
	file   *os.File
	size   int64                // of the file
	place  atomic.Pointer[byte] // where it is mapped; nil if it is not any more

	mu     sync.Mutex
	memory []byte          // the whole file
	live   map[int64]int64 // size of the extents that are given, by offset
	kept   []extent.Extent // freed, with their pages; those freed first come first
	free   extent.List     // without pages, by offset, never touching
	slabs  slabs           // of live
	given  int64           // bytes of live
	idle   int64           // bytes of kept
	closed bool
}

var _ kernels.DirtyAllocator = (*Arena)(nil)

// New returns an arena, to be closed.
func New(o Options) (*Arena, error) {
	if o.Space <= 0 {
		o.Space = defaultSpace
		if o.Budget > 0 {
			o.Space = min(max(16*o.Budget, 1<<30), defaultSpace)
		}
	}
	o.Space = roundUp(o.Space)
	f, memory, err := create(o.Space)
	if err != nil {
		return nil, fmt.Errorf("segment: %d bytes of shared memory: %w", o.Space, err)
	}
	a := &Arena{file: f, size: o.Space, memory: memory, live: map[int64]int64{}, free: extent.List{{At: 0, Size: o.Space}}}
	a.place.Store(unsafe.SliceData(memory))
	a.budget.Store(o.Budget)
	return a, nil
}

func roundUp(n int64) int64 { return (n + page - 1) &^ (page - 1) }

// File returns the file, which can only be read, for a reader to map, and its
// size. The arena owns it.
func (a *Arena) File() (f *os.File, size int64) { return a.file, a.size }

// Locate returns where in the file b lies; ok is false if it is other memory.
func (a *Arena) Locate(b []byte) (at int64, ok bool) {
	start := a.place.Load()
	if len(b) == 0 || start == nil {
		return 0, false
	}
	at = int64(uintptr(unsafe.Pointer(unsafe.SliceData(b))) - uintptr(unsafe.Pointer(start)))
	return at, at >= 0 && at <= a.size-int64(len(b))
}

// Allocate returns size zero bytes.
func (a *Arena) Allocate(size int) []byte {
	b, clean := a.take(size)
	if b == nil {
		return a.small.Allocate(size)
	}
	if !clean {
		clear(b)
	}
	return b
}

// AllocateDirty returns size bytes of arbitrary contents.
func (a *Arena) AllocateDirty(size int) []byte {
	if b, _ := a.take(size); b != nil {
		return b
	}
	return a.small.AllocateDirty(size)
}

// take returns size bytes of the file, or nil if they are to come from
// elsewhere. clean says that they are zero.
func (a *Arena) take(size int) (b []byte, clean bool) {
	switch {
	case size < Least:
		return nil, false
	case size < Smallest:
		return a.placed(size), false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, false
	}
	e, clean, ok := a.extent(roundUp(int64(size)))
	if !ok {
		return nil, false
	}
	return a.memory[e.At : e.At+int64(size) : e.At+e.Size], clean
}

// extent makes an extent live. The caller holds the lock.
func (a *Arena) extent(need int64) (e extent.Extent, clean, ok bool) {
	if e, ok = a.reuse(need); !ok {
		a.shed(need)
		if e, ok = a.carve(need); !ok {
			return e, false, false
		}
		clean = true
	}
	a.live[e.At] = e.Size
	a.given += e.Size
	return e, clean, true
}

// retire keeps an extent that was live. The caller holds the lock.
func (a *Arena) retire(e extent.Extent) {
	delete(a.live, e.At)
	a.given -= e.Size
	a.idle += e.Size
	a.kept = append(a.kept, e)
	if a.closed {
		a.unmapIfDone() // readers of other processes may still look at the pages
		return
	}
	a.shed(0)
}

// reuse takes the kept extent that fits need best.
func (a *Arena) reuse(need int64) (extent.Extent, bool) {
	best := -1
	for i, e := range a.kept {
		if e.Size >= need && e.Size <= need+need/slack && (best < 0 || e.Size <= a.kept[best].Size) {
			best = i // of equals the one freed last: it may be in a cache
		}
	}
	if best < 0 {
		return extent.Extent{}, false
	}
	e := a.kept[best]
	a.kept = slices.Delete(a.kept, best, best+1)
	a.idle -= e.Size
	return e, true
}

// leastKept is what is kept without a budget even if less is live.
const leastKept = 256 << 20

// shed makes room in the budget for need bytes more.
func (a *Arena) shed(need int64) {
	budget := a.budget.Load()
	if budget > 0 {
		budget -= a.beside.Load()
	} else {
		budget = a.given + need + max(a.given, leastKept)
	}
	n := 0
	for n < len(a.kept) && a.given+a.idle+need > budget {
		a.drain(a.kept[n])
		n++
	}
	a.kept = slices.Delete(a.kept, 0, n)
}

// SetBudget changes the budget of an arena that has one.
func (a *Arena) SetBudget(bytes int64) {
	if old := a.budget.Swap(max(1, bytes)); bytes < old {
		a.squeeze()
	}
}

// Beside notes that so many bytes of the budget more, or with a negative number
// less, are in use elsewhere: what is kept makes room for them.
func (a *Arena) Beside(bytes int64) {
	if a.beside.Add(bytes); bytes > 0 && a.budget.Load() > 0 {
		a.squeeze()
	}
}

func (a *Arena) squeeze() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.shed(0)
	}
}

// drain gives the pages of a kept extent back and makes it free.
func (a *Arena) drain(e extent.Extent) {
	a.idle -= e.Size
	punch(a.memory, e.At, e.Size)
	a.free.Add(e)
}

// carve takes need bytes from the free extent that is the closest fit. When
// there is none, kept ones are drained, which may make one.
func (a *Arena) carve(need int64) (extent.Extent, bool) {
	for {
		if e, ok := a.free.Take(need); ok {
			return e, true
		}
		if len(a.kept) == 0 {
			return extent.Extent{}, false
		}
		a.drain(a.kept[0])
		a.kept = slices.Delete(a.kept, 0, 1)
	}
}

// Reallocate returns size bytes that start as b does; the rest is zero.
func (a *Arena) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		grown := b[:size]
		clear(grown[min(size, len(b)):])
		return grown
	}
	grown := a.AllocateDirty(size)
	clear(grown[copy(grown, b):])
	a.Free(b)
	return grown
}

// Free takes back what the arena gave.
func (a *Arena) Free(b []byte) {
	at, ours := a.Locate(b[:cap(b)])
	if !ours {
		a.small.Free(b)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.vacate(at) {
		return
	}
	size, ok := a.live[at]
	if !ok {
		panic(fmt.Sprintf("segment: %d bytes at %d are freed that were not given", cap(b), at))
	}
	a.retire(extent.Extent{At: at, Size: size})
}

// Usage says how much an arena holds of the file, in bytes.
type Usage struct {
	Live int64 // given, and not yet freed
	Kept int64 // freed, with pages
}

// Usage returns how much a holds.
func (a *Arena) Usage() Usage {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Usage{Live: a.given, Kept: a.idle}
}

// Trim makes all kept extents give their pages back, unless the arena is closed.
func (a *Arena) Trim() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return // see Close
	}
	for _, e := range a.kept {
		a.drain(e)
	}
	a.kept = nil
}

// Close ends the arena. What is live stays good until it is freed, and the
// mapping with it; requests are served from Go's memory from now on. The file is
// not written to any more, nor are pages given back: what readers of other
// processes have is theirs, whatever becomes of the owner.
func (a *Arena) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil
	}
	a.closed = true
	err := a.file.Close()
	a.unmapIfDone()
	return err
}

// unmapIfDone gives the mapping up once the arena is closed and nothing is
// live.
func (a *Arena) unmapIfDone() {
	if a.closed && len(a.live) == 0 && a.memory != nil {
		a.place.Store(nil) // first: then the addresses may be anybody's
		unmap(a.memory)
		a.memory, a.kept, a.free, a.idle = nil, nil, nil, 0
	}
}
