package expr

import "math"

// Number is an element type that arithmetic is defined on.
type Number interface{ Integral | Floating }

// Integral is an integer element type.
type Integral interface{ uint8 | int32 | int64 }

// Floating is a float element type.
type Floating interface{ float32 | float64 }

// Loops is one variant of the inner loops over an element type: portable Go
// here; assembly that the processor allows can take its place. All slices of a
// call have one length, dst overlaps no operand. An absent loop is nil.
type Loops[T Number] struct {
	Unary   [opCount]func(dst, x []T)
	Binary  [opCount]func(dst, x, y []T)
	Compare [opCount]func(dst []bool, x, y []T)
	FMA     func(dst, x, y, z []T)
}

// Portable64 returns the portable loops over float64.
func Portable64() *Loops[float64] { return floatLoops[float64]() }

// Portable32 returns the portable loops over float32.
func Portable32() *Loops[float32] { return floatLoops[float32]() }

// The variants in use.
var (
	loops64 = Portable64()
	loops32 = Portable32()
	loopsU8 = intLoops[uint8]()
	loopsI4 = intLoops[int32]()
	loopsI8 = intLoops[int64]()
)

func floatLoops[T Floating]() *Loops[T] {
	l := &Loops[T]{FMA: fmaLoop[T]}
	commonLoops(l)
	l.Unary[Neg], l.Unary[Abs], l.Unary[Sign] = negLoop[T], absFloat[T], signLoop[T]
	l.Unary[Sqrt], l.Unary[Exp], l.Unary[Expm1] = sqrtLoop[T], expLoop[T], expm1Loop[T]
	l.Unary[Log], l.Unary[Log1p] = logLoop[T], log1pLoop[T]
	l.Unary[Sin], l.Unary[Cos], l.Unary[Tan], l.Unary[Tanh] = sinLoop[T], cosLoop[T], tanLoop[T], tanhLoop[T]
	l.Unary[Floor], l.Unary[Ceil], l.Unary[Round] = floorLoop[T], ceilLoop[T], roundLoop[T]
	l.Binary[Div], l.Binary[Pow] = divLoop[T], powLoop[T]
	l.Binary[FloorDiv], l.Binary[Mod] = floorDivFloat[T], modFloat[T]
	l.Binary[Min], l.Binary[Max] = minFloat[T], maxFloat[T]
	return l
}

func intLoops[T Integral]() *Loops[T] {
	l := &Loops[T]{}
	commonLoops(l)
	l.Unary[Neg], l.Unary[Abs], l.Unary[Sign] = negLoop[T], absInt[T], signLoop[T]
	l.Binary[FloorDiv], l.Binary[Mod] = floorDivInt[T], modInt[T]
	l.Binary[Min], l.Binary[Max] = minInt[T], maxInt[T]
	return l
}

func commonLoops[T Number](l *Loops[T]) {
	l.Binary[Add], l.Binary[Sub], l.Binary[Mul] = addLoop[T], subLoop[T], mulLoop[T]
	l.Compare = compareLoops[T]()
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
