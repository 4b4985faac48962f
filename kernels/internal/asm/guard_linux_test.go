package asm

import (
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

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
		x, y, z, dst := guard.Values[T](t, most, atEnd), guard.Values[T](t, most, atEnd), guard.Values[T](t, most, atEnd), guard.Values[T](t, most, atEnd)
		bools := guard.Values[bool](t, most, atEnd)
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
		x, y := guard.Values[T](t, n*Leaf, atEnd), guard.Values[T](t, n*Leaf, atEnd)
		wide, narrow := guard.Values[float64](t, n, atEnd), guard.Values[T](t, n, atEnd)
		r.Sum(x, wide)
		r.Dot(x, y, wide)
		r.Moments(x, guard.Values[[3]float64](t, n, atEnd))
		r.Min(x, narrow)
		r.Max(x, narrow)
	}
}
