package asm

import (
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guarded returns n values between two pages that fault when they are touched:
// the values end where the second one begins, or begin where the first ends.
func guarded[E any](t *testing.T, n int, atEnd bool) []E {
	t.Helper()
	var e E
	page, size := os.Getpagesize(), n*int(unsafe.Sizeof(e))
	middle := (size + page) / page * page
	memory, err := unix.Mmap(-1, 0, middle+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Munmap(memory); err != nil {
			t.Error(err)
		}
	})
	for _, guard := range [][]byte{memory[:page], memory[page+middle:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	from := page
	if atEnd {
		from = page + middle - size
	}
	return unsafe.Slice((*E)(unsafe.Pointer(&memory[from])), n)
}

// TestNothingBeyondVectors runs every function on vectors next to pages that
// fault.
func TestNothingBeyondVectors(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testGuards[float64](t, l) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testGuards[float32](t, l) })
	}
}

func testGuards[T Float](t *testing.T, l Level) {
	v, r := VectorFor[T](l), ReductionFor[T](l)
	const most = stretch + 100
	for _, atEnd := range []bool{false, true} {
		x, y, z, dst := guarded[T](t, most, atEnd), guarded[T](t, most, atEnd), guarded[T](t, most, atEnd), guarded[T](t, most, atEnd)
		bools := guarded[bool](t, most, atEnd)
		for _, n := range []int{0, 1, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, most - 1, most} {
			cut := func(x []T) []T {
				if atEnd {
					return x[most-n:]
				}
				return x[:n:n]
			}
			which := bools[:n:n]
			if atEnd {
				which = bools[most-n:]
			}
			for f := range UnaryCount {
				v.Unary[f](cut(dst), cut(x))
			}
			for f := range BinaryCount {
				v.Binary[f](cut(dst), cut(x), cut(y))
			}
			for f := range CompareCount {
				v.Compare[f](which, cut(x), cut(y))
			}
			v.Choose(cut(dst), which, cut(x), cut(y))
			v.FMA(cut(dst), cut(x), cut(y), cut(z))
		}
		guardLeaves(t, r, atEnd)
	}
}

func guardLeaves[T Float](t *testing.T, r *Reduction[T], atEnd bool) {
	t.Helper()
	for _, n := range []int{1, 2, 65} {
		x, y := guarded[T](t, n*Leaf, atEnd), guarded[T](t, n*Leaf, atEnd)
		wide, narrow := guarded[float64](t, n, atEnd), guarded[T](t, n, atEnd)
		r.Sum(x, wide)
		r.Dot(x, y, wide)
		r.Moments(x, guarded[[3]float64](t, n, atEnd))
		r.Min(x, narrow)
		r.Max(x, narrow)
	}
}
