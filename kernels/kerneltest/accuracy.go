package kerneltest

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// Accuracy is a claim: that Loop computes Exact to ULP units in the last place,
// and Special where the argument or the result is no ordinary number.
type Accuracy[T kernels.Float] struct {
	Name    string
	Loop    func(dst, x []T)
	Exact   func(x *big.Float) *big.Float
	Special func(x float64) float64 // as package math has it
	From    T                       // arguments are taken from all floats from here
	To      T                       // to there, and more around them
	ULP     float64
}

// Measure asserts the claim for n random arguments, half of them evenly among
// the representable numbers and half evenly along the line, and returns the
// largest error.
func (a Accuracy[T]) Measure(t testing.TB, n int) (worst float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(len(a.Name)), 4))
	x := make([]T, n)
	for i := range x {
		switch i % 4 {
		case 0, 1:
			x[i] = a.From + T(r.Float64())*(a.To-a.From)
		case 2:
			x[i] = between(r, a.From, a.To)
		default:
			x[i] = T(r.NormFloat64())
		}
	}
	x = append(x, a.From, a.To)
	for _, v := range awkward {
		x = append(x, T(v))
	}
	dst := make([]T, len(x))
	a.Loop(dst, x)
	var at T
	for i, v := range x {
		if e := a.off(t, v, dst[i]); e > worst {
			worst, at = e, v
		}
	}
	if worst > a.ULP {
		t.Errorf("%s(%v) is off by %.3f ulp, at most %v are claimed", a.Name, at, worst, a.ULP)
	}
	return worst
}

// One asserts the claim for one result.
func (a Accuracy[T]) One(t testing.TB, x, got T) {
	t.Helper()
	if e := a.off(t, x, got); e > a.ULP {
		t.Errorf("%s(%v) is %v, off by %.3f ulp, at most %v are claimed", a.Name, x, got, e, a.ULP)
	}
}

// off is the error of one result, 0 where it is special and right.
func (a Accuracy[T]) off(t testing.TB, x, got T) float64 {
	t.Helper()
	v := float64(x)
	want := a.Special(v)
	if math.IsNaN(v) || math.IsInf(v, 0) || math.IsNaN(want) || v == 0 || math.IsInf(float64(T(want)), 0) && math.IsInf(float64(got), 0) {
		if math.Float64bits(float64(got)) != math.Float64bits(float64(T(want))) && !(math.IsNaN(float64(got)) && math.IsNaN(want)) {
			t.Errorf("%s(%v) is %v, want %v", a.Name, x, got, T(want))
		}
		return 0
	}
	return ULPs(got, a.Exact(number(v)))
}

// ULPs is how many units in the last place of the exact result lie between it
// and a float. Below the normal numbers the unit stays the least number.
func ULPs[T kernels.Float](got T, want *big.Float) float64 {
	digits, least := 53, -1074
	if _, ok := any(got).(float32); ok {
		digits, least = 24, -149
	}
	if math.IsNaN(float64(got)) {
		return math.Inf(1)
	}
	if math.IsInf(float64(got), 0) { // as if the range went on
		got = T(math.Copysign(1, float64(got)))
		limit := zero().SetMantExp(number(float64(got)), map[int]int{53: 1024, 24: 128}[digits])
		return ulpsFrom(limit, want, digits, least)
	}
	return ulpsFrom(number(float64(got)), want, digits, least)
}

func ulpsFrom(got, want *big.Float, digits, least int) float64 {
	if want.Sign() == 0 {
		return math.Abs(float64(got.Sign()))
	}
	unit := max(want.MantExp(nil)-digits, least)
	off := zero().Sub(got, want)
	off.SetMantExp(off, -unit)
	e, _ := off.Float64()
	return math.Abs(e)
}

// between picks evenly among the representable numbers from … to.
func between[T kernels.Float](r *rand.Rand, from, to T) T {
	switch any(from).(type) {
	case float32:
		lo, hi := order32(float32(from)), order32(float32(to))
		return T(unorder32(lo + r.Int64N(hi-lo+1)))
	}
	lo, hi := order(float64(from)), order(float64(to))
	span := uint64(hi) - uint64(lo) + 1
	return T(unorder(int64(uint64(lo) + r.Uint64N(span))))
}

func order32(x float32) int64 {
	if bits := int64(math.Float32bits(x)); bits < 1<<31 {
		return bits
	}
	return -int64(math.Float32bits(x) &^ (1 << 31))
}

func unorder32(i int64) float32 {
	if i >= 0 {
		return math.Float32frombits(uint32(i))
	}
	return math.Float32frombits(uint32(-i) | 1<<31)
}

func unorder(i int64) float64 {
	if i >= 0 {
		return math.Float64frombits(uint64(i))
	}
	return math.Float64frombits(uint64(-i) | 1<<63)
}
