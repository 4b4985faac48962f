//go:build linux

package segment

import (
	"testing"
	"unsafe"
)

// TestSlabs: what is less than an extent is worth shares them, readers find it,
// and what is free again goes back as a whole.
func TestSlabs(t *testing.T) {
	a := arena(t, Options{Budget: 16 << 20})
	for class, size := 0, Least; size < Smallest; size += step {
		got, bytes := slabClass(size)
		if got != class && got != class+1 || bytes < int64(size) || bytes-int64(size) >= 2*step || bytes%step != 0 || slabSize/bytes < 4 {
			t.Fatalf("%d bytes are of class %d, of %d", size, got, bytes)
		}
		if _, most := slabClass(int(bytes)); most != bytes {
			t.Fatalf("a place of %d bytes is one of %d", bytes, most)
		}
		class = got
	}
	var all [][]byte
	for range 3 * slabSize / Least {
		b := a.Allocate(Least)
		for _, x := range b {
			if x != 0 {
				t.Fatal("what was asked for clean is not")
			}
		}
		b[0], b[Least-1] = 1, 1
		if _, ok := a.Locate(b); !ok || uintptr(unsafe.Pointer(&b[0]))%step != 0 || cap(b) != Least {
			t.Fatalf("%p, %d bytes of %d, in the file: %t", b, len(b), cap(b), ok)
		}
		all = append(all, b)
	}
	if u := a.Usage(); u.Live != 3*slabSize {
		t.Errorf("%d bytes are live, want %d", u.Live, 3*slabSize)
	}
	for i, b := range all { // of each slab but one in the middle
		if i != 70 {
			a.Free(b)
		}
	}
	if u := a.Usage(); u.Live != slabSize || u.Kept != 2*slabSize {
		t.Errorf("%d bytes are live, %d kept", u.Live, u.Kept)
	}
	other := a.Allocate(3 * Least)
	if u := a.Usage(); u.Live != 2*slabSize || u.Kept != slabSize {
		t.Errorf("with another size %d bytes are live, %d kept", u.Live, u.Kept)
	}
	a.Free(other)
	a.Free(all[70])
	if len(a.slabs.of) != 0 || a.Usage().Live != 0 {
		t.Errorf("%d pages are of slabs in the end", len(a.slabs.of))
	}
	if b := a.Allocate(Least - 1); len(b) != Least-1 {
		t.Error("small requests are not served")
	} else if _, ok := a.Locate(b); ok {
		t.Error("small requests come from the file")
	}
}
