package asm

import (
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// TestNothingBeyondBits runs casts, and what makes and reads bitmaps, next to
// pages that fault.
func TestNothingBeyondBits(t *testing.T) {
	for _, l := range Levels() {
		for _, atEnd := range []bool{false, true} {
			for _, n := range []int{1, 8, 31, 32, 63, 64, 65, 100, 128, 1000, stretch + 77} {
				guardBits(t, l, atEnd, n)
				guardCasts[float64](t, l, atEnd, n)
				guardCasts[float32](t, l, atEnd, n)
				guardCasts[int64](t, l, atEnd, n)
				guardCasts[int32](t, l, atEnd, n)
			}
		}
	}
}

func guardBits(t *testing.T, l Level, atEnd bool, n int) {
	t.Helper()
	b := BitsFor(l)
	bitmap, bools := guard.Values[byte](t, bitBytes(n), atEnd), guard.Values[byte](t, n, atEnd)
	b.Pack(bitmap, bools)
	b.Spread(bools, bitmap, 0)
	if n > 5 {
		b.Spread(bools[:n-5], bitmap, 5)
	}
	for i := range bitmap {
		bitmap[i] = 0xff
	}
	if !b.All(bitmap, 0, n) || !b.Any(bitmap, 0, n) {
		t.Errorf("%v: not all of %d bits", l, n)
	}
	clear(bitmap)
	if b.Any(bitmap, 0, n) {
		t.Errorf("%v: some of %d bits", l, n)
	}
}

func guardCasts[F Lane](t *testing.T, l Level, atEnd bool, n int) {
	t.Helper()
	x := guard.Values[F](t, n, atEnd)
	CastFor[F, float64](l, false).Run(guard.Values[float64](t, n, atEnd), x)
	CastFor[F, float32](l, false).Run(guard.Values[float32](t, n, atEnd), x)
	CastFor[F, int64](l, true).Run(guard.Values[int64](t, n, atEnd), x)
	CastFor[F, int32](l, false).Run(guard.Values[int32](t, n, atEnd), x)
	CastFor[F, int32](l, true).Run(guard.Values[int32](t, n, atEnd), x)
	for _, compare := range CompareBitsFor[F](l) {
		compare(guard.Values[byte](t, bitBytes(n), atEnd), x, guard.Values[F](t, n, atEnd))
	}
}
