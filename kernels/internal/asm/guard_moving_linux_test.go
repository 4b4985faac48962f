package asm

import (
	"math/bits"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// TestNothingBeyondMatrices runs what packs, turns and reduces columns next to
// pages that fault.
func TestNothingBeyondMatrices(t *testing.T) {
	for _, l := range Levels() {
		for _, atEnd := range []bool{false, true} {
			guardPacking[uint64](t, l, atEnd)
			guardPacking[uint32](t, l, atEnd)
			for _, n := range []int{32, 33, 64, 71} {
				const rows = 17
				x, out := guard.Values[float64](t, rows*n, atEnd), guard.Values[float64](t, n, atEnd)
				c := ColumnsFor[float64](l)
				c.Sum(x, n, rows, out)
				c.Min(x, n, rows, out)
				c.Deviations(x, n, rows, out, guard.Values[float64](t, n, atEnd), guard.Values[float64](t, n, atEnd))
				ColumnsFor[float32](l).Max(guard.Values[float32](t, rows*n, atEnd), n, rows, guard.Values[float32](t, n, atEnd))
			}
		}
	}
}

func guardPacking[E uint32 | uint64](t *testing.T, l Level, atEnd bool) {
	t.Helper()
	for _, n := range []int{64, 100, 640} {
		mask := guard.Values[uint64](t, (n+63)/64, atEnd)
		ones := 0
		for i := range mask {
			mask[i] = 0xf00ff0ff0f0f3355
			if n-64*i < 64 {
				mask[i] &= 1<<(n%64) - 1
			}
			ones += bits.OnesCount64(mask[i])
		}
		size := bits.Len64(uint64(^E(0))) / 8
		if got := Compress(l, guard.Values[E](t, ones+CompressSpare/size, atEnd), guard.Values[E](t, n, atEnd), mask); got != ones {
			t.Errorf("packed %d, want %d", got, ones)
		}
		Transpose(l, 20, 33, guard.Values[E](t, 33*20, atEnd), 20, guard.Values[E](t, 20*33, atEnd), 33, false)
		Transpose(l, 32, 33, guard.Values[E](t, 33*32, atEnd), 32, guard.Values[E](t, 32*33, atEnd), 33, true)
	}
}
