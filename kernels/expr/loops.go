package expr

import (
	"math"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Number is an element type that arithmetic is defined on.
type Number interface{ Integral | Floating }

// Integral is an integer element type.
type Integral interface{ uint8 | int32 | int64 }

// Floating is a float element type.
type Floating interface{ float32 | float64 }

// loops are the inner loops over an element type. All slices of a call have
// one length, dst overlaps no operand. An absent loop is nil.
type loops[T Number] struct {
	unary   [opCount]func(dst, x []T)
	binary  [opCount]func(dst, x, y []T)
	compare [opCount]func(dst []bool, x, y []T)
	fma     func(dst, x, y, z []T)
}

// The variants in use.
var (
	loops64 = floatLoops[float64](asm.Best())
	loops32 = floatLoops[float32](asm.Best())
	loopsU8 = intLoops[uint8]()
	loopsI4 = intLoops[int32]()
	loopsI8 = intLoops[int64]()
)

// unaryRoutines are the functions that package asm has.
var unaryRoutines = map[Op]asm.Unary{Exp: asm.Exp, Log: asm.Log, Sin: asm.Sin, Cos: asm.Cos}

// floatLoops returns the loops of a level that the machine has.
func floatLoops[T Floating](level asm.Level) *loops[T] {
	l := &loops[T]{fma: fmaLoop[T]}
	commonLoops(l)
	l.unary[Neg], l.unary[Abs], l.unary[Sign] = negLoop[T], absFloat[T], signLoop[T]
	l.unary[Sqrt], l.unary[Expm1] = sqrtLoop[T], expm1Loop[T]
	l.unary[Log1p] = log1pLoop[T]
	l.unary[Tan], l.unary[Tanh] = tanLoop[T], tanhLoop[T]
	l.unary[Floor], l.unary[Ceil], l.unary[Round] = floorLoop[T], ceilLoop[T], roundLoop[T]
	l.binary[Div], l.binary[Pow] = divLoop[T], powLoop[T]
	l.binary[FloorDiv], l.binary[Mod] = floorDivFloat[T], modFloat[T]
	l.binary[Min], l.binary[Max] = minFloat[T], maxFloat[T]
	v := asm.VectorFor[T](level)
	for op, f := range unaryRoutines {
		l.unary[op] = v.Unary[f]
	}
	return l
}

func intLoops[T Integral]() *loops[T] {
	l := &loops[T]{}
	commonLoops(l)
	l.unary[Neg], l.unary[Abs], l.unary[Sign] = negLoop[T], absInt[T], signLoop[T]
	l.binary[FloorDiv], l.binary[Mod] = floorDivInt[T], modInt[T]
	l.binary[Min], l.binary[Max] = minInt[T], maxInt[T]
	return l
}

func commonLoops[T Number](l *loops[T]) {
	l.binary[Add], l.binary[Sub], l.binary[Mul] = addLoop[T], subLoop[T], mulLoop[T]
	l.compare = compareLoops[T]()
}

func addLoop[T Number](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func subLoop[T Number](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func mulLoop[T Number](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func divLoop[T Floating](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
}

func negLoop[T Number](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = -x[i]
	}
}

func absFloat[T Floating](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = T(math.Abs(float64(x[i])))
	}
}

func absInt[T Integral](dst, x []T) {
	x = x[:len(dst)]
	for i, v := range x {
		if v < 0 {
			v = -v
		}
		dst[i] = v
	}
}

func signLoop[T Number](dst, x []T) {
	x = x[:len(dst)]
	for i, v := range x {
		switch {
		case v > 0:
			dst[i] = 1
		case v < 0:
			dst[i] = 0
			dst[i]--
		default: // a zero keeps its sign, a NaN stays
			dst[i] = v
		}
	}
}

// The builtins spread NaN and order -0 below 0, as IEEE 754-2019 minimum does.
func minFloat[T Floating](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = min(x[i], y[i])
	}
}

func maxFloat[T Floating](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = max(x[i], y[i])
	}
}

func minInt[T Integral](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = min(x[i], y[i])
	}
}

func maxInt[T Integral](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = max(x[i], y[i])
	}
}
