package kernels

import (
	"math"
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// moments is the count, the mean and the sum of squared deviations from the
// mean of some numbers. Two merge as in Chan, Golub and LeVeque, "Updating
// formulae and a pairwise algorithm for computing sample variances" (1979).
// In memory it is three float64, as a state has them.
type moments struct{ n, mean, m2 float64 }

func (a moments) merge(b moments) moments {
	if a.n == 0 {
		return b
	}
	if b.n == 0 {
		return a
	}
	n := a.n + b.n
	delta := b.mean - a.mean
	mean := a.mean + delta*(b.n/n)
	if delta-delta != 0 { // infinite or NaN: the mean may be infinite still
		mean = a.mean*(a.n/n) + b.mean*(b.n/n)
	}
	return moments{n, mean, a.m2 + b.m2 + delta*delta*(a.n*b.n/n)}
}

// add is merge with one number.
func (a moments) add(x float64) moments {
	d := x - a.mean
	if d-d != 0 {
		return a.merge(momentsOf(x))
	}
	a.n++
	a.mean += d / a.n
	a.m2 += d * (x - a.mean)
	return a
}

func momentsFolder[T Real]() folder[T, moments] {
	f := folder[T, moments]{
		run: momentsRun[T],
		first: func(acc []moments, row []T, _ int) {
			for i, x := range row {
				acc[i] = momentsOf(float64(x))
			}
		},
		next: func(acc []moments, row []T, _ int) {
			for i, x := range row {
				acc[i] = acc[i].add(float64(x))
			}
		},
		merge: moments.merge,
	}
	fitting(&f.leaves, momentsLeaves(leaves64), momentsLeaves(leaves32))
	fitting(&f.rows, momentsRows(columns64), momentsRows(columns32))
	f.mergeRows = mergeMoments
	return f
}

// momentsRows takes two passes over a few rows, as momentsRun does.
func momentsRows[T Float](c *asm.Columns[T]) func(acc []moments, xs []T, ld, rows int) {
	var sums, off, squares []float64
	return func(acc []moments, xs []T, ld, rows int) {
		if sums == nil {
			sums, off, squares = make([]float64, foldCols), make([]float64, foldCols), make([]float64, foldCols)
		}
		n, columns := float64(rows), len(acc)
		c.Sum(xs, ld, rows, sums[:columns])
		for i := range acc {
			sums[i] /= n
			acc[i].mean = sums[i]
		}
		c.Deviations(xs, ld, rows, sums[:columns], off[:columns], squares[:columns])
		for i := range acc {
			acc[i].n, acc[i].m2 = n, squares[i]-float64(off[i]*off[i])/n
		}
	}
}

// meanRows is momentsRows without the deviations.
func meanRows[T Float](c *asm.Columns[T]) func(acc []moments, xs []T, ld, rows int) {
	sums := make([]float64, foldCols)
	return func(acc []moments, xs []T, ld, rows int) {
		n := float64(rows)
		c.Sum(xs, ld, rows, sums[:len(acc)])
		for i := range acc {
			acc[i] = moments{n, sums[i] / n, 0}
		}
	}
}

// mergeMoments merges states of which all in a row have seen as many numbers.
func mergeMoments(before, after []moments) {
	if len(before) == 0 || before[0].n == 0 || after[0].n == 0 {
		for i := range before {
			before[i] = before[i].merge(after[i])
		}
		return
	}
	n := before[0].n + after[0].n
	share, weight := after[0].n/n, before[0].n*after[0].n/n
	for i, b := range after[:len(before)] {
		a := &before[i]
		delta := b.mean - a.mean
		if delta-delta != 0 {
			*a = a.merge(b)
			continue
		}
		*a = moments{n, a.mean + float64(delta*share), a.m2 + b.m2 + float64(delta*delta*weight)}
	}
}

func momentsOf(x float64) moments {
	return moments{1, x, x - x} // NaN for an infinity, which has no deviation
}

// momentsRun takes two passes and corrects for the rounding of the mean.
func momentsRun[T Real](xs []T, _ int) moments {
	return corrected(asm.MomentsOf(xs), float64(len(xs)))
}

// corrected makes moments of n numbers from their sum and the sums of the
// deviations from the mean and of their squares.
func corrected(sums [3]float64, n float64) moments {
	off := sums[1]
	return moments{n, sums[0] / n, sums[2] - off*off/n}
}

// momentsLeaves lets package asm write into the memory of the states.
func momentsLeaves[T Float](r *asm.Reduction[T]) func(xs []T, at int, states []moments) {
	return func(xs []T, _ int, states []moments) {
		sums := unsafe.Slice((*[3]float64)(unsafe.Pointer(unsafe.SliceData(states))), len(states))
		r.Moments(xs, sums)
		for i, s := range sums {
			states[i] = corrected(s, asm.Leaf)
		}
	}
}

// meanFolder is momentsFolder where only the mean is wanted: runs have no
// deviations.
func meanFolder[T Real]() folder[T, moments] {
	f := momentsFolder[T]()
	f.run = func(xs []T, _ int) moments {
		n := float64(len(xs))
		return moments{n, asm.SumOf(xs) / n, 0}
	}
	fitting(&f.leaves, meanLeaves(leaves64), meanLeaves(leaves32))
	fitting(&f.rows, meanRows(columns64), meanRows(columns32))
	return f
}

// meanLeaves puts the sums where the states will be, and spreads them from the
// last to the first.
func meanLeaves[T Float](r *asm.Reduction[T]) func(xs []T, at int, states []moments) {
	return func(xs []T, _ int, states []moments) {
		sums := unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(states))), len(states))
		r.Sum(xs, sums)
		for i := len(sums) - 1; i >= 0; i-- {
			states[i] = moments{asm.Leaf, sums[i] / asm.Leaf, 0}
		}
	}
}

// finishMoments computes the answers of states.
func finishMoments(s ReduceSpec, to []float64, states []moments) {
	for i, m := range states {
		switch {
		case s.Op == Mean && m.n == 0:
			to[i] = math.NaN()
		case s.Op == Mean:
			to[i] = m.mean
		default:
			to[i] = m.m2 / max(m.n-float64(s.DDof), 0)
		}
		if s.Op == Std {
			to[i] = math.Sqrt(to[i])
		}
	}
}
