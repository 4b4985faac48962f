package fake

import (
	"math"
	"unsafe"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// float is an element that gemm and sums compute with.
type float interface{ float64 | float32 }

// number is an element that elementwise programs read or write.
type number interface {
	float | uint8 | int32 | int64
}

func sizeOf[T any]() int64 {
	var t T
	return int64(unsafe.Sizeof(t))
}

// operations are those of the elementwise machine, but for loads and
// constants.
var operations = [device.OpCount]func(a, b, c float64) float64{
	device.OpMove:     func(a, _, _ float64) float64 { return a },
	device.OpTruth:    func(a, _, _ float64) float64 { return truth(a != 0) },
	device.OpAdd:      func(a, b, _ float64) float64 { return a + b },
	device.OpSub:      func(a, b, _ float64) float64 { return a - b },
	device.OpMul:      func(a, b, _ float64) float64 { return a * b },
	device.OpDiv:      func(a, b, _ float64) float64 { return a / b },
	device.OpFloorDiv: func(a, b, _ float64) float64 { return floorDiv(a, b) },
	device.OpMod:      func(a, b, _ float64) float64 { return floorMod(a, b) },
	device.OpMin:      func(a, b, _ float64) float64 { return min(a, b) },
	device.OpMax:      func(a, b, _ float64) float64 { return max(a, b) },
	device.OpPow:      func(a, b, _ float64) float64 { return power(a, b) },
	device.OpNeg:      func(a, _, _ float64) float64 { return -a },
	device.OpAbs:      unary(math.Abs),
	device.OpSign:     unary(sign),
	device.OpSqrt:     unary(math.Sqrt),
	device.OpExp:      unary(math.Exp),
	device.OpExpm1:    unary(math.Expm1),
	device.OpLog:      unary(logarithm),
	device.OpLog1p:    unary(math.Log1p),
	device.OpSin:      unary(math.Sin),
	device.OpCos:      unary(math.Cos),
	device.OpTan:      unary(math.Tan),
	device.OpTanh:     unary(math.Tanh),
	device.OpFloor:    unary(math.Floor),
	device.OpCeil:     unary(math.Ceil),
	device.OpRound:    unary(math.RoundToEven),
	device.OpFMA:      math.FMA,
	device.OpIsNaN:    func(a, _, _ float64) float64 { return truth(a != a) },
	device.OpEq:       func(a, b, _ float64) float64 { return truth(a == b) },
	device.OpNe:       func(a, b, _ float64) float64 { return truth(a != b) },
	device.OpLt:       func(a, b, _ float64) float64 { return truth(a < b) },
	device.OpLe:       func(a, b, _ float64) float64 { return truth(a <= b) },
	device.OpGt:       func(a, b, _ float64) float64 { return truth(a > b) },
	device.OpGe:       func(a, b, _ float64) float64 { return truth(a >= b) },
	device.OpAnd:      func(a, b, _ float64) float64 { return truth(a != 0 && b != 0) },
	device.OpOr:       func(a, b, _ float64) float64 { return truth(a != 0 || b != 0) },
	device.OpXor:      func(a, b, _ float64) float64 { return truth((a != 0) != (b != 0)) },
	device.OpNot:      func(a, _, _ float64) float64 { return truth(a == 0) },
	device.OpWhere:    where,
}

func unary(f func(float64) float64) func(a, b, c float64) float64 {
	return func(a, _, _ float64) float64 { return f(a) }
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func where(a, b, c float64) float64 {
	if a != 0 {
		return b
	}
	return c
}

func sign(a float64) float64 {
	switch {
	case a > 0:
		return 1
	case a < 0:
		return -1
	}
	return a // a zero keeps its sign, a NaN stays
}

// Go's logarithm on amd64, and its power with it, are wrong for denormal
// numbers (math.Log(5e-324) is -709.1, and should be -744.4), so these are
// made normal first.
const (
	leastNormal = 0x1p-1022
	lift        = 54
)

func logarithm(a float64) float64 {
	if a > 0 && a < leastNormal {
		return math.Log(math.Ldexp(a, lift)) - lift*math.Ln2
	}
	return math.Log(a)
}

func power(a, b float64) float64 {
	if a > 0 && a < leastNormal && b != 0 && math.Abs(b) < 2 {
		return math.Pow(math.Ldexp(a, lift), b) * math.Exp2(-lift*b)
	}
	return math.Pow(a, b)
}

// floorMod is the remainder that has the sign of b.
func floorMod(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	r := math.Mod(a, b)
	switch {
	case r == 0:
		return math.Copysign(0, b)
	case (b < 0) != (r < 0):
		return r + b
	}
	return r
}

// floorDiv is the quotient that belongs to floorMod.
func floorDiv(a, b float64) float64 {
	if b == 0 {
		return a / b
	}
	r := math.Mod(a, b)
	q := (a - r) / b
	if r != 0 && (b < 0) != (r < 0) {
		q--
	}
	if q == 0 {
		return math.Copysign(0, a/b)
	}
	whole := math.Floor(q)
	if q-whole > 0.5 {
		whole++
	}
	return whole
}
