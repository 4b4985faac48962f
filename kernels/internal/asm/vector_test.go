package asm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// bitsOf gives the bits of a number, one pattern for all NaN.
func bitsOf[T Float](x T) uint64 {
	if x != x {
		return math.Float64bits(math.NaN())
	}
	switch v := any(x).(type) {
	case float32:
		return uint64(math.Float32bits(v))
	}
	return math.Float64bits(float64(x))
}

// sample gives numbers of all sizes, a quarter of them special.
func sample[T Float](r *rand.Rand, n int) []T {
	special := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 0x1p-1074, -0x1p-1060, 0x1p-149, -0x1p-140,
		0x1p-1022, 0x1p-126, math.MaxFloat64, -math.MaxFloat32, 709.78, 88.72, -745.13, -103.97, math.Pi, math.Pi / 2, maxAngle, 0x1.8p40, 0x1p1000}
	x := make([]T, n)
	for i := range x {
		switch r.IntN(8) {
		case 0, 1:
			x[i] = T(special[r.IntN(len(special))])
		case 2:
			x[i] = T(math.Float64frombits(r.Uint64()))
		case 3:
			x[i] = T(math.Float32frombits(r.Uint32()))
		case 4:
			x[i] = T(r.NormFloat64() * 1e-3)
		case 5:
			x[i] = T(r.NormFloat64() * 1e5)
		default:
			x[i] = T(r.NormFloat64() * 10)
		}
	}
	return x
}

// TestVectorLevelsAgree compares every level with the portable one, to the
// bit, for all lengths around those of blocks and pieces, and looks at what
// lies around the result.
func TestVectorLevelsAgree(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testVector[float64](t, l) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testVector[float32](t, l) })
	}
}

func testVector[T Float](t *testing.T, l Level) {
	got, want := VectorFor[T](l), VectorFor[T](Portable)
	for f := range UnaryCount {
		compareLevels(t, f.String(), func(v *Vector[T], dst []T, x [3][]T) { v.Unary[f](dst, x[0]) }, got, want)
	}
	for f := range BinaryCount {
		compareLevels(t, f.String(), func(v *Vector[T], dst []T, x [3][]T) { v.Binary[f](dst, x[0], x[1]) }, got, want)
	}
	compareLevels(t, "fma", func(v *Vector[T], dst []T, x [3][]T) { v.FMA(dst, x[0], x[1], x[2]) }, got, want)
	for f := range CompareCount {
		compareLevels(t, f.String(), func(v *Vector[T], dst []T, x [3][]T) {
			copy(x[1][len(dst)/2:], x[0][len(dst)/2:]) // half of them equal
			out := make([]bool, len(dst)+2)
			v.Compare[f](out[1:len(dst)+1], x[0], x[1])
			if out[0] || out[len(out)-1] {
				t.Errorf("%v of %d values: written beside the result", f, len(dst))
			}
			v.Choose(dst, out[1:len(dst)+1], x[1], x[2])
		}, got, want)
	}
}

// compareLevels runs a function of up to three vectors at two levels.
func compareLevels[T Float](t *testing.T, name string, f func(v *Vector[T], dst []T, x [3][]T), got, want *Vector[T]) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(len(name)), 1))
	for n := range 150 {
		if n >= 140 {
			n = stretch*(1+n%3) + 14*n - 2030
		}
		var x [3][]T
		for i := range x {
			shift := r.IntN(8)
			x[i] = sample[T](r, n+shift)[shift:]
		}
		dst, expect := make([]T, n+2), make([]T, n)
		dst[0], dst[n+1] = 7, 7
		f(got, dst[1:n+1], x)
		f(want, expect, x)
		for i := range expect {
			if bitsOf(dst[i+1]) != bitsOf(expect[i]) {
				t.Fatalf("%v(%v, %v, %v): %v, portable %v (element %d of %d)", name, x[0][i], x[1][i], x[2][i], dst[i+1], expect[i], i, n)
			}
		}
		if dst[0] != 7 || dst[n+1] != 7 {
			t.Fatalf("%v of %d values: written beside the result", name, n)
		}
	}
}

func BenchmarkVector(b *testing.B) {
	for _, l := range Levels() {
		b.Run(l.String()+"/f64", func(b *testing.B) { benchVector[float64](b, l) })
		b.Run(l.String()+"/f32", func(b *testing.B) { benchVector[float32](b, l) })
	}
}

// benchVector runs the functions on a batch that stays in the first-level cache.
func benchVector[T Float](b *testing.B, l Level) {
	const n = 1024
	x, dst, bools := make([]T, n), make([]T, n), make([]bool, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range x {
		x[i] = T(r.Float64()*20 + 1e-3)
	}
	v := VectorFor[T](l)
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
		})
	}
	for f := range UnaryCount {
		run(f.String(), func() { v.Unary[f](dst, x) })
	}
	for f := range BinaryCount {
		run(f.String(), func() { v.Binary[f](dst, x, x) })
	}
	run("fma", func() { v.FMA(dst, x, x, x) })
	run("lt", func() { v.Compare[Lt](bools, x, x) })
	run("choose", func() { v.Choose(dst, bools, x, x) })
}
