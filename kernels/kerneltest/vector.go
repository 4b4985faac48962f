package kerneltest

import (
	"math"
	"testing"
)

// Unary is a function on float64, a vector at a time: dst and x have one length
// and do not overlap.
type Unary struct {
	Name string
	Loop func(dst, x []float64)
	Want func(x float64) float64
	ULP  uint64 // how many representable numbers apart the two may be
}

// Binary is a function of two float64, a vector at a time: all three have one
// length and dst overlaps neither of the others.
type Binary struct {
	Name string
	Loop func(dst, x, y []float64)
	Want func(x, y float64) float64
	ULP  uint64
}

// awkward are the numbers that fast code gets wrong.
var awkward = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, 1e-300, -1e300, 0.1, math.Pi, -math.Pi / 2, 710, -745, 1e15 + 0.5,
	math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1022, 0x1p-1060,
	math.Inf(1), math.Inf(-1), math.NaN(), 1 + 0x1p-52, 1 - 0x1p-53, math.E, 1e8, -1e8, 4503599627370496.5, 20, -20,
}

// lengths of vectors around the widths and unrollings of processors.
var lengths = []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 1000}

// sample returns n awkward and ordinary numbers.
func sample(n, seed int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		k := (i + seed) * 2654435761 % 4294967296
		xs[i] = float64(k)/0x1p28 - 8
		if k%3 == 0 {
			xs[i] = awkward[k/3%len(awkward)]
		}
	}
	return xs
}

// UnaryVector is the suite of a function of one number: awkward numbers, all
// lengths, all alignments, nothing written beside the result.
func UnaryVector(t testing.TB, u Unary) {
	t.Helper()
	for _, n := range lengths {
		for shift := range 8 {
			x := sample(n+shift, n)[shift:]
			dst, intact := guarded(n, 7-shift)
			u.Loop(dst, x)
			if !intact() {
				t.Errorf("%s of %d numbers: written beside the result", u.Name, n)
				return
			}
			for i, v := range x {
				if want := u.Want(v); !near(dst[i], want, u.ULP) {
					t.Errorf("%s(%v) is %v, want %v within %d ulp (element %d of %d)", u.Name, v, dst[i], want, u.ULP, i, n)
					return
				}
			}
		}
	}
	x := append([]float64{}, awkward...)
	dst := make([]float64, len(x))
	u.Loop(dst, x)
	for i, v := range x {
		if want := u.Want(v); !near(dst[i], want, u.ULP) {
			t.Errorf("%s(%v) is %v, want %v within %d ulp", u.Name, v, dst[i], want, u.ULP)
		}
	}
}

// BinaryVector is the suite of a function of two numbers: awkward numbers with
// each other, all lengths, all alignments, nothing written beside the result.
func BinaryVector(t testing.TB, b Binary) {
	t.Helper()
	check := func(dst, x, y []float64) {
		t.Helper()
		for i := range dst {
			if want := b.Want(x[i], y[i]); !near(dst[i], want, b.ULP) {
				t.Errorf("%s(%v, %v) is %v, want %v within %d ulp (element %d of %d)", b.Name, x[i], y[i], dst[i], want, b.ULP, i, len(dst))
				return
			}
		}
	}
	for _, n := range lengths {
		for shift := range 8 {
			x, y := sample(n+shift, n)[shift:], sample(n+7-shift, n+5)[7-shift:]
			dst, intact := guarded(n, shift)
			b.Loop(dst, x, y)
			if !intact() {
				t.Errorf("%s of %d numbers: written beside the result", b.Name, n)
				return
			}
			check(dst, x, y)
		}
	}
	for _, v := range awkward {
		y := make([]float64, len(awkward))
		for i := range y {
			y[i] = v
		}
		dst := make([]float64, len(y))
		b.Loop(dst, awkward, y)
		check(dst, awkward, y)
	}
}

// guarded returns n numbers inside a longer vector, starting at the given
// place, and a function that reports whether the rest is untouched.
func guarded(n, shift int) (dst []float64, intact func() bool) {
	const mark = -12345.678
	all := make([]float64, n+shift+9)
	for i := range all {
		all[i] = mark
	}
	return all[shift : shift+n : shift+n], func() bool {
		for i, v := range all {
			if (i < shift || i >= shift+n) && v != mark {
				return false
			}
		}
		return true
	}
}

// near reports whether two numbers are at most ulp representable numbers apart.
// Zeros of either sign are equal unless ulp is 0; all NaN are equal.
func near(x, y float64, ulp uint64) bool {
	if math.IsNaN(x) || math.IsNaN(y) {
		return math.IsNaN(x) && math.IsNaN(y)
	}
	if ulp == 0 || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Float64bits(x) == math.Float64bits(y)
	}
	i, j := order(x), order(y)
	return max(i, j)-min(i, j) <= int64(ulp) && max(i, j)-min(i, j) >= 0
}

// order numbers the floats from the least up.
func order(x float64) int64 {
	if bits := int64(math.Float64bits(x)); bits >= 0 {
		return bits
	}
	return -int64(math.Float64bits(x) &^ (1 << 63))
}
