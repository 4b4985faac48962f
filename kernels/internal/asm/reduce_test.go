package asm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestReductionLevelsAgree compares the leaves of every level with the portable
// ones, to the bit, on ordinary numbers and on special ones.
func TestReductionLevelsAgree(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testReduction[float64](t, l) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testReduction[float32](t, l) })
	}
}

func testReduction[T Float](t *testing.T, l Level) {
	got, want := ReductionFor[T](l), ReductionFor[T](Portable)
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 140 {
		shift := r.IntN(8)
		x, y := leavesOf[T](r, n, shift), leavesOf[T](r, n, r.IntN(8))
		wide := func(f func(r *Reduction[T], out []float64)) {
			t.Helper()
			same(t, n, func(out []float64) { f(got, out) }, func(out []float64) { f(want, out) })
		}
		wide(func(r *Reduction[T], out []float64) { r.Sum(x, out) })
		wide(func(r *Reduction[T], out []float64) { r.Dot(x, y, out) })
		for k := range 3 {
			wide(func(r *Reduction[T], out []float64) {
				states := make([][3]float64, n)
				r.Moments(x, states)
				for i := range states {
					out[i] = states[i][k]
				}
			})
		}
		same(t, n, func(out []T) { got.Min(x, out) }, func(out []T) { want.Min(x, out) })
		same(t, n, func(out []T) { got.Max(x, out) }, func(out []T) { want.Max(x, out) })
	}
}

// leavesOf gives values for n leaves: ordinary, special, or a few zeros.
func leavesOf[T Float](r *rand.Rand, n, shift int) []T {
	x := make([]T, n*Leaf+shift)[shift:]
	special := sample[T](r, 64)
	for i := range x {
		switch i / Leaf % 4 {
		case 0, 1:
			x[i] = T(r.NormFloat64() * math.Exp(r.NormFloat64()*5))
		case 2:
			x[i] = T(math.Copysign(0, r.Float64()-0.5))
		default:
			x[i] = T(r.Float64())
			if r.IntN(200) == 0 {
				x[i] = special[r.IntN(len(special))]
			}
		}
	}
	return x
}

func same[T Float](t *testing.T, n int, got, want func(out []T)) {
	t.Helper()
	a, b := make([]T, n+1), make([]T, n)
	a[n] = 7
	got(a[:n])
	want(b)
	for i := range b {
		if bitsOf(a[i]) != bitsOf(b[i]) {
			t.Fatalf("leaf %d of %d is %v, portable %v", i, n, a[i], b[i])
		}
	}
	if a[n] != 7 {
		t.Fatalf("%d leaves: written beside the result", n)
	}
}

func BenchmarkReduction(b *testing.B) {
	for _, l := range Levels() {
		b.Run(l.String()+"/f64", func(b *testing.B) { benchReduction[float64](b, l) })
		b.Run(l.String()+"/f32", func(b *testing.B) { benchReduction[float32](b, l) })
	}
}

func benchReduction[T Float](b *testing.B, l Level) {
	const n = 8
	x := leavesOf[T](rand.New(rand.NewPCG(1, 1)), n, 0)
	for i := range x {
		x[i] = T(i)
	}
	r, wide, moments, narrow := ReductionFor[T](l), make([]float64, n), make([][3]float64, n), make([]T, n)
	for name, f := range map[string]func(){
		"sum": func() { r.Sum(x, wide) }, "dot": func() { r.Dot(x, x, wide) },
		"moments": func() { r.Moments(x, moments) }, "min": func() { r.Min(x, narrow) }, "max": func() { r.Max(x, narrow) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n/Leaf, "ns/elem")
		})
	}
}
