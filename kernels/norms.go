package kernels

import (
	"math"
	"slices"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// squares is a sum of squares in three parts, by the size of the numbers: those
// whose squares lose nothing, and smaller and greater ones that were scaled, as
// in Anderson, "Algorithm 978: Safe Scaling in the Level 1 BLAS" (2017), after
// Blue (1978). Sums of parts merge by addition. In memory it is three float64,
// as a state has them.
type squares struct{ small, medium, big float64 }

// Of float64: the numbers below tinySquare and above hugeSquare are multiplied
// before they are squared.
const (
	tinySquare = 0x1p-511
	hugeSquare = 0x1p486
	fromTiny   = 0x1p537
	fromHuge   = 0x1p-538
)

func (a squares) merge(b squares) squares {
	return squares{a.small + b.small, a.medium + b.medium, a.big + b.big}
}

func (a *squares) add(x float64) {
	switch x = math.Abs(x); {
	case x > hugeSquare:
		x *= fromHuge
		a.big = math.FMA(x, x, a.big)
	case x < tinySquare:
		x *= fromTiny
		a.small = math.FMA(x, x, a.small)
	default: // NaN too
		a.medium = math.FMA(x, x, a.medium)
	}
}

// root is the square root of the sum.
func (a squares) root() float64 {
	switch {
	case a.big > 0:
		return math.Sqrt(a.big+a.medium*fromHuge*fromHuge) / fromHuge
	case a.small > 0 && a.medium == 0:
		return math.Sqrt(a.small) / fromTiny
	case a.small > 0:
		return math.Hypot(math.Sqrt(a.medium), math.Sqrt(a.small)/fromTiny)
	}
	return math.Sqrt(a.medium)
}

// squaresOf adds up the squares of a run. sum is what they add up to without
// scaling; where that neither overflowed nor lost anything it is the answer.
func squaresOf[T Real](xs []T, sum float64) (a squares) {
	if 0x1p-960 < sum && sum < hugeSquare*hugeSquare {
		return squares{medium: sum}
	}
	for _, x := range xs {
		a.add(float64(x))
	}
	return a
}

func squaresFolder[T Real]() folder[T, squares] {
	f := folder[T, squares]{
		run: wholeSquares[T],
		first: func(acc []squares, row []T, _ int) {
			for i, x := range row {
				acc[i] = squares{}
				acc[i].add(float64(x))
			}
		},
		next: func(acc []squares, row []T, _ int) {
			for i, x := range row {
				acc[i].add(float64(x))
			}
		},
		merge: squares.merge,
	}
	fitting(&f.run, squaresRun[float64], squaresRun[float32])
	fitting(&f.leaves, squaresLeaves(leaves64), squaresLeaves(leaves32))
	return f
}

func squaresRun[T Float](xs []T, _ int) squares { return squaresOf(xs, asm.DotOf(xs, xs)) }

// wholeSquares is squaresRun of integers.
func wholeSquares[T Real](xs []T, _ int) squares {
	var wide [foldRun]float64
	for i, x := range xs {
		wide[i] = float64(x)
	}
	return squaresRun(wide[:len(xs)], 0)
}

func squaresLeaves[T Float](r *asm.Reduction[T]) func(xs []T, at int, states []squares) {
	return func(xs []T, _ int, states []squares) {
		var sums [foldMany]float64
		r.Dot(xs, xs, sums[:len(states)])
		for i := range states {
			states[i] = squaresOf(xs[i*foldRun:(i+1)*foldRun], sums[i])
		}
	}
}

// sizesFolder adds up absolute values.
func sizesFolder[T Real]() folder[T, float64] {
	f := folder[T, float64]{
		run: func(xs []T, _ int) float64 {
			var sizes [foldRun]float64
			for i, x := range xs {
				sizes[i] = math.Abs(float64(x))
			}
			return asm.SumOf(sizes[:len(xs)])
		},
		first: func(acc []float64, row []T, _ int) {
			for i, x := range row {
				acc[i] = math.Abs(float64(x))
			}
		},
		next: func(acc []float64, row []T, _ int) {
			for i, x := range row {
				acc[i] += math.Abs(float64(x))
			}
		},
		merge: func(a, b float64) float64 { return a + b },
	}
	fitting(&f.leaves, sizesLeaves(leaves64), sizesLeaves(leaves32))
	return f
}

func sizesLeaves[T Float](r *asm.Reduction[T]) func(xs []T, at int, states []float64) {
	abs := asm.VectorFor[T](asm.Best()).Unary[asm.Abs]
	return func(xs []T, _ int, states []float64) {
		var sizes [foldRun]T
		for i := range states {
			abs(sizes[:], xs[i*foldRun:(i+1)*foldRun])
			r.Sum(sizes[:], states[i:i+1])
		}
	}
}

// greatestFolder finds the greatest absolute value; NaN wins.
func greatestFolder[T Real]() folder[T, float64] {
	f := folder[T, float64]{
		run: func(xs []T, _ int) float64 {
			m := 0.0
			for _, x := range xs {
				m = max(m, math.Abs(float64(x)))
			}
			return m
		},
		first: func(acc []float64, row []T, _ int) {
			for i, x := range row {
				acc[i] = math.Abs(float64(x))
			}
		},
		next: func(acc []float64, row []T, _ int) {
			for i, x := range row {
				acc[i] = max(acc[i], math.Abs(float64(x)))
			}
		},
		merge: func(a, b float64) float64 { return max(a, b) },
	}
	fitting(&f.leaves, greatestLeaves(leaves64), greatestLeaves(leaves32))
	return f
}

func greatestLeaves[T Float](r *asm.Reduction[T]) func(xs []T, at int, states []float64) {
	return func(xs []T, _ int, states []float64) {
		var least, most [foldMany]T
		n := len(states)
		r.Min(xs, least[:n])
		r.Max(xs, most[:n])
		for i := range states {
			states[i] = max(math.Abs(float64(least[i])), math.Abs(float64(most[i])))
		}
	}
}

// finishNorm computes the answers of states.
func finishNorm(s ReduceSpec, to []float64, state *Block) {
	if s.Op != Norm2 {
		copy(to, Data[float64](state))
		return
	}
	for i, a := range reinterpret[squares](Payload(state)) {
		to[i] = a.root()
	}
}

// isNorm reports whether op is a norm.
func (op ReduceOp) isNorm() bool { return slices.Contains([]ReduceOp{Norm1, Norm2, NormInf}, op) }
