package asm

// Unary numbers the functions of one number.
type Unary int

// The functions of one number.
const (
	Exp Unary = iota
	Log
	Sin
	Cos
	UnaryCount
)

var unaryNames = [UnaryCount]string{"exp", "log", "sin", "cos"}

func (f Unary) String() string { return unaryNames[f] }

// Binary numbers the functions of two numbers.
type Binary int

// The functions of two numbers.
const (
	BinaryCount Binary = iota
)

// Vector holds the functions of vectors for one level. All slices of a call
// have one length, and what is written overlaps nothing that is read. Results
// are the same, to the bit, at every level, but for which NaN a NaN is.
type Vector[T Float] struct {
	Unary  [UnaryCount]func(dst, x []T)
	Binary [BinaryCount]func(dst, x, y []T)
}

// VectorFor returns the functions of a level that the machine has.
func VectorFor[T Float](l Level) *Vector[T] {
	v := portableVector[T]()
	vectorAssembly(l, v)
	return v
}

// stretch is how many values one call of a routine takes, for which it needs
// microseconds.
const stretch = 4096

// unaryRoutine is assembly that takes n values, at least block. Where odd is
// true of a value, the result is not right and the routine returns something
// other than 0.
type unaryRoutine[T Float] struct {
	run   func(n int, dst, x *T) uint64
	block int
	odd   func(x T) bool
}

// loop makes a function of vectors of any length. one computes one value as
// the routine does.
func (r unaryRoutine[T]) loop(one func(T) T) func(dst, x []T) {
	return func(dst, x []T) {
		x = x[:len(dst)]
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			if r.run(n, &dst[0], &x[0]) != 0 {
				for i, v := range x[:n] {
					if r.odd(v) {
						dst[i] = one(v)
					}
				}
			}
			dst, x = dst[n:], x[n:]
		}
		for i, v := range x {
			dst[i] = one(v)
		}
	}
}

// piece is how many of n values, at least block, the next call takes: so many
// that the rest is no less than block, or nothing.
func piece(n, block int) int {
	switch {
	case n <= stretch:
		return n
	case n-stretch < block:
		return stretch - block
	}
	return stretch
}

type binaryRoutine[T Float] struct {
	run   func(n int, dst, x, y *T) uint64
	block int
	odd   func(x, y T) bool
}

func (r binaryRoutine[T]) loop(one func(x, y T) T) func(dst, x, y []T) {
	return func(dst, x, y []T) {
		x, y = x[:len(dst)], y[:len(dst)]
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			if r.run(n, &dst[0], &x[0], &y[0]) != 0 {
				for i, v := range x[:n] {
					if r.odd(v, y[i]) {
						dst[i] = one(v, y[i])
					}
				}
			}
			dst, x, y = dst[n:], x[n:], y[n:]
		}
		for i, v := range x {
			dst[i] = one(v, y[i])
		}
	}
}
