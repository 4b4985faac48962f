package asm

import "math"

// Leaf is how many values are reduced in one go: the leaves of the trees that
// reductions are. One is 4 KiB of float64.
const Leaf = 512

// Reduction holds the reductions of leaves for one level: x is Leaf values for
// each state in out. States are the same, to the bit, at every level, and those
// of [SumOf], [MomentsOf], [DotOf] and the language's min and max.
type Reduction[T Float] struct {
	Sum      func(x []T, out []float64)
	Dot      func(x, y []T, out []float64)
	Moments  func(x []T, out [][3]float64)
	Min, Max func(x, out []T)
}

// ReductionFor returns the reductions of a level that the machine has.
func ReductionFor[T Float](l Level) *Reduction[T] {
	r := routinesFor[T](l)
	if r == nil {
		return portableReduction[T]()
	}
	return &Reduction[T]{
		Sum: func(x []T, out []float64) {
			leaves(len(x), len(out), func(from, n int) { r.sum(n, &x[from*Leaf], &out[from]) })
		},
		Dot: func(x, y []T, out []float64) {
			y = y[:len(x)]
			leaves(len(x), len(out), func(from, n int) { r.dot(n, &x[from*Leaf], &y[from*Leaf], &out[from]) })
		},
		Moments: func(x []T, out [][3]float64) {
			leaves(len(x), len(out), func(from, n int) { r.moments(n, &x[from*Leaf], &out[from][0]) })
		},
		Min: func(x, out []T) {
			leaves(len(x), len(out), func(from, n int) { r.min(n, &x[from*Leaf], &out[from]) })
		},
		Max: func(x, out []T) {
			leaves(len(x), len(out), func(from, n int) { r.max(n, &x[from*Leaf], &out[from]) })
		},
	}
}

// leaves calls f for all leaves, 64 at a time, for which it needs microseconds.
func leaves(values, states int, f func(from, n int)) {
	if values != states*Leaf {
		panic("asm: not as many values as the leaves have")
	}
	for from := 0; from < states; from += 64 {
		f(from, min(64, states-from))
	}
}

func portableReduction[T Float]() *Reduction[T] {
	each := func(x []T, n int, f func(i int, x []T)) {
		leaves(len(x), n, func(int, int) {})
		for i := range n {
			f(i, x[i*Leaf:(i+1)*Leaf])
		}
	}
	return &Reduction[T]{
		Sum: func(x []T, out []float64) {
			each(x, len(out), func(i int, x []T) { out[i] = SumOf(x) })
		},
		Dot: func(x, y []T, out []float64) {
			each(x, len(out), func(i int, x []T) { out[i] = DotOf(x, y[i*Leaf:(i+1)*Leaf]) })
		},
		Moments: func(x []T, out [][3]float64) {
			each(x, len(out), func(i int, x []T) { out[i] = MomentsOf(x) })
		},
		Min: func(x, out []T) {
			each(x, len(out), func(i int, x []T) { out[i] = least(x) })
		},
		Max: func(x, out []T) {
			each(x, len(out), func(i int, x []T) { out[i] = most(x) })
		},
	}
}

func least[T Float](x []T) T {
	m := x[0]
	for _, v := range x {
		m = min(m, v)
	}
	return m
}

func most[T Float](x []T) T {
	m := x[0]
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

// Number is what sums are taken of.
type Number interface {
	Float | uint8 | int32 | int64
}

// SumOf adds up numbers, which may be fewer than a leaf, in float64: 32 lanes
// that do not wait for each other.
func SumOf[T Number](x []T) float64 {
	var s [32]float64
	for ; len(x) >= len(s); x = x[len(s):] {
		for i, v := range x[:len(s)] {
			s[i] += float64(v)
		}
	}
	for i, v := range x {
		s[i] += float64(v)
	}
	return total32(&s)
}

// DotOf adds up products of numbers, as SumOf does, each rounded with its sum.
func DotOf[T Float](x, y []T) float64 {
	var s [32]float64
	y = y[:len(x)]
	for len(x) > 0 {
		n := min(len(x), len(s))
		for i, v := range x[:n] {
			s[i] = math.FMA(float64(v), float64(y[i]), s[i])
		}
		x, y = x[n:], y[n:]
	}
	return total32(&s)
}

// MomentsOf returns the sum of numbers, and the sums of their deviations from
// the mean and of the squares of these, in 16 lanes.
func MomentsOf[T Number](x []T) [3]float64 {
	sum := SumOf(x)
	mean := sum / float64(len(x))
	var off, squares [16]float64
	for len(x) > 0 {
		n := min(len(x), len(off))
		for i, v := range x[:n] {
			d := float64(v) - mean
			off[i] += d
			squares[i] = math.FMA(d, d, squares[i])
		}
		x = x[n:]
	}
	return [3]float64{sum, total16(&off), total16(&squares)}
}

// total32 and total16 add lanes up: eights in pairs, then upper halves to lower
// ones, as registers have it.
func total32(s *[32]float64) float64 {
	var v [8]float64
	for i := range v {
		v[i] = (s[i] + s[i+8]) + (s[i+16] + s[i+24])
	}
	return total8(&v)
}

func total16(s *[16]float64) float64 {
	var v [8]float64
	for i := range v {
		v[i] = s[i] + s[i+8]
	}
	return total8(&v)
}

func total8(v *[8]float64) float64 {
	return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
}
