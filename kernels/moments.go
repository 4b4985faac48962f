package kernels

import "math"

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
	return folder[T, moments]{
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
}

func momentsOf(x float64) moments {
	return moments{1, x, x - x} // NaN for an infinity, which has no deviation
}

// momentsRun takes two passes and corrects for the rounding of the mean.
func momentsRun[T Real](xs []T, _ int) moments {
	n := float64(len(xs))
	mean := sumRun[T, float64](xs, 0) / n
	var d1, d2 [4]float64
	for i, x := range xs {
		d := float64(x) - mean
		d1[i&3] += d
		d2[i&3] += d * d
	}
	off := (d1[0] + d1[1]) + (d1[2] + d1[3])
	return moments{n, mean, (d2[0] + d2[1]) + (d2[2] + d2[3]) - off*off/n}
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
