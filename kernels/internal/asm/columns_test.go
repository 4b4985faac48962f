package asm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestColumnsAgree compares every level with the portable one, to the bit, and
// with gaps between the rows.
func TestColumnsAgree(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testColumns[float64](t, l) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testColumns[float32](t, l) })
	}
}

func testColumns[T Float](t *testing.T, l Level) {
	got, want := ColumnsFor[T](l), ColumnsFor[T](Portable)
	r := rand.New(rand.NewPCG(8, 8))
	for n := 1; n < 300; n += 1 + n/60 {
		rows, ld := 1+r.IntN(16), n+r.IntN(5)
		x := sample[T](r, (rows-1)*ld+n+3)[3:]
		if n%3 == 0 {
			for i := range x {
				x[i] = T(r.NormFloat64())
			}
		}
		same(t, n, func(out []float64) { got.Sum(x, ld, rows, out) }, func(out []float64) { want.Sum(x, ld, rows, out) })
		same(t, n, func(out []T) { got.Min(x, ld, rows, out) }, func(out []T) { want.Min(x, ld, rows, out) })
		same(t, n, func(out []T) { got.Max(x, ld, rows, out) }, func(out []T) { want.Max(x, ld, rows, out) })
		means, aside := make([]float64, n), make([]float64, n)
		for i := range means {
			means[i] = math.Sin(float64(i))
		}
		same(t, n, func(out []float64) { got.Deviations(x, ld, rows, means, out, aside) },
			func(out []float64) { want.Deviations(x, ld, rows, means, out, aside) })
		same(t, n, func(out []float64) { got.Deviations(x, ld, rows, means, aside, out) },
			func(out []float64) { want.Deviations(x, ld, rows, means, aside, out) })
	}
}

func TestColumnsRefuseShortRows(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("too few values were accepted")
		}
	}()
	ColumnsFor[float64](Best()).Sum(make([]float64, 10), 64, 2, make([]float64, 64))
}
