package asm

import "math"

// The elementary functions, one number at a time: the contract of the assembly.
var (
	elementary64 = [UnaryCount]func(float64) float64{Exp: exp64, Expm1: expm164, Log: log64, Log1p: log1p64,
		Sin: sin64, Cos: cos64, Tan: tan64, Tanh: tanh64}
	elementary32 = [UnaryCount]func(float32) float32{Exp: exp32, Expm1: expm132, Log: log32, Log1p: log1p32,
		Sin: sin32, Cos: cos32, Tan: tan32, Tanh: tanh32}
)

func elementaryOf[T Float]() [UnaryCount]func(T) T {
	var all any = elementary64
	if _, ok := any(T(0)).(float32); ok {
		all = elementary32
	}
	return all.([UnaryCount]func(T) T)
}

func portableVector[T Float]() *Vector[T] {
	v := exactVector[T]()
	for f, one := range elementaryOf[T]() {
		if one != nil {
			v.Unary[f] = each(one)
		}
	}
	fittingPow(&v.Binary[Pow])
	return v
}

func fittingPow[T Float](f *func(dst, x, y []T)) {
	var all any = eachTwo(pow64)
	if _, ok := any(T(0)).(float32); ok {
		all = eachTwo(pow32)
	}
	*f = all.(func(dst, x, y []T))
}

func eachTwo[T Float](one func(x, y T) T) func(dst, x, y []T) {
	return func(dst, x, y []T) {
		x, y = x[:len(dst)], y[:len(dst)]
		for i, v := range x {
			dst[i] = one(v, y[i])
		}
	}
}

func each[T Float](one func(T) T) func(dst, x []T) {
	return func(dst, x []T) {
		x = x[:len(dst)]
		for i, v := range x {
			dst[i] = one(v)
		}
	}
}

// lesser and greater are y where the two cannot be compared, as the
// instructions have it.
func lesser[T Float](x, y T) T {
	if x < y {
		return x
	}
	return y
}

func greater[T Float](x, y T) T {
	if x > y {
		return x
	}
	return y
}

// scale is x·2ⁿ, rounded once, where low holds n + 2046 in its lowest bits: the
// first product is exact.
func scale(x float64, low uint64) float64 {
	half := low >> 1
	return float64(x*math.Float64frombits(half<<52)) * math.Float64frombits((low-half)<<52)
}

// scale32 is x·2ⁿ, rounded once, where low holds n + 254 in its lowest bits.
func scale32(x float32, low uint32) float32 {
	half := low >> 1
	return float32(x*math.Float32frombits(half<<23)) * math.Float32frombits((low-half)<<23)
}

// fmaSingle is x·y + z with one rounding.
func fmaSingle(x, y, z float32) float32 {
	return float32(fma32(float64(x), float64(y), float64(z)))
}

// maxAngle32 is the angle from which on functions of float32 are computed in
// float64.
const maxAngle32 = 0x1p17

func beyondSingle(x float32) bool { return math.Abs(float64(x)) >= maxAngle32 }

// maxAngle is the angle from which on reduceFar reduces; below it that is done with π/2 in three parts.
const maxAngle = 0x1p29

func beyondReduction(x float64) bool   { return math.Abs(x) >= maxAngle }
func beyondReduction64(x float64) bool { return beyondReduction(x) }
func beyondReduction32(x float32) bool { return beyondReduction(float64(x)) }

// beyondPow is true of the powers that math.Pow has special values for, but for
// zeros and negative bases of whole exponents.
func beyondPow(x, y float64) bool {
	return x != x || y != y || math.Abs(x) == math.Inf(1) || math.Abs(y) == math.Inf(1) || x < 0 && math.RoundToEven(y) != y
}

func beyondPow64(x, y float64) bool { return beyondPow(x, y) }
func beyondPow32(x, y float32) bool { return beyondPow(float64(x), float64(y)) }
