package asm

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCompress(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			testCompress(t, l, func(v uint64) uint8 { return uint8(v) })
			testCompress(t, l, func(v uint64) uint16 { return uint16(v) })
			testCompress(t, l, func(v uint64) uint32 { return uint32(v) })
			testCompress(t, l, func(v uint64) uint64 { return v })
			testCompress(t, l, func(v uint64) [2]uint64 { return [2]uint64{v, ^v} })
			testCompress(t, l, func(v uint64) [4]uint64 { return [4]uint64{v, ^v, v + 1, v + 2} })
		})
	}
}

// testCompress compares with appending one by one, for masks of many, few and
// no bits, and looks for what is written beyond the room that is asked for.
func testCompress[E Packed](t *testing.T, l Level, of func(v uint64) E) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 3))
	for n := range 200 {
		if n >= 190 {
			n = 4000 + 37*(n-190)
		}
		src, mask := make([]E, n+3)[n%4:][:n:n], make([]uint64, (n+63)/64)
		var want []E
		for i := range src {
			src[i] = of(r.Uint64())
			if keep := r.IntN(1 + i/640%4*8); keep == 0 {
				mask[i/64] |= 1 << (i % 64)
				want = append(want, src[i])
			}
		}
		mark := of(12345)
		room := len(want) + CompressSpare
		dst := slices.Repeat([]E{mark}, room+8)
		got := Compress(l, dst[:room:room], src, mask)
		if got != len(want) || !slices.Equal(dst[:got], want) {
			t.Fatalf("%d values of %T: packed %d, want %d, or others", n, mark, got, len(want))
		}
		if slices.ContainsFunc(dst[room:], func(v E) bool { return v != mark }) {
			t.Fatalf("%d values of %T: written beyond the spare room", n, mark)
		}
	}
}

func TestExtract(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 1000 {
		x, mask := r.Uint64(), r.Uint64()&r.Uint64()
		want := Extract(Portable, x, mask)
		for _, l := range Levels() {
			if got := Extract(l, x, mask); got != want {
				t.Fatalf("%x of %x is %x at level %v, want %x", mask, x, got, l, want)
			}
		}
	}
	if got := Extract(Portable, 0b1011_0010, 0b1010_1010); got != 0b1101 {
		t.Errorf("got %b", got)
	}
}

func BenchmarkCompress(b *testing.B) {
	const n = 1 << 16
	mask, src, dst := make([]uint64, n/64), make([]uint64, n), make([]uint64, n+64)
	r := rand.New(rand.NewPCG(5, 5))
	for i := range mask {
		mask[i] = r.Uint64()
	}
	for _, l := range Levels() {
		b.Run(l.String(), func(b *testing.B) {
			for b.Loop() {
				Compress(l, dst, src, mask)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
		})
	}
}
