package expr

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

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
	choose  func(dst []T, which []bool, x, y []T)
	chain   *asm.Routines // those of the above that a chain can call
	whole   *wholeRoutines
}

// wholeRoutines are those of integers that a chain can call, by operation;
// checked ones flag what does not fit.
type wholeRoutines struct {
	unary, binary, compare [opCount]asm.Routine
	checked                [opCount]asm.Routine
}

// The variants in use.
var (
	loops64 = floatLoops[float64](asm.Best())
	loops32 = floatLoops[float32](asm.Best())
	loopsU8 = intLoops[uint8]()
	loopsI4 = wholeLoops[int32](asm.Best())
	loopsI8 = wholeLoops[int64](asm.Best())
)

// The functions that package asm has.
var (
	unaryRoutines = map[Op]asm.Unary{
		Neg: asm.Neg, Abs: asm.Abs, Sign: asm.Sign, Sqrt: asm.Sqrt, Floor: asm.Floor, Ceil: asm.Ceil, Round: asm.Round,
		Exp: asm.Exp, Expm1: asm.Expm1, Log: asm.Log, Log1p: asm.Log1p,
		Sin: asm.Sin, Cos: asm.Cos, Tan: asm.Tan, Tanh: asm.Tanh,
	}
	binaryRoutines  = map[Op]asm.Binary{Add: asm.Add, Sub: asm.Sub, Mul: asm.Mul, Div: asm.Div, Min: asm.Min, Max: asm.Max, Pow: asm.Pow}
	compareRoutines = map[Op]asm.Compare{Eq: asm.Eq, Ne: asm.Ne, Lt: asm.Lt, Le: asm.Le}
)

// floatLoops returns the loops of a level that the machine has.
func floatLoops[T Floating](level asm.Level) *loops[T] {
	v := asm.VectorFor[T](level)
	l := &loops[T]{fma: v.FMA, choose: v.Choose, chain: asm.RoutinesFor[T](level)}
	for op, f := range unaryRoutines {
		l.unary[op] = v.Unary[f]
	}
	for op, f := range binaryRoutines {
		l.binary[op] = v.Binary[f]
	}
	l.binary[FloorDiv], l.binary[Mod] = floorDivFloat[T], modFloat[T]
	for op, f := range compareRoutines {
		l.compare[op] = v.Compare[f]
	}
	l.compare[Gt], l.compare[Ge] = swapped(l.compare[Lt]), swapped(l.compare[Le])
	return l
}

func intLoops[T Integral]() *loops[T] {
	l := &loops[T]{compare: compareLoops[T]()}
	l.binary[Add], l.binary[Sub], l.binary[Mul] = addLoop[T], subLoop[T], mulLoop[T]
	l.unary[Neg], l.unary[Abs], l.unary[Sign] = negLoop[T], absInt[T], signLoop[T]
	l.binary[FloorDiv], l.binary[Mod] = floorDivInt[T], modInt[T]
	l.binary[Min], l.binary[Max] = minInt[T], maxInt[T]
	return l
}

// The functions of integers that package asm may have.
var (
	intUnaryRoutines  = map[Op]asm.IntUnary{Neg: asm.IntNeg, Abs: asm.IntAbs}
	intBinaryRoutines = map[Op]asm.IntBinary{Add: asm.IntAdd, Sub: asm.IntSub, Mul: asm.IntMul, Min: asm.IntMin, Max: asm.IntMax}
)

// wholeLoops are intLoops with what package asm has in their place.
func wholeLoops[T int32 | int64](level asm.Level) *loops[T] {
	l := intLoops[T]()
	var short asm.Integers[T]
	for op, f := range intUnaryRoutines {
		short.Unary[f] = l.unary[op]
	}
	for op, f := range intBinaryRoutines {
		short.Binary[f] = l.binary[op]
	}
	for op, f := range compareRoutines {
		short.Compare[f] = l.compare[op]
	}
	v, w := asm.IntegersFor(level, short), &wholeRoutines{}
	for op, f := range intUnaryRoutines {
		if v.Unary[f] != nil {
			l.unary[op] = v.Unary[f]
		}
		w.unary[op] = v.UnaryRoutine[f]
	}
	for op, f := range intBinaryRoutines {
		if v.Binary[f] != nil {
			l.binary[op] = v.Binary[f]
		}
		w.binary[op] = v.BinaryRoutine[f]
	}
	for op, f := range compareRoutines {
		if v.Compare[f] != nil {
			l.compare[op] = v.Compare[f]
		}
		w.compare[op] = v.CompareRoutine[f]
	}
	l.compare[Gt], l.compare[Ge] = swapped(l.compare[Lt]), swapped(l.compare[Le])
	w.checked = [opCount]asm.Routine{Add: v.BinaryRoutine[asm.IntAddChecked], Sub: v.BinaryRoutine[asm.IntSubChecked],
		Neg: v.UnaryRoutine[asm.IntNegChecked], Abs: v.UnaryRoutine[asm.IntAbsChecked], Min: w.binary[Min], Max: w.binary[Max]}
	l.whole = w
	return l
}

func addLoop[T Integral](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func subLoop[T Integral](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func mulLoop[T Integral](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func negLoop[T Integral](dst, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = -x[i]
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

func signLoop[T Integral](dst, x []T) {
	x = x[:len(dst)]
	for i, v := range x {
		switch {
		case v > 0:
			dst[i] = 1
		case v < 0:
			dst[i] = 0
			dst[i]--
		default:
			dst[i] = 0
		}
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
