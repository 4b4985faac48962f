package kernels

import "math"

// arg is an element and its position, or position -1 of no elements.
type arg[T Real] struct {
	v  T
	at int64
}

// argFolder finds the first of the least or, with most, the greatest elements;
// the first NaN, if there is one.
func argFolder[T Real](most bool) folder[T, arg[T]] {
	beats := beatsLeast[T]
	if most {
		beats = beatsMost[T]
	}
	f := folder[T, arg[T]]{
		none: arg[T]{at: -1},
		run: func(xs []T, at int) arg[T] {
			best := 0
			for i, x := range xs {
				if beats(x, xs[best]) {
					best = i
				}
			}
			return arg[T]{xs[best], int64(at + best)}
		},
		first: func(acc []arg[T], row []T, at int) {
			for i, x := range row {
				acc[i] = arg[T]{x, int64(at)}
			}
		},
		next: func(acc []arg[T], row []T, at int) {
			for i, x := range row {
				if beats(x, acc[i].v) {
					acc[i] = arg[T]{x, int64(at)}
				}
			}
		},
		merge: func(a, b arg[T]) arg[T] {
			if beats(b.v, a.v) {
				return b
			}
			return a
		},
	}
	if most {
		fitting(&f.leaves, argLeaves(beatsMost, leaves64.Max), argLeaves(beatsMost, leaves32.Max))
	} else {
		fitting(&f.leaves, argLeaves(beatsLeast, leaves64.Min), argLeaves(beatsLeast, leaves32.Min))
	}
	return f
}

func beatsLeast[T Real](x, y T) bool { return x < y || x != x && y == y }
func beatsMost[T Real](x, y T) bool  { return x > y || x != x && y == y }

// argLeaves finds the extremes of all runs, and the position of the first of
// the best alone: the others cannot come out of the merging of these states.
func argLeaves[T Float](beats func(x, y T) bool, extremes func(xs, out []T)) func(xs []T, at int, states []arg[T]) {
	return func(xs []T, at int, states []arg[T]) {
		found := make([]T, len(states))
		extremes(xs, found)
		best := 0
		for i, v := range found {
			states[i] = arg[T]{v, int64(at + i*foldRun)}
			if beats(v, found[best]) {
				best = i
			}
		}
		run := xs[best*foldRun : (best+1)*foldRun]
		for i, v := range run {
			if v == found[best] || v != v && found[best] != found[best] {
				states[best] = arg[T]{v, int64(at + best*foldRun + i)}
				return
			}
		}
	}
}

// argBits returns an element as it is kept in a state.
func argBits[T Real](x T) int64 {
	if DTypeOf[T]().IsFloat() {
		return int64(math.Float64bits(float64(x)))
	}
	return int64(x)
}

// mergeArgs merges states, which may come from any part of the array: of equal
// elements the one at the lower position stays.
func mergeArgs(s ReduceSpec, out, p []int64) {
	for i := 0; i < len(out); i += 2 {
		switch at, have := p[i+1], out[i+1]; {
		case at < 0 || have >= 0 && s.argLess(out[i], p[i]):
			continue
		case have >= 0 && !s.argLess(p[i], out[i]) && have < at:
			continue
		}
		out[i], out[i+1] = p[i], p[i+1]
	}
}

// argLess reports whether the element x of a state beats y.
func (s ReduceSpec) argLess(x, y int64) bool {
	if s.DType.IsFloat() {
		a, b := math.Float64frombits(uint64(x)), math.Float64frombits(uint64(y))
		if s.Op == ArgMax {
			a, b = -a, -b
		}
		return a < b || a != a && b == b
	}
	if s.Op == ArgMax {
		return x > y
	}
	return x < y
}

// place turns positions within the reduced axes of a chunk of the given shape
// into positions within those of the whole array.
func (s ReduceSpec) place(state []int64, shape []int) {
	if len(s.Global) == 0 {
		return
	}
	for i := 1; i < len(state); i += 2 {
		if state[i] < 0 {
			continue
		}
		var at int64
		rest, stride := int(state[i]), 1
		for j := len(s.Axes) - 1; j >= 0; j-- {
			k := s.Axes[j]
			at += int64((rest%shape[k] + s.Offset[k]) * stride)
			rest, stride = rest/shape[k], stride*s.Global[k]
		}
		state[i] = at
	}
}
