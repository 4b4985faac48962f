//go:build linux

package segment

import (
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

func arena(t testing.TB, o Options) *Arena {
	t.Helper()
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		if u := a.Usage(); u.Live != 0 {
			t.Errorf("%d bytes are still live", u.Live)
		}
	})
	return a
}

// TestAllocator writes to everything that is given and checks that nobody
// else's memory changes, that clean memory is clean, and what is counted.
func TestAllocator(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, err := New(Options{Budget: 4 << 20, Space: 12 << 20})
		if err != nil {
			rt.Fatal(err)
		}
		w := &writer{rt: rt, a: a}
		sizes := rapid.OneOf(rapid.IntRange(1, 3*page), rapid.SampledFrom([]int{page - 1, page, page + 1, 1 << 20, 3 << 20, 3 << 20}))
		for i := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			w.step(byte(i+1), sizes.Draw(rt, "size"))
			if u := a.Usage(); u.Live+u.Kept > max(u.Live, 4<<20) {
				rt.Fatalf("%d bytes are live and %d kept", u.Live, u.Kept)
			}
		}
		for len(w.given) > 0 {
			w.free(0)
		}
		if u := a.Usage(); u.Live != 0 {
			rt.Fatalf("%d bytes are live at the end", u.Live)
		}
		a.Trim()
		if len(a.free) != 1 || a.free[0].Size != 12<<20 {
			rt.Fatalf("free extents did not grow together: %v", a.free)
		}
		if err := a.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

type given struct {
	b    []byte
	mark byte
}

type writer struct {
	rt    *rapid.T
	a     *Arena
	given []given
}

func (w *writer) step(mark byte, size int) {
	var b []byte
	switch kind := rapid.IntRange(0, 3).Draw(w.rt, "kind"); {
	case kind == 0 && len(w.given) > 0:
		w.free(rapid.IntRange(0, len(w.given)-1).Draw(w.rt, "freed"))
		return
	case kind == 1 && len(w.given) > 0:
		old := w.given[0]
		w.given = w.given[1:]
		b = w.a.Reallocate(size, old.b)
		w.check(given{b[:min(size, len(old.b))], old.mark})
		w.check(given{b[min(size, len(old.b)):], 0})
	case kind == 2:
		b = w.a.AllocateDirty(size)
	default:
		b = w.a.Allocate(size)
		w.check(given{b, 0})
	}
	if len(b) != size || uintptr(unsafe.Pointer(&b[0]))%kernels.Alignment != 0 {
		w.rt.Fatalf("%d bytes at %p for %d", len(b), b, size)
	}
	for i := range b {
		b[i] = mark
	}
	w.given = append(w.given, given{b, mark})
}

func (w *writer) free(i int) {
	w.check(w.given[i])
	w.a.Free(w.given[i].b)
	w.given = append(w.given[:i], w.given[i+1:]...)
}

func (w *writer) check(g given) {
	for i, x := range g.b {
		if x != g.mark {
			w.rt.Fatalf("byte %d of %d is %d, want %d", i, len(g.b), x, g.mark)
		}
	}
}

// TestReader maps the file as another process would.
func TestReader(t *testing.T) {
	a := arena(t, Options{Budget: 1 << 30})
	b := a.Allocate(1 << 20)
	b[5] = 42
	f, size := a.File()
	theirs, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(theirs)
	at, ok := a.Locate(b[5:6])
	if !ok || theirs[at] != 42 {
		t.Errorf("the byte is not at %d (%t)", at, ok)
	}
	if _, ok := a.Locate(make([]byte, 10)); ok {
		t.Error("other memory is located in the file")
	}
	if m, err := unix.Mmap(int(f.Fd()), 0, page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err == nil {
		unix.Munmap(m)
		t.Error("a reader can map the file writable")
	}
	if err := f.Truncate(0); err == nil {
		t.Error("the file can be cut")
	}
	a.Free(b)
}

// TestPagesAreGivenBack looks at what the kernel counts.
func TestPagesAreGivenBack(t *testing.T) {
	a := arena(t, Options{Budget: 64 << 20})
	blocks := func() int64 {
		var st unix.Stat_t
		f, _ := a.File()
		if err := unix.Fstat(int(f.Fd()), &st); err != nil {
			t.Fatal(err)
		}
		return st.Blocks * 512
	}
	fill := func(n int) []byte {
		b := a.AllocateDirty(n)
		for i := 0; i < len(b); i += os.Getpagesize() {
			b[i] = 1
		}
		return b
	}
	first := fill(32 << 20)
	at := &first[0]
	a.Free(first)
	if got := blocks(); got != 32<<20 {
		t.Errorf("a freed extent has %d bytes of pages", got)
	}
	if first = fill(31 << 20); &first[0] != at {
		t.Error("a kept extent was not given again")
	}
	a.Free(first)
	second := fill(48 << 20) // does not fit beside it
	if got := blocks(); got != 48<<20 {
		t.Errorf("with another extent there are %d bytes of pages", got)
	}
	a.Free(second)
	a.Trim()
	if got := blocks(); got != 0 {
		t.Errorf("after Trim there are %d bytes of pages", got)
	}
}

// TestWhatIsLiveOutlivesClose: readers in this process are not cut off.
func TestWhatIsLiveOutlivesClose(t *testing.T) {
	a, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := a.Allocate(1 << 20)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	b[0] = 1
	if c := a.Allocate(1 << 20); len(c) != 1<<20 {
		t.Error("a closed arena gives no memory at all")
	}
	a.Free(b)
	if a.memory != nil {
		t.Error("the mapping stays")
	}
}
