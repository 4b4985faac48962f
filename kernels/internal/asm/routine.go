package asm

// routines is the assembly of one level. Each takes n values, at least block.
// Where odd is true of an argument, the result is not right, and the routine
// returns something other than 0. entry is its number among those that a [Chain]
// can call.
type routines[T Float] struct {
	unary   [UnaryCount]unaryRoutine[T]
	binary  [BinaryCount]binaryRoutine[T]
	fma     fmaRoutine[T]
	compare [CompareCount]compareRoutine[T]
	choose  selectRoutine[T]
	// besideRoot computes the roots of one vector and a function of another.
	besideRoot [UnaryCount]pairRoutine

	// These take leaves of [Leaf] values.
	sum, moments func(leaves int, x *T, out *float64)
	dot          func(leaves int, x, y *T, out *float64)
	min, max     func(leaves int, x, out *T)

	columns columnRoutines[T]
}

// columnRoutines take at least block columns of at least one row.
type columnRoutines[T Float] struct {
	sums        columnRoutine[T, float64]
	least, most columnRoutine[T, T]
	deviations  func(rows, ld, columns int, x *T, means, off, squares *float64)
	block       int
}

// columnRoutine makes states of rows, or adds rows to states. The columns of more
// are a multiple of block.
type columnRoutine[T, A Float] struct {
	first, more func(rows, ld, columns int, x *T, out *A)
}

type unaryRoutine[T Lane] struct {
	run   func(n int, dst, x *T) uint64
	block int
	entry int
	odd   func(x T) bool
}

type binaryRoutine[T Lane] struct {
	run   func(n int, dst, x, y *T) uint64
	block int
	entry int
	odd   func(x, y T) bool
}

// pairRoutine has two results and two operands. Only chains call it.
type pairRoutine struct{ block, entry int }

type fmaRoutine[T Float] struct {
	run   func(n int, dst, x, y, z *T) uint64
	block int
	entry int
}

type compareRoutine[T Lane] struct {
	run   func(n int, dst *bool, x, y *T)
	block int
	entry int
}

type selectRoutine[T Float] struct {
	run   func(n int, dst *T, which *bool, x, y *T)
	block int
	entry int
}

// replace puts the assembly in the place of the portable loops of v, which
// still do what is shorter than a block.
func (r *routines[T]) replace(v *Vector[T]) {
	for f, portable := range v.Unary {
		if r.unary[f].run != nil {
			v.Unary[f] = r.unary[f].loop(portable)
		}
	}
	for f, portable := range v.Binary {
		if r.binary[f].run != nil {
			v.Binary[f] = r.binary[f].loop(portable)
		}
	}
	v.FMA = r.fma.loop(v.FMA)
	for f, portable := range v.Compare {
		v.Compare[f] = r.compare[f].loop(portable)
	}
	v.Choose = r.choose.loop(v.Choose)
}

// stretch is how many values one call of a routine takes, for which it needs
// microseconds.
const stretch = 4096

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

// loop makes a function of vectors of any length.
func (r unaryRoutine[T]) loop(portable func(dst, x []T)) func(dst, x []T) {
	return func(dst, x []T) {
		x = x[:len(dst)]
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			if r.run(n, &dst[0], &x[0]) != 0 {
				for i, v := range x[:n] {
					if r.odd(v) {
						portable(dst[i:i+1], x[i:i+1])
					}
				}
			}
			dst, x = dst[n:], x[n:]
		}
		portable(dst, x)
	}
}

func (r binaryRoutine[T]) loop(portable func(dst, x, y []T)) func(dst, x, y []T) {
	return func(dst, x, y []T) {
		x, y = x[:len(dst)], y[:len(dst)]
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			if r.run(n, &dst[0], &x[0], &y[0]) != 0 {
				for i, v := range x[:n] {
					if r.odd(v, y[i]) {
						portable(dst[i:i+1], x[i:i+1], y[i:i+1])
					}
				}
			}
			dst, x, y = dst[n:], x[n:], y[n:]
		}
		portable(dst, x, y)
	}
}

func (r fmaRoutine[T]) loop(portable func(dst, x, y, z []T)) func(dst, x, y, z []T) {
	return func(dst, x, y, z []T) {
		x, y, z = x[:len(dst)], y[:len(dst)], z[:len(dst)]
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			r.run(n, &dst[0], &x[0], &y[0], &z[0])
			dst, x, y, z = dst[n:], x[n:], y[n:], z[n:]
		}
		portable(dst, x, y, z)
	}
}

func (r compareRoutine[T]) loop(portable func(dst []bool, x, y []T)) func(dst []bool, x, y []T) {
	return func(dst []bool, x, y []T) {
		x, y = x[:len(dst)], y[:len(dst)]
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			r.run(n, &dst[0], &x[0], &y[0])
			dst, x, y = dst[n:], x[n:], y[n:]
		}
		portable(dst, x, y)
	}
}

func (r selectRoutine[T]) loop(portable func(dst []T, which []bool, x, y []T)) func(dst []T, which []bool, x, y []T) {
	return func(dst []T, which []bool, x, y []T) {
		which, x, y = which[:len(dst)], x[:len(dst)], y[:len(dst)]
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			r.run(n, &dst[0], &which[0], &x[0], &y[0])
			dst, which, x, y = dst[n:], which[n:], x[n:], y[n:]
		}
		portable(dst, which, x, y)
	}
}
