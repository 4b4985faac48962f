package asm

import "math"

// The exact functions in portable Go: the contract of the assembly. One loop a
// function, so that the compiler can inline what is inside.

func exactVector[T Float]() *Vector[T] {
	v := &Vector[T]{FMA: fmaLoop[T], Choose: chooseLoop[T]}
	v.Unary[Sqrt], v.Unary[Abs], v.Unary[Neg], v.Unary[Sign] = sqrtLoop[T], absLoop[T], negLoop[T], signLoop[T]
	v.Unary[Floor], v.Unary[Ceil], v.Unary[Round] = floorLoop[T], ceilLoop[T], roundLoop[T]
	v.Binary[Add], v.Binary[Sub], v.Binary[Mul], v.Binary[Div] = addLoop[T], subLoop[T], mulLoop[T], divLoop[T]
	v.Binary[Min], v.Binary[Max] = minLoop[T], maxLoop[T]
	v.Compare[Eq], v.Compare[Ne], v.Compare[Lt], v.Compare[Le] = eqLoop[T], neLoop[T], ltLoop[T], leLoop[T]
	return v
}

func sqrtLoop[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Sqrt(float64(x[i])))
	}
}

func absLoop[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Abs(float64(x[i])))
	}
}

func negLoop[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = -x[i]
	}
}

func signLoop[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i, v := range x {
		switch {
		case v > 0:
			v = 1
		case v < 0:
			v = -1
		}
		dst[i] = v
	}
}

func floorLoop[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Floor(float64(x[i])))
	}
}

func ceilLoop[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Ceil(float64(x[i])))
	}
}

func roundLoop[T Float](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(math.RoundToEven(float64(x[i])))
	}
}

func addLoop[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func subLoop[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func mulLoop[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func divLoop[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
}

// The builtins spread NaN and order -0 below 0, as IEEE 754-2019 minimum does.
func minLoop[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = min(x[i], y[i])
	}
}

func maxLoop[T Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = max(x[i], y[i])
	}
}

func fmaLoop[T Float](dst, x, y, z []T) {
	x, y, z = x[:len(dst)], y[:len(dst)], z[:len(dst)]
	if _, ok := any(T(0)).(float32); ok {
		for i := range dst {
			dst[i] = T(fma32(float64(x[i]), float64(y[i]), float64(z[i])))
		}
		return
	}
	for i := range dst {
		dst[i] = T(math.FMA(float64(x[i]), float64(y[i]), float64(z[i])))
	}
}

// fma32 is x·y + z of numbers that are float32, so that rounding it to float32
// rounds once. The product is exact; where the sum is not, it is made odd in
// its last place, which no second rounding can mistake for a tie: S. Boldo and
// G. Melquiond, Emulation of FMA and correctly rounded sums (2008).
func fma32(x, y, z float64) float64 {
	p := x * y
	s := p + z
	back := s - p
	lost := (p - (s - back)) + (z - back)
	bits := math.Float64bits(s)
	if lost == 0 || bits&1 == 1 || lost != lost {
		return s
	}
	if (lost > 0) == (s > 0) {
		return math.Float64frombits(bits + 1)
	}
	return math.Float64frombits(bits - 1)
}

func eqLoop[T Lane](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] == y[i]
	}
}

func neLoop[T Lane](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] != y[i]
	}
}

func ltLoop[T Lane](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] < y[i]
	}
}

func leLoop[T Lane](dst []bool, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] <= y[i]
	}
}

func chooseLoop[T Float](dst []T, which []bool, x, y []T) {
	which, x, y = which[:len(dst)], x[:len(dst)], y[:len(dst)]
	for i, take := range which {
		v := y[i]
		if take {
			v = x[i]
		}
		dst[i] = v
	}
}
