package kerneltest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/ashlar-go/ashlar/kernels"
)

// RandomFunc is an implementation of [kernels.Random].
type RandomFunc func(mem kernels.Allocator, s kernels.RandomSpec) (*kernels.Block, error)

// Random is the suite of random numbers: the known numbers of Philox4x32-10,
// the same array under any chunking, and the distributions that were asked for.
func Random(t testing.TB, impl RandomFunc) {
	t.Helper()
	mem := Alloc(t)
	knownUniform(t, mem, impl)
	for _, dt := range realTypes {
		for dist := kernels.Uniform; dist <= kernels.Integers; dist++ {
			if dist != kernels.Integers && !dt.IsFloat() {
				continue
			}
			s := kernels.RandomSpec{Dist: dist, DType: dt, Seed: 1<<63 + 11, Stream: 3, A: 2, B: 5}
			chunkings(t, mem, impl, s)
			fits(t, mem, impl, s)
		}
	}
	independent(t, mem, impl)
}

// whole asks for all of an array.
func whole(t testing.TB, mem *Allocator, impl RandomFunc, s kernels.RandomSpec, shape ...int) *kernels.Block {
	t.Helper()
	s.Global, s.Shape, s.Offset = shape, shape, make([]int, len(shape))
	return must(impl(mem, s))(t)
}

// knownUniform checks the first two numbers of the zero seed, whose bits are
// the first vector of Random123's known-answer tests.
func knownUniform(t testing.TB, mem *Allocator, impl RandomFunc) {
	t.Helper()
	b := whole(t, mem, impl, kernels.RandomSpec{DType: kernels.Float64, B: 1}, 2)
	defer b.Release()
	want := []float64{float64(uint64(0xe169c58d6627e8d5)>>11) * 0x1p-53, float64(uint64(0x9b00dbd8bc57ac4c)>>11) * 0x1p-53}
	if got := Floats(t, b); !slices.Equal(got, want) {
		t.Errorf("uniform numbers of seed 0: %v, want %v", got, want)
	}
}

// chunkings puts an array together from parts of odd sizes.
func chunkings(t testing.TB, mem *Allocator, impl RandomFunc, s kernels.RandomSpec) {
	t.Helper()
	shape := []int{5, 7, 9}
	all := whole(t, mem, impl, s, shape...)
	defer all.Release()
	for _, size := range [][]int{{1, 1, 1}, {2, 3, 4}, {5, 7, 2}, {4, 7, 9}} {
		built := must(kernels.NewBlock(mem, s.DType, shape...))(t)
		for i := 0; i < 5; i += size[0] {
			for j := 0; j < 7; j += size[1] {
				for k := 0; k < 9; k += size[2] {
					s.Global, s.Offset = shape, []int{i, j, k}
					s.Shape = []int{min(size[0], 5-i), min(size[1], 7-j), min(size[2], 9-k)}
					part := must(impl(mem, s))(t)
					if err := kernels.AssignAt(built, s.Offset, part); err != nil {
						t.Errorf("%v numbers: part %v: %v", s.Dist, s.Shape, err)
					}
					part.Release()
				}
			}
		}
		sameBits(t, fmt.Sprintf("%v numbers of %v in chunks %v", s.Dist, s.DType, size), built, all)
		built.Release()
	}
	empty := whole(t, mem, impl, s, 3, 0)
	empty.Release()
}

// fits compares the numbers with their distribution by Kolmogorov and Smirnov's
// statistic, which stays below the limit for all but one seed in ten thousand.
func fits(t testing.TB, mem *Allocator, impl RandomFunc, s kernels.RandomSpec) {
	t.Helper()
	const n = 100_000
	b := whole(t, mem, impl, s, n)
	defer b.Release()
	xs := Floats(t, b)
	slices.Sort(xs)
	worst := 0.0
	for i, x := range xs {
		if i+1 < n && xs[i+1] == x {
			continue // the last of equal numbers counts
		}
		worst = max(worst, math.Abs(float64(i+1)/n-distribution(s, x)))
	}
	if limit := 2.23 / math.Sqrt(n); worst > limit {
		t.Errorf("%v numbers of %v: distance %v from their distribution, limit %v", s.Dist, s.DType, worst, limit)
	}
	if s.Dist != kernels.Normal && (xs[0] < s.A || xs[n-1] >= s.B) {
		t.Errorf("%v numbers of %v from %v to %v, want [%v, %v)", s.Dist, s.DType, xs[0], xs[n-1], s.A, s.B)
	}
}

// distribution returns how likely a number is x or less.
func distribution(s kernels.RandomSpec, x float64) float64 {
	switch s.Dist {
	case kernels.Uniform:
		return (x - s.A) / (s.B - s.A)
	case kernels.Normal:
		return math.Erfc(-(x-s.A)/s.B/math.Sqrt2) / 2
	}
	return (x - s.A + 1) / (s.B - s.A)
}

// independent checks that neighbours, streams and seeds do not go together.
func independent(t testing.TB, mem *Allocator, impl RandomFunc) {
	t.Helper()
	const n = 100_000
	draw := func(seed, stream uint64) []float64 {
		b := whole(t, mem, impl, kernels.RandomSpec{Dist: kernels.Normal, DType: kernels.Float64, Seed: seed, Stream: stream, B: 1}, n)
		defer b.Release()
		return Floats(t, b)
	}
	x := draw(1, 0)
	for what, y := range map[string][]float64{
		"neighbours": append(x[1:], x[0]), "other streams": draw(1, 1), "other seeds": draw(2, 0),
	} {
		if r := stat.Correlation(x, y, nil); math.Abs(r) > 4/math.Sqrt(n) {
			t.Errorf("random numbers: correlation %v with %s", r, what)
		}
	}
}
