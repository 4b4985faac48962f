package kerneltest

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels"
)

// poison fills memory that nobody may read: as a float it is NaN.
const poison = 0xFF

// guard is how many bytes behind an allocation are watched.
const guard = kernels.Alignment

// Allocator is a checked allocator: see [Alloc].
type Allocator struct {
	t     testing.TB
	mu    sync.Mutex
	live  map[*byte]allocation
	bytes int
}

type allocation struct {
	size  int
	guard []byte
	where string
}

var _ kernels.DirtyAllocator = (*Allocator)(nil)

// Alloc returns an allocator that fails t when it ends if anything has not
// been freed, and at once if memory is freed twice or written beyond its end.
// Memory that need not be zero comes full of NaN, and becomes so when freed.
func Alloc(t testing.TB) *Allocator {
	a := &Allocator{t: t, live: map[*byte]allocation{}}
	t.Cleanup(a.check)
	return a
}

func (a *Allocator) check() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.live {
		a.t.Errorf("kerneltest: %d bytes leaked, allocated by%s", x.size, x.where)
	}
}

// Bytes returns how many bytes are allocated.
func (a *Allocator) Bytes() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bytes
}

// Allocate returns zero bytes.
func (a *Allocator) Allocate(size int) []byte { return a.take(size, 0) }

// AllocateDirty returns poisoned bytes.
func (a *Allocator) AllocateDirty(size int) []byte { return a.take(size, poison) }

func (a *Allocator) take(size int, fill byte) []byte {
	if size == 0 {
		return []byte{}
	}
	raw := make([]byte, size+guard+kernels.Alignment)
	shift := -int(uintptr(unsafe.Pointer(&raw[0]))) & (kernels.Alignment - 1)
	b := raw[shift : shift+size : shift+size]
	x := allocation{size, raw[shift+size : shift+size+guard], callers()}
	set(b, fill)
	set(x.guard, poison)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live[&b[0]] = x
	a.bytes += size
	return b
}

// Reallocate moves b to a new place of the given size.
func (a *Allocator) Reallocate(size int, b []byte) []byte {
	c := a.Allocate(size)
	copy(c, b)
	a.Free(b)
	return c
}

// Free takes b back.
func (a *Allocator) Free(b []byte) {
	if len(b) == 0 {
		return
	}
	a.mu.Lock()
	x, ok := a.live[&b[0]]
	delete(a.live, &b[0])
	a.bytes -= x.size
	a.mu.Unlock()
	switch {
	case !ok:
		a.t.Errorf("kerneltest: %d bytes freed that are not allocated, by%s", len(b), callers())
		return
	case len(bytes.Trim(x.guard, string([]byte{poison}))) > 0:
		a.t.Errorf("kerneltest: written beyond the end of %d bytes allocated by%s", x.size, x.where)
	}
	set(b, poison)
}

func set(b []byte, x byte) {
	for i := range b {
		b[i] = x
	}
}

// callers shows who called the allocator, a line a frame.
func callers() string {
	pc := make([]uintptr, 12)
	frames := runtime.CallersFrames(pc[:runtime.Callers(4, pc)])
	var b bytes.Buffer
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "\n\t%s %s:%d", f.Function, f.File, f.Line)
		if !more {
			return b.String()
		}
	}
}
