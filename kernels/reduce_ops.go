package kernels

import (
	"math"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// fold fills the state out with the reduction of the middle axis of x.
func (s ReduceSpec) fold(out, x *Block, form [3]int) {
	switch s.DType {
	case Float64:
		foldReal[float64, float64](s, out, x, form)
	case Float32:
		foldReal[float32, float64](s, out, x, form)
	case Int64:
		foldReal[int64, int64](s, out, x, form)
	case Int32:
		foldReal[int32, int64](s, out, x, form)
	case Uint8, Bool: // the bytes of a bool are the numbers 0 and 1
		foldReal[uint8, int64](s, out, x, form)
	case Complex128:
		foldComplex(s, out, x, form)
	}
}

// foldReal reduces elements T; sums and products are of type A.
func foldReal[T, A Real](s ReduceSpec, out, x *Block, form [3]int) {
	data := reinterpret[T](Payload(x))
	switch s.Op {
	case Sum:
		sumFolder[T, A]().fold(reinterpret[A](Payload(out)), data, form)
	case Prod:
		prodFolder[T, A]().fold(reinterpret[A](Payload(out)), data, form)
	case Min, Max:
		extremeFolder[T](s.Op == Max).fold(reinterpret[T](Payload(out)), data, form)
	case Mean:
		meanFolder[T]().fold(reinterpret[moments](Payload(out)), data, form)
	case Var, Std:
		momentsFolder[T]().fold(reinterpret[moments](Payload(out)), data, form)
	case ArgMin, ArgMax:
		found := make([]arg[T], form[0]*form[2])
		argFolder[T](s.Op == ArgMax).fold(found, data, form)
		state := Data[int64](out)
		for i, a := range found {
			state[2*i], state[2*i+1] = argBits(a.v), a.at
		}
	case Any, All:
		logicFolder[T](s.Op == All).fold(Data[bool](out), data, form)
	case Norm1:
		sizesFolder[T]().fold(Data[float64](out), data, form)
	case Norm2:
		squaresFolder[T]().fold(reinterpret[squares](Payload(out)), data, form)
	case NormInf:
		greatestFolder[T]().fold(Data[float64](out), data, form)
	}
}

// foldComplex adds real and imaginary parts up as columns side by side.
func foldComplex(s ReduceSpec, out, x *Block, form [3]int) {
	if s.Op == Sum {
		form[2] *= 2
		sumFolder[float64, float64]().fold(reinterpret[float64](Payload(out)), reinterpret[float64](Payload(x)), form)
		return
	}
	logicFolder[complex128](s.Op == All).fold(Data[bool](out), Data[complex128](x), form)
}

// merge merges the state p into out.
func (s ReduceSpec) merge(out, p *Block) {
	switch s.Op {
	case ArgMin, ArgMax:
		mergeArgs(s, Data[int64](out), Data[int64](p))
		return
	case Mean, Var, Std:
		mergeAll(out, p, moments.merge)
		return
	case Norm2:
		mergeAll(out, p, squares.merge)
		return
	case Any:
		mergeAll(out, p, func(a, b bool) bool { return a || b })
		return
	case All:
		mergeAll(out, p, func(a, b bool) bool { return a && b })
		return
	}
	switch out.dtype {
	case Float64:
		mergeReal[float64](s.Op, out, p)
	case Float32:
		mergeReal[float32](s.Op, out, p)
	case Int64:
		mergeReal[int64](s.Op, out, p)
	case Int32:
		mergeReal[int32](s.Op, out, p)
	case Uint8:
		mergeReal[uint8](s.Op, out, p)
	case Complex128:
		mergeAll(out, p, func(a, b complex128) complex128 { return a + b })
	}
}

func mergeReal[A Real](op ReduceOp, out, p *Block) {
	switch op {
	case Sum, Norm1:
		mergeAll(out, p, sumFolder[A, A]().merge)
	case Prod:
		mergeAll(out, p, prodFolder[A, A]().merge)
	default:
		mergeAll(out, p, extremeFolder[A](op != Min).merge)
	}
}

func mergeAll[A any](out, p *Block, merge func(a, b A) A) {
	acc := reinterpret[A](Payload(out))
	for i, x := range reinterpret[A](Payload(p)) {
		acc[i] = merge(acc[i], x)
	}
}

func sumFolder[T, A Real]() folder[T, A] {
	f := folder[T, A]{
		run: sumRun[T, A],
		first: func(acc []A, row []T, _ int) {
			for i, x := range row {
				acc[i] = A(x)
			}
		},
		next: func(acc []A, row []T, _ int) {
			acc = acc[:len(row)]
			for i, x := range row {
				acc[i] += A(x)
			}
		},
		merge: func(a, b A) A { return a + b },
	}
	fitting(&f.run, floatRun[float64], floatRun[float32])
	fitting(&f.leaves, anywhere(leaves64.Sum), anywhere(leaves32.Sum))
	fitting(&f.rows, ofRows(columns64.Sum), ofRows(columns32.Sum))
	f.mergeRows = func(before, after []A) {
		for i, x := range after[:len(before)] {
			before[i] += x
		}
	}
	fitting(&f.mergeRows, addRows)
	return f
}

// addRows adds sums to sums.
func addRows(before, after []float64) {
	lines64.Axpy(len(before), 1, &after[0], &before[0])
}

// The reductions that package asm has.
var (
	leaves64 = asm.ReductionFor[float64](asm.Best())
	leaves32 = asm.ReductionFor[float32](asm.Best())

	columns64 = asm.ColumnsFor[float64](asm.Best())
	columns32 = asm.ColumnsFor[float32](asm.Best())

	lines64 = asm.LinesFor[float64](asm.Best())

	vector64 = asm.VectorFor[float64](asm.Best())
	vector32 = asm.VectorFor[float32](asm.Best())
)

// inPlace is mergeRows of a function of which it does not matter how often it is
// applied.
func inPlace[T Float](f func(dst, x, y []T)) func(before, after []T) {
	return func(before, after []T) { f(before, before, after) }
}

// ofRows is a reduction of columns as folders have it.
func ofRows[T, A any](f func(xs []T, ld, rows int, out []A)) func(acc []A, xs []T, ld, rows int) {
	return func(acc []A, xs []T, ld, rows int) { f(xs, ld, rows, acc) }
}

// anywhere is a reduction to which positions do not matter.
func anywhere[T, A any](f func(xs []T, states []A)) func(xs []T, at int, states []A) {
	return func(xs []T, _ int, states []A) { f(xs, states) }
}

// fitting sets a function to that of the candidates which has its type, if
// there is one.
func fitting[F any](f *F, candidates ...any) {
	for _, c := range candidates {
		if g, ok := c.(F); ok {
			*f = g
		}
	}
}

// floatRun adds up a run in the order of package asm.
func floatRun[T Float](xs []T, _ int) float64 { return asm.SumOf(xs) }

// sumRun adds in eight lanes, which do not wait for each other.
func sumRun[T, A Real](xs []T, _ int) A {
	var s [8]A
	for ; len(xs) >= 8; xs = xs[8:] {
		x := (*[8]T)(xs)
		s[0] += A(x[0])
		s[1] += A(x[1])
		s[2] += A(x[2])
		s[3] += A(x[3])
		s[4] += A(x[4])
		s[5] += A(x[5])
		s[6] += A(x[6])
		s[7] += A(x[7])
	}
	for i, x := range xs {
		s[i] += A(x)
	}
	return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
}

func prodFolder[T, A Real]() folder[T, A] {
	return folder[T, A]{
		none: 1,
		run: func(xs []T, _ int) A {
			p := A(1)
			for _, x := range xs {
				p *= A(x)
			}
			return p
		},
		first: func(acc []A, row []T, _ int) {
			for i, x := range row {
				acc[i] = A(x)
			}
		},
		next: func(acc []A, row []T, _ int) {
			for i, x := range row {
				acc[i] *= A(x)
			}
		},
		merge: func(a, b A) A { return a * b },
	}
}

// logicFolder says whether any element is not zero, or whether all are not.
func logicFolder[T comparable](all bool) folder[T, bool] {
	var zero T
	return folder[T, bool]{
		none: all,
		run: func(xs []T, _ int) bool {
			for _, x := range xs {
				if (x != zero) != all {
					return !all
				}
			}
			return all
		},
		first: func(acc []bool, row []T, _ int) {
			for i, x := range row {
				acc[i] = x != zero
			}
		},
		next: func(acc []bool, row []T, _ int) {
			for i, x := range row {
				if (x != zero) != all {
					acc[i] = !all
				}
			}
		},
		merge: func(a, b bool) bool {
			if all {
				return a && b
			}
			return a || b
		},
	}
}

// extremeFolder finds the least or, with most, the greatest element. The min
// and max of the language give NaN if there is one.
func extremeFolder[T Real](most bool) folder[T, T] {
	f := folder[T, T]{
		none:  outermost[T](!most),
		run:   leastRun[T],
		first: func(acc, row []T, _ int) { copy(acc, row) },
		next: func(acc, row []T, _ int) {
			for i, x := range row {
				acc[i] = min(acc[i], x)
			}
		},
		merge: func(a, b T) T { return min(a, b) },
	}
	fitting(&f.leaves, anywhere(leaves64.Min), anywhere(leaves32.Min))
	fitting(&f.rows, ofRows(columns64.Min), ofRows(columns32.Min))
	fitting(&f.mergeRows, inPlace(vector64.Binary[asm.Min]), inPlace(vector32.Binary[asm.Min]))
	if most {
		fitting(&f.rows, ofRows(columns64.Max), ofRows(columns32.Max))
		fitting(&f.mergeRows, inPlace(vector64.Binary[asm.Max]), inPlace(vector32.Binary[asm.Max]))
		fitting(&f.leaves, anywhere(leaves64.Max), anywhere(leaves32.Max))
		f.run = mostRun[T]
		f.next = func(acc, row []T, _ int) {
			for i, x := range row {
				acc[i] = max(acc[i], x)
			}
		}
		f.merge = func(a, b T) T { return max(a, b) }
	}
	return f
}

func leastRun[T Real](xs []T, _ int) T {
	a, b, c, d := xs[0], xs[0], xs[0], xs[0]
	for ; len(xs) >= 4; xs = xs[4:] {
		a, b, c, d = min(a, xs[0]), min(b, xs[1]), min(c, xs[2]), min(d, xs[3])
	}
	for _, x := range xs {
		a = min(a, x)
	}
	return min(a, b, c, d)
}

func mostRun[T Real](xs []T, _ int) T {
	a, b, c, d := xs[0], xs[0], xs[0], xs[0]
	for ; len(xs) >= 4; xs = xs[4:] {
		a, b, c, d = max(a, xs[0]), max(b, xs[1]), max(c, xs[2]), max(d, xs[3])
	}
	for _, x := range xs {
		a = max(a, x)
	}
	return max(a, b, c, d)
}

// outermost returns the greatest number of type T, or the least.
func outermost[T Real](most bool) T {
	var least, greatest any
	switch DTypeOf[T]() {
	case Float64:
		least, greatest = math.Inf(-1), math.Inf(1)
	case Float32:
		least, greatest = float32(math.Inf(-1)), float32(math.Inf(1))
	case Int64:
		least, greatest = int64(math.MinInt64), int64(math.MaxInt64)
	case Int32:
		least, greatest = int32(math.MinInt32), int32(math.MaxInt32)
	case Uint8:
		least, greatest = uint8(0), uint8(math.MaxUint8)
	}
	if most {
		return greatest.(T)
	}
	return least.(T)
}
