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
		r := rand.New(rand.NewPCG(uint64(f), 1))
		for n := range 110 {
			if n >= 100 {
				n = stretch*(1+n%3) + 7*n - 735
			}
			shift := r.IntN(8)
			x := sample[T](r, n+shift)[shift:]
			dst, expect := make([]T, n+2), make([]T, n)
			dst[0], dst[n+1] = 7, 7
			got.Unary[f](dst[1:n+1], x)
			want.Unary[f](expect, x)
			for i := range expect {
				if bitsOf(dst[i+1]) != bitsOf(expect[i]) {
					t.Fatalf("%v(%v): %v, portable %v (element %d of %d)", f, x[i], dst[i+1], expect[i], i, n)
				}
			}
			if dst[0] != 7 || dst[n+1] != 7 {
				t.Fatalf("%v of %d values: written beside the result", f, n)
			}
		}
	}
}

func BenchmarkUnary(b *testing.B) {
	for _, l := range Levels() {
		b.Run(l.String()+"/f64", func(b *testing.B) { benchUnary[float64](b, l) })
		b.Run(l.String()+"/f32", func(b *testing.B) { benchUnary[float32](b, l) })
	}
}

func benchUnary[T Float](b *testing.B, l Level) {
	const n = 1024
	x, dst := make([]T, n), make([]T, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range x {
		x[i] = T(r.Float64()*20 + 1e-3)
	}
	v := VectorFor[T](l)
	for f := range UnaryCount {
		b.Run(f.String(), func(b *testing.B) {
			for b.Loop() {
				v.Unary[f](dst, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
		})
	}
}
