package asm

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// Strings are kept as one by one would keep them, up to the word that it says, and
// nothing beyond what the arguments name is touched.
func TestCompressTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for _, l := range Levels() {
		for turn := range 300 {
			n := r.IntN(1000)
			testCompressTexts(t, l, r, n, []int{0, 3, 20, 300}[turn%4], turn%8 < 4)
		}
	}
}

func testCompressTexts(t *testing.T, l Level, r *rand.Rand, n, longest int, atEnd bool) {
	t.Helper()
	from, mask := guard.Values[int32](t, n+1, atEnd), guard.Values[uint64](t, (n+63)/64, atEnd)
	lead := r.IntN(5)
	from[0] = int32(lead)
	for i := range n {
		from[i+1] = from[i] + int32(r.IntN(longest+1))
	}
	src := guard.Values[byte](t, int(from[n]), atEnd)
	for i := range src {
		src[i] = byte(r.Uint32())
	}
	rate := r.IntN(12)
	want, wantEnds := bytes.Repeat([]byte{7}, 9), []int32{}
	counts := make([]int, len(mask)+1) // strings before each word
	for i := range n {
		if r.IntN(10) < rate {
			mask[i/64] |= 1 << (i % 64)
			want = append(want, src[from[i]:from[i+1]]...)
			wantEnds = append(wantEnds, int32(len(want)))
		}
		counts[i/64+1] = len(wantEnds)
	}
	dst, ends := guard.Values[byte](t, len(want)+TextSpare, atEnd), guard.Values[int32](t, len(wantEnds)+TextSpareEnds, atEnd)
	copy(dst, want[:9])
	words, count, end := CompressTexts(l, ends, dst, from, src, mask, 9)
	if count != counts[words] {
		t.Fatalf("%v: %d words of %d strings: %d kept, want %d", l, words, n, count, counts[words])
	}
	last := 9
	if count > 0 {
		last = int(wantEnds[count-1])
	}
	if end != last || !slices.Equal(ends[:count], wantEnds[:count]) || !bytes.Equal(dst[:end], want[:end]) {
		t.Fatalf("%v: %d words of %d strings: they end at %d, want %d, or differ", l, words, n, end, last)
	}
	if l != Portable && longest == 20 && rate > 8 && n > 600 && words < n/64-6 {
		t.Errorf("%v: stopped after %d words of %d short strings", l, words, n)
	}
}

// Very long strings are left to others.
func TestCompressTextsStops(t *testing.T) {
	from := make([]int32, 300)
	for i := range from {
		from[i] = int32(400 * i)
	}
	for _, l := range Levels() {
		words, count, end := CompressTexts(l, make([]int32, 400), make([]byte, 200_000), from, make([]byte, 120_000), slices.Repeat([]uint64{^uint64(0)}, 4), 0)
		if words != 0 || count != 0 || end != 0 {
			t.Errorf("%v: %d words of strings of 400 bytes", l, words)
		}
	}
}
