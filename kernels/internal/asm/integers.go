package asm

// Lane is what vectors are made of.
type Lane interface{ Float | int32 | int64 }

// IntUnary numbers the functions of one integer.
type IntUnary int

// IntBinary numbers the functions of two integers.
type IntBinary int

// The functions of integers, which wrap around. Those that are checked flag
// where the exact result does not fit.
const (
	IntNeg IntUnary = iota
	IntAbs
	IntNegChecked
	IntAbsChecked
	IntUnaryCount

	IntAdd IntBinary = iota - 5 // from 0 on
	IntSub
	IntMul
	IntMin
	IntMax
	IntAddChecked
	IntSubChecked
	IntBinaryCount
)

// integerRoutines is the assembly of one level.
type integerRoutines[T int32 | int64] struct {
	unary   [IntUnaryCount]unaryRoutine[T]
	binary  [IntBinaryCount]binaryRoutine[T]
	compare [CompareCount]compareRoutine[T]
}

// Integers are the functions of integers that a level has as assembly, as
// functions and as routines. A function that it does not have is nil, and the
// checked ones are routines only.
type Integers[T int32 | int64] struct {
	Unary   [IntUnaryCount]func(dst, x []T)
	Binary  [IntBinaryCount]func(dst, x, y []T)
	Compare [CompareCount]func(dst []bool, x, y []T)

	UnaryRoutine   [IntUnaryCount]Routine
	BinaryRoutine  [IntBinaryCount]Routine
	CompareRoutine [CompareCount]Routine
}

// IntegersFor returns the functions of a level that the machine has. The given
// ones do what is too short for the assembly.
func IntegersFor[T int32 | int64](l Level, short Integers[T]) *Integers[T] {
	v, r := &Integers[T]{}, integersOf[T](l)
	if r == nil {
		return v
	}
	for f, portable := range short.Unary {
		if r.unary[f].run != nil {
			v.UnaryRoutine[f] = routine(r.unary[f].entry, 3, r.unary[f].block)
			if portable != nil && f < int(IntNegChecked) {
				v.Unary[f] = r.unary[f].loop(portable)
			}
		}
	}
	for f, portable := range short.Binary {
		if r.binary[f].run != nil {
			v.BinaryRoutine[f] = routine(r.binary[f].entry, 4, r.binary[f].block)
			if portable != nil && f < int(IntAddChecked) {
				v.Binary[f] = r.binary[f].loop(portable)
			}
		}
	}
	for f, portable := range short.Compare {
		v.CompareRoutine[f] = routine(r.compare[f].entry, 5, r.compare[f].block)
		v.Compare[f] = r.compare[f].loop(portable)
	}
	return v
}
