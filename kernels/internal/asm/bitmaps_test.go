package asm

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// lengths are those around what a routine takes at a time.
var lengths = []int{0, 1, 3, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 511, 512, 513, 1000, 1024, stretch - 1, stretch + 65, 2*stretch + 71}

func bit(bitmap []byte, i int) byte { return bitmap[i>>3] >> (i & 7) & 1 }

func TestPackAndSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, l := range Levels() {
		b := BitsFor(l)
		for _, n := range lengths {
			shift := r.IntN(9)
			src := make([]byte, n+shift)[shift:]
			want := 0
			for i := range src {
				src[i] = byte(r.IntN(2))
				want += int(src[i])
			}
			dst := bytes.Repeat([]byte{0xa5}, bitBytes(n)+2)
			if ones := b.Pack(dst[1:bitBytes(n)+1], src); ones != want {
				t.Fatalf("%v, %d values: %d ones, want %d", l, n, ones, want)
			}
			if dst[0] != 0xa5 || dst[len(dst)-1] != 0xa5 {
				t.Fatalf("%v, %d values: packed beside the result", l, n)
			}
			for i := range 8 * bitBytes(n) {
				if got := bit(dst[1:], i); i < n && got != src[i] || i >= n && got != 0 {
					t.Fatalf("%v, bit %d of %d is %d", l, i, n, got)
				}
			}
			bitmap := dst[1 : bitBytes(n)+1]
			for offset := range min(n, 20) {
				out := bytes.Repeat([]byte{7}, n-offset+2)
				b.Spread(out[1:n-offset+1], bitmap, offset)
				if !bytes.Equal(out[1:n-offset+1], src[offset:]) || out[0] != 7 || out[len(out)-1] != 7 {
					t.Fatalf("%v: %d bits from %d on are spread wrong", l, n, offset)
				}
			}
		}
	}
}

// TestAllAndAny turns one bit of a bitmap at a time, inside and outside of what
// is asked for.
func TestAllAndAny(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, l := range Levels() {
		b := BitsFor(l)
		for _, n := range lengths {
			for _, offset := range []int{0, 1, 7, 8, 13} {
				bitmap := make([]byte, bitBytes(n+offset)+3)
				check := func(all, any bool) {
					t.Helper()
					if got := b.All(bitmap, offset, n); got != all {
						t.Fatalf("%v: all of %d bits from %d on: %t", l, n, offset, got)
					}
					if got := b.Any(bitmap, offset, n); got != any {
						t.Fatalf("%v: any of %d bits from %d on: %t", l, n, offset, got)
					}
				}
				check(n == 0, false)
				for _, other := range []int{offset - 1, offset + n} {
					if other >= 0 {
						bitmap[other>>3] |= 1 << (other & 7)
					}
				}
				check(n == 0, false)
				for range 30 {
					if n == 0 {
						break
					}
					i := offset + r.IntN(n)
					bitmap[i>>3] ^= 1 << (i & 7)
					check(n == 1, true)
					bitmap[i>>3] ^= 1 << (i & 7)
				}
				for i := range n {
					bitmap[(offset+i)>>3] |= 1 << ((offset + i) & 7)
				}
				check(true, n > 0)
				for range 30 {
					if n == 0 {
						break
					}
					i := offset + r.IntN(n)
					bitmap[i>>3] ^= 1 << (i & 7)
					check(false, n > 1)
					bitmap[i>>3] ^= 1 << (i & 7)
				}
			}
		}
	}
}

func TestCompareBits(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			testCompareBits(t, l, func(n int) []float64 { return sample[float64](r, n) })
			testCompareBits(t, l, func(n int) []float32 { return sample[float32](r, n) })
			testCompareBits(t, l, func(n int) []int64 { return wholeSample[int64](r, n) })
			testCompareBits(t, l, func(n int) []int32 { return wholeSample[int32](r, n) })
		})
	}
}

// wholeSample gives integers of all sizes, many of them equal.
func wholeSample[T int32 | int64](r *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		switch r.IntN(3) {
		case 0:
			x[i] = T(r.IntN(5) - 2)
		case 1:
			x[i] = T(r.Uint64() >> r.IntN(64))
		default:
			x[i] = -1 << (8*kindBytes[T]() - 1) >> r.IntN(3)
		}
	}
	return x
}

func kindBytes[T Lane]() int {
	return map[kind]int{kindF32: 4, kindF64: 8, kindI32: 4, kindI64: 8}[kindOf[T]()]
}

func testCompareBits[T Lane](t *testing.T, l Level, of func(n int) []T) {
	t.Helper()
	got := CompareBitsFor[T](l)
	for _, n := range lengths {
		x, y := of(n + 3)[3:], of(n + 1)[1:]
		copy(y, x[:n/2]) // half of them equal, if they are numbers
		for f, compare := range got {
			dst := bytes.Repeat([]byte{0x5a}, bitBytes(n)+2)
			compare(dst[1:bitBytes(n)+1], x, y)
			if dst[0] != 0x5a || dst[len(dst)-1] != 0x5a {
				t.Fatalf("%T %v of %d values: written beside the result", x, Compare(f), n)
			}
			for i := range 8 * bitBytes(n) {
				want := byte(0)
				if i < n && []bool{x[i] == y[i], x[i] != y[i], x[i] < y[i], x[i] <= y[i]}[f] {
					want = 1
				}
				if bit(dst[1:], i) != want {
					t.Fatalf("%T: bit %d of %d, %v, is not %d", x, i, n, Compare(f), want)
				}
			}
		}
	}
}

func BenchmarkBits(b *testing.B) {
	const n = 1024
	x, bools, bitmap := make([]float64, n), make([]byte, n), make([]byte, n/8)
	for i := range x {
		x[i] = float64(i % 7)
	}
	for _, l := range Levels() {
		run := func(name string, f func()) {
			b.Run(l.String()+"/"+name, func(b *testing.B) {
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
			})
		}
		bits, lt := BitsFor(l), CompareBitsFor[float64](l)[Lt]
		run("lt", func() { lt(bitmap, x, x) })
		run("pack", func() { bits.Pack(bitmap, bools) })
		run("spread", func() { bits.Spread(bools, bitmap, 0) })
		run("any", func() { bits.Any(bitmap, 0, n) })
	}
}
