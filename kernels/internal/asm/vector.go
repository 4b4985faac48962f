package asm

// Unary numbers the functions of one number.
type Unary int

// The functions of one number: those of package math, Round to even. The exact
// ones come first.
const (
	Sqrt Unary = iota
	Abs
	Neg
	Sign // -1, 1, or x itself if it is a zero or NaN
	Floor
	Ceil
	Round
	Exp
	Expm1
	Log
	Log1p
	Sin
	Cos
	Tan
	Tanh
	UnaryCount
)

var unaryNames = [UnaryCount]string{"sqrt", "abs", "neg", "sign", "floor", "ceil", "round",
	"exp", "expm1", "log", "log1p", "sin", "cos", "tan", "tanh"}

func (f Unary) String() string { return unaryNames[f] }

// Binary numbers the functions of two numbers.
type Binary int

// The functions of two numbers. Min and Max are NaN if either is, and order -0
// below 0.
const (
	Add Binary = iota
	Sub
	Mul
	Div
	Min
	Max
	Pow // as math.Pow
	BinaryCount
)

var binaryNames = [BinaryCount]string{"add", "sub", "mul", "div", "min", "max", "pow"}

func (f Binary) String() string { return binaryNames[f] }

// Compare numbers the comparisons, which are false of NaN, but for Ne.
type Compare int

// The comparisons.
const (
	Eq Compare = iota
	Ne
	Lt
	Le
	CompareCount
)

var compareNames = [CompareCount]string{"eq", "ne", "lt", "le"}

func (f Compare) String() string { return compareNames[f] }

// Vector holds the functions of vectors for one level. All slices of a call
// have one length, and what is written overlaps nothing that is read. Results
// are the same, to the bit, at every level, but for which NaN a NaN is.
type Vector[T Float] struct {
	Unary   [UnaryCount]func(dst, x []T)
	Binary  [BinaryCount]func(dst, x, y []T)
	FMA     func(dst, x, y, z []T) // x·y + z with one rounding
	Compare [CompareCount]func(dst []bool, x, y []T)
	Choose  func(dst []T, which []bool, x, y []T) // x where which is set, else y
}

// VectorFor returns the functions of a level that the machine has.
func VectorFor[T Float](l Level) *Vector[T] {
	v := portableVector[T]()
	if r := routinesFor[T](l); r != nil {
		r.replace(v)
	}
	return v
}
