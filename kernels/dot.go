package kernels

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

// A product of a row and a column is a sum: it is read once, at the speed of
// memory, and added up in float64 by the tree that sums have.

// dotProduct computes c = beta·c + alpha·a·b of one element.
func dotProduct[T Float](alpha T, a, b matrix[T], beta T, c *T) {
	x, y := line(a), line(b.flip())
	product := float64(alpha) * dotOf(x, y, make([]float64, min(foldMany, len(x)/foldRun)+1))
	if beta == 0 {
		*c = T(product)
	} else {
		*c = T(float64(float64(beta)*float64(*c)) + product) // not fused, on any processor
	}
}

// line returns the elements of a matrix of one row, one after the other.
func line[T Float](x matrix[T]) []T {
	if x.cs == 1 || x.cols == 1 {
		return x.data[x.at : x.at+x.cols]
	}
	out := make([]T, x.cols)
	x.copyTo(out)
	return out
}

// dotOf adds up products by the tree of [folder.runs].
func dotOf[T Float](x, y []T, spare []float64) float64 {
	whole := len(x) / foldRun
	switch {
	case len(x) <= foldRun:
		return asm.DotOf(x, y)
	case whole > foldMany:
		half := (whole + 1) / 2 * foldRun
		return dotOf(x[:half], y[:half], spare) + dotOf(x[half:], y[half:], spare)
	}
	states := spare[:whole]
	n := whole * foldRun
	switch x := any(x).(type) {
	case []float64:
		leaves64.Dot(x[:n], any(y).([]float64)[:n], states)
	case []float32:
		leaves32.Dot(x[:n], any(y).([]float32)[:n], states)
	}
	if n < len(x) {
		states = append(states, asm.DotOf(x[n:], y[n:]))
	}
	return sumFolder[float64, float64]().tree(states, whole)
}
