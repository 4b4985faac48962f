package asm

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"unsafe"
)

func TestCasts(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 8))
			castsFrom(t, l, func(n int) []float64 { return floatsNearWhole[float64](r, n) })
			castsFrom(t, l, func(n int) []float32 { return floatsNearWhole[float32](r, n) })
			castsFrom(t, l, func(n int) []int64 { return wholeSample[int64](r, n) })
			castsFrom(t, l, func(n int) []int32 { return wholeSample[int32](r, n) })
		})
	}
}

// floatsNearWhole gives floats, many of them next to where integers end.
func floatsNearWhole[T Float](r *rand.Rand, n int) []T {
	edges := []float64{-0x1p31, 0x1p31, -0x1p63, 0x1p63, -0x1p31 - 1, 0x1p31 - 1, 0x1p53, 0}
	x := sample[T](r, n)
	for i := range x {
		switch r.IntN(4) {
		case 0:
			e := T(edges[r.IntN(len(edges))])
			x[i] = []T{e, next(e, math.Inf(1)), next(e, math.Inf(-1)), e - 0.5, e + 0.5}[r.IntN(5)]
		case 1:
			x[i] = T(r.NormFloat64() * 1e9)
		}
	}
	return x
}

func next[T Float](x T, to float64) T {
	if kindOf[T]() == kindF32 {
		return T(math.Nextafter32(float32(x), float32(to)))
	}
	return T(math.Nextafter(float64(x), to))
}

func castsFrom[F Lane](t *testing.T, l Level, of func(n int) []F) {
	t.Helper()
	testCast[F, float64](t, l, false, of)
	testCast[F, float32](t, l, false, of)
	for _, checked := range []bool{false, true} {
		testCast[F, int64](t, l, checked, of)
		testCast[F, int32](t, l, checked, of)
	}
}

// oneCast converts by way of exact numbers.
func oneCast[F, T Lane](v F, checked bool) (result T, fits bool) {
	if f := float64(v); kindOf[F]() <= kindF64 && (f != f || math.IsInf(f, 0)) {
		return T(0), false
	}
	exact, _ := new(big.Float).SetFloat64(float64(v)).Int(nil)
	if kindOf[F]() > kindF64 {
		exact = big.NewInt(int64(v))
	}
	low := big.NewInt(math.MinInt32)
	high := big.NewInt(math.MaxInt32)
	if kindOf[T]() == kindI64 {
		low, high = big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	}
	switch inside := exact.Cmp(low) >= 0 && exact.Cmp(high) <= 0; {
	case inside:
		return T(exact.Int64()), true
	case kindOf[F]() <= kindF64:
		return 0, false
	}
	return T(int32(exact.Int64())), !checked
}

func testCast[F, T Lane](t *testing.T, l Level, checked bool, of func(n int) []F) {
	t.Helper()
	c := CastFor[F, T](l, checked)
	name := fmt.Sprintf("%T to %T, checked %t", F(0), T(0), checked)
	for _, n := range lengths {
		x := of(n + 5)[5:]
		if n%2 == 1 && kindOf[T]() > kindF64 { // none that does not fit
			for i := range x {
				x[i] = F(i%1000) / 2
			}
		}
		dst, want := make([]T, n+2), make([]T, n)
		dst[0], dst[n+1] = 7, 7
		fits := true
		for i, v := range x {
			if kindOf[T]() <= kindF64 {
				want[i] = T(v)
				continue
			}
			var ok bool
			want[i], ok = oneCast[F, T](v, checked)
			fits = fits && ok
		}
		if got := c.Run(dst[1:n+1], x); got != fits {
			t.Fatalf("%s, %d values: fits %t, want %t", name, n, got, fits)
		}
		for i := range want {
			if dst[i+1] != want[i] && (dst[i+1] == dst[i+1] || want[i] == want[i]) {
				t.Fatalf("%s: %v is %v, want %v (element %d of %d)", name, x[i], dst[i+1], want[i], i, n)
			}
		}
		if dst[0] != 7 || dst[n+1] != 7 {
			t.Fatalf("%s, %d values: written beside the result", name, n)
		}
		if !c.Routine.Exists() || n < 2*leastPiece {
			continue
		}
		run := Chain{Piece: leastPiece}
		k := run.Add(c.Routine)
		run.Set(k, 0, Operand{unsafe.Pointer(&dst[1]), int(unsafe.Sizeof(dst[0]))})
		run.Set(k, 1, Operand{unsafe.Pointer(&x[0]), int(unsafe.Sizeof(x[0]))})
		if flagged := run.Run(1, n); flagged == fits {
			t.Fatalf("%s, %d values in a chain: flagged %t", name, n, flagged)
		}
	}
}

// TestCastsThere names what a level has as assembly, so that a routine that is
// left out of the tables is noticed.
func TestCastsThere(t *testing.T) {
	for _, l := range Levels()[1:] {
		for name, there := range map[string]bool{
			"f64 to f32": CastFor[float64, float32](l, false).Routine.Exists(), "f64 to i32": CastFor[float64, int32](l, true).Routine.Exists(),
			"f32 to f64": CastFor[float32, float64](l, false).Routine.Exists(), "f32 to i32": CastFor[float32, int32](l, false).Routine.Exists(),
			"i32 to f64": CastFor[int32, float64](l, false).Routine.Exists(), "i32 to f32": CastFor[int32, float32](l, false).Routine.Exists(),
			"i32 to i64": CastFor[int32, int64](l, true).Routine.Exists(), "i64 to i32": CastFor[int64, int32](l, false).Routine.Exists(),
			"i64 to i32, checked": CastFor[int64, int32](l, true).Routine.Exists(),
			"i64 to f64":          CastFor[int64, float64](l, false).Routine.Exists() || l < AVX512, "i64 to f32": CastFor[int64, float32](l, false).Routine.Exists() || l < AVX512,
			"f64 to i64": CastFor[float64, int64](l, true).Routine.Exists() || l < AVX512, "f32 to i64": CastFor[float32, int64](l, false).Routine.Exists() || l < AVX512,
		} {
			if !there {
				t.Errorf("%v has no cast of %s", l, name)
			}
		}
	}
}

func BenchmarkCasts(b *testing.B) {
	const n = 1024
	f64, f32, i64, i32 := make([]float64, n), make([]float32, n), make([]int64, n), make([]int32, n)
	for _, l := range Levels() {
		run := func(name string, f func()) {
			b.Run(l.String()+"/"+name, func(b *testing.B) {
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
			})
		}
		toI64, toI32, narrow := CastFor[float64, int64](l, true), CastFor[float64, int32](l, true), CastFor[int64, int32](l, true)
		wide, single := CastFor[int64, float64](l, false), CastFor[float64, float32](l, false)
		run("f64-i64", func() { toI64.Run(i64, f64) })
		run("f64-i32", func() { toI32.Run(i32, f64) })
		run("i64-i32", func() { narrow.Run(i32, i64) })
		run("i64-f64", func() { wide.Run(f64, i64) })
		run("f64-f32", func() { single.Run(f32, f64) })
	}
}
