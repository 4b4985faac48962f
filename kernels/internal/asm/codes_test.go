package asm

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// packedCodes returns n random values of width bits, one bit after the other.
func packedCodes(r *rand.Rand, n int, width uint) (values []uint32, b []byte) {
	b = make([]byte, (n*int(width)+7)/8, (n*int(width)+7)/8+UnpackSpare)
	for i := range n {
		v := uint32(r.Uint64() & (1<<width - 1))
		values = append(values, v)
		for k := range width {
			at := i*int(width) + int(k)
			b[at/8] |= byte(v>>k&1) << (at % 8)
		}
	}
	return values, b[:cap(b)]
}

func TestUnpack(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for width := range uint(33) {
		for _, n := range []int{0, 1, 7, 8, 9, 16, 250, 5000} {
			want, b := packedCodes(r, n, width)
			for i := range UnpackSpare {
				b[len(b)-1-i] = 0xff // is of no value
			}
			most := uint32(0)
			for _, v := range want {
				most = max(most, v)
			}
			for _, l := range Levels() {
				got := make([]uint32, n)
				if m := Unpack(l, got, b, width); m != most || !slices.Equal(got, want) {
					t.Fatalf("%v: %d values of %d bits: the greatest is %d, want %d, or others differ", l, n, width, m, most)
				}
			}
		}
	}
}

func TestPick(t *testing.T) {
	for _, l := range Levels() {
		testPick(t, l, func(v uint64) uint32 { return uint32(v) })
		testPick(t, l, func(v uint64) uint64 { return v })
	}
}

func testPick[E uint32 | uint64](t *testing.T, l Level, of func(uint64) E) {
	t.Helper()
	r := rand.New(rand.NewPCG(8, 8))
	for _, words := range []int{1, 2, 16, 31, 32, 33, 64, 65, 100, 128, 129, 5000} {
		for _, n := range []int{0, 1, 15, 16, 17, 100, 9000} {
			from, codes, want := make([]E, words), make([]uint32, n), make([]E, n)
			for i := range from {
				from[i] = of(r.Uint64())
			}
			for i := range codes {
				codes[i] = uint32(r.IntN(words))
				want[i] = from[codes[i]]
			}
			got := make([]E, n)
			if Pick(l, got, from, codes, uint32(words-1)); !slices.Equal(got, want) {
				t.Fatalf("%v: %d codes of %d words of %T are wrong", l, n, words, from[0])
			}
		}
	}
}

// What is asked for beyond what is there is refused before it is touched.
func TestCodesRefuse(t *testing.T) {
	refused := func(what string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s: no panic", what)
			}
		}()
		f()
	}
	for _, l := range Levels() {
		refused("few bytes", func() { Unpack(l, make([]uint32, 16), make([]byte, 7+UnpackSpare), 4) })
		refused("wide values", func() { Unpack(l, make([]uint32, 1), make([]byte, 99), 33) })
		refused("few words", func() { Pick(l, make([]uint64, 3), make([]uint64, 4), make([]uint32, 3), 4) })
		refused("no room", func() { Pick(l, make([]uint32, 2), make([]uint32, 4), make([]uint32, 3), 3) })
	}
}

func BenchmarkUnpack(b *testing.B) {
	for _, width := range []uint{3, 7, 14, 17, 27} {
		_, packed := packedCodes(rand.New(rand.NewPCG(9, 9)), 4096, width)
		dst := make([]uint32, 4096)
		for _, l := range Levels() {
			b.Run(l.String()+"/"+string(rune('0'+width/10))+string(rune('0'+width%10)), func(b *testing.B) {
				for b.Loop() {
					Unpack(l, dst, packed, width)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/elem")
			})
		}
	}
}

func BenchmarkPick(b *testing.B) {
	benchPick[uint32](b, "32", 5, 100, 500, 10_000, 100_000)
	benchPick[uint64](b, "64", 5, 100, 1000, 20_000)
}

func benchPick[E uint32 | uint64](b *testing.B, name string, words ...int) {
	r := rand.New(rand.NewPCG(9, 9))
	for _, n := range words {
		codes, from, dst := make([]uint32, 4096), make([]E, n), make([]E, 4096)
		for i := range codes {
			codes[i] = uint32(r.IntN(n))
		}
		for _, l := range Levels() {
			b.Run(name+"/"+l.String(), func(b *testing.B) {
				for b.Loop() {
					Pick(l, dst, from, codes, uint32(n-1))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/elem")
			})
		}
	}
}
