package table

import (
	"math"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// limitsOf returns the least and greatest value as words are: sign-extended,
// or MaxInt64 and MinInt64 of none.
func limitsOf[T integer](from []T) func() (least, most int64) {
	return func() (int64, int64) {
		if len(from) == 0 {
			return math.MaxInt64, math.MinInt64
		}
		var least, most T
		switch src := any(from).(type) {
		case []int32:
			a, b := wideLimits(src, &limits32)
			least, most = T(a), T(b)
		case []int64:
			a, b := wideLimits(src, &limits64)
			least, most = T(a), T(b)
		default:
			least, most = limits(from)
		}
		return int64(least), int64(most)
	}
}

// extremes are the lesser and the greater of two vectors' values, nil where the
// machine has no instructions for them.
type extremes[T int32 | int64] struct{ least, most func(dst, x, y []T) }

func extremesOf[T int32 | int64]() extremes[T] {
	var short asm.Integers[T]
	short.Binary[asm.IntMin] = func(dst, x, y []T) {
		for i := range dst {
			dst[i] = min(x[i], y[i])
		}
	}
	short.Binary[asm.IntMax] = func(dst, x, y []T) {
		for i := range dst {
			dst[i] = max(x[i], y[i])
		}
	}
	v := asm.IntegersFor(asm.Best(), short)
	return extremes[T]{v.Binary[asm.IntMin], v.Binary[asm.IntMax]}
}

var (
	limits32 = extremesOf[int32]()
	limits64 = extremesOf[int64]()
)

// limitLane is how many values wideLimits keeps the extremes of side by side.
const limitLane = 1024

// wideLimits is limits by vectors: the extremes of every value limitLane apart,
// then those of what is left.
func wideLimits[T int32 | int64](from []T, e *extremes[T]) (least, most T) {
	if e.least == nil || e.most == nil || len(from) < 4*limitLane {
		return limits(from)
	}
	var low, high [limitLane]T
	copy(low[:], from)
	copy(high[:], from)
	for from = from[limitLane:]; len(from) >= limitLane; from = from[limitLane:] {
		e.least(low[:], low[:], from[:limitLane])
		e.most(high[:], high[:], from[:limitLane])
	}
	least, _ = limits(low[:])
	_, most = limits(high[:])
	if len(from) > 0 {
		a, b := limits(from)
		least, most = min(least, a), max(most, b)
	}
	return least, most
}

// limits returns the least and greatest of some values. Four chains of each hide
// their latency.
func limits[T integer](from []T) (least, most T) {
	a, b, c, d := from[0], from[0], from[0], from[0]
	w, x, y, z := a, b, c, d
	for ; len(from) >= 4; from = from[4:] {
		a, w = min(a, from[0]), max(w, from[0])
		b, x = min(b, from[1]), max(x, from[1])
		c, y = min(c, from[2]), max(y, from[2])
		d, z = min(d, from[3]), max(z, from[3])
	}
	for _, v := range from {
		a, w = min(a, v), max(w, v)
	}
	return min(a, b, c, d), max(w, x, y, z)
}
