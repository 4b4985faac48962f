package table

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// guardedTexts are strings of up to most bytes next to pages that fault.
func guardedTexts(t *testing.T, r *rand.Rand, n, most int, atEnd bool) (ends []int32, text []byte) {
	ends = guard.Values[int32](t, n+1, atEnd)
	for i := range n {
		ends[i+1] = ends[i] + int32(r.IntN(most+1))
	}
	text = guard.Values[byte](t, int(ends[n]), atEnd)
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
		picked := guard.Values[uint32](t, r.IntN(2*n), atEnd)
		run := guard.Values[uint16](t, len(picked), atEnd)
		to := guard.Values[int32](t, len(picked)+1, atEnd)
		var want []byte
		for i := range picked {
			picked[i] = uint32(r.IntN(n))
			run[i] = uint16(picked[i])
			want = append(want, src[from[picked[i]]:from[picked[i]+1]]...)
			to[i+1] = int32(len(want))
		}
		dst := guard.Values[byte](t, len(want)+textSpare, atEnd)
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
	words := guard.Values[uint64](t, (n+63)/64, atEnd)
	rate, kept := r.IntN(11), 0
	var want []byte
	for i := range n {
		if r.IntN(10) < rate {
			words[i/64] |= 1 << (i % 64)
			kept++
			want = append(want, src[from[i]:from[i+1]]...)
		}
	}
	to, dst := guard.Values[int32](t, kept+1, atEnd), guard.Values[byte](t, len(want)+textSpare, atEnd)
	if rest := keepRuns(to, dst, from, src, words); len(rest) != 1 || int(rest[0]) != len(want) || !bytes.Equal(dst[:len(want)], want) {
		t.Fatalf("%d of %d strings kept: got %x, want %x", kept, n, dst[:len(want)], want)
	}
}

func TestNothingBeyondValues(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 8))
	for range 60 {
		n, atEnd := 1+r.IntN(300), r.IntN(2) == 0
		src, run := guard.Values[uint64](t, n, atEnd), guard.Values[uint16](t, r.IntN(n+1), atEnd)
		rows, dst := guard.Values[uint32](t, len(run), atEnd), guard.Values[uint64](t, len(run), atEnd)
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
