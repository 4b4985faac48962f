package table

import (
	"bytes"
	"math/rand/v2"
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

// guardedTexts are strings of up to most bytes next to pages that fault.
func guardedTexts(t *testing.T, r *rand.Rand, n, most int, atEnd bool) (ends []int32, text []byte) {
	ends = guarded[int32](t, n+1, atEnd)
	for i := range n {
		ends[i+1] = ends[i] + int32(r.IntN(most+1))
	}
	text = guarded[byte](t, int(ends[n]), atEnd)
	for i := range text {
		text[i] = byte(r.IntN(256))
	}
	return ends, text
}

// Nothing beyond what is moved is touched, and all of it arrives.
func TestNothingBeyondTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	for range 60 {
		n, atEnd := 1+r.IntN(150), r.IntN(2) == 0
		from, src := guardedTexts(t, r, n, 1+r.IntN(40), atEnd)
		picked := guarded[uint32](t, r.IntN(2*n), atEnd)
		run := guarded[uint16](t, len(picked), atEnd)
		to := guarded[int32](t, len(picked)+1, atEnd)
		var want []byte
		for i := range picked {
			picked[i] = uint32(r.IntN(n))
			run[i] = uint16(picked[i])
			want = append(want, src[from[picked[i]]:from[picked[i]+1]]...)
			to[i+1] = int32(len(want))
		}
		dst := guarded[byte](t, len(want)+textSpare, atEnd)
		pickBytes(dst, src, to, from, picked)
		if !bytes.Equal(dst[:len(want)], want) {
			t.Fatalf("%d strings picked: got %x, want %x", len(picked), dst[:len(want)], want)
		}
		clear(dst)
		pickTexts(dst, src, to, from, run)
		if !bytes.Equal(dst[:len(want)], want) {
			t.Fatalf("%d strings of a run: got %x, want %x", len(run), dst[:len(want)], want)
		}
		keepGuarded(t, r, from, src, atEnd)
	}
}

func keepGuarded(t *testing.T, r *rand.Rand, from []int32, src []byte, atEnd bool) {
	n := len(from) - 1
	words := guarded[uint64](t, (n+63)/64, atEnd)
	rate, kept := r.IntN(11), 0
	var want []byte
	for i := range n {
		if r.IntN(10) < rate {
			words[i/64] |= 1 << (i % 64)
			kept++
			want = append(want, src[from[i]:from[i+1]]...)
		}
	}
	to, dst := guarded[int32](t, kept+1, atEnd), guarded[byte](t, len(want)+textSpare, atEnd)
	if rest := keepRuns(to, dst, from, src, words); len(rest) != 1 || int(rest[0]) != len(want) || !bytes.Equal(dst[:len(want)], want) {
		t.Fatalf("%d of %d strings kept: got %x, want %x", kept, n, dst[:len(want)], want)
	}
}

func TestNothingBeyondValues(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 8))
	for range 60 {
		n, atEnd := 1+r.IntN(300), r.IntN(2) == 0
		src, run := guarded[uint64](t, n, atEnd), guarded[uint16](t, r.IntN(n+1), atEnd)
		rows, dst := guarded[uint32](t, len(run), atEnd), guarded[uint64](t, len(run), atEnd)
		for i := range src {
			src[i] = r.Uint64()
		}
		for i := range run {
			run[i] = uint16(r.IntN(n))
			rows[i] = uint32(run[i])
		}
		for name, pick := range map[string]func(){
			"near": func() { pickNear(dst, src, run) }, "far": func() { pickValues(dst, src, rows) },
		} {
			clear(dst)
			pick()
			for i, row := range run {
				if dst[i] != src[row] {
					t.Fatalf("%s: value %d of %d is %x, want %x", name, i, len(run), dst[i], src[row])
				}
			}
		}
	}
}
