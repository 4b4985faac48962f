package asm

import "math"

// Columns reduces the columns of a few rows for one level: row i begins at
// x[i*ld], and there are as many columns as out has states. Each column is taken
// from the first row to the last, so that states are the same, to the bit, at
// every level, but for which NaN a NaN is.
type Columns[T Float] struct {
	Sum      func(x []T, ld, rows int, out []float64)
	Min, Max func(x []T, ld, rows int, out []T)
	// Deviations has the sums of the deviations from the means, and of their
	// squares, of which each is rounded with its sum.
	Deviations func(x []T, ld, rows int, means, off, squares []float64)
}

// ColumnsFor returns the reductions of a level that the machine has.
func ColumnsFor[T Float](l Level) *Columns[T] {
	p := &Columns[T]{Sum: columnSums[T], Min: columnLeast[T], Max: columnMost[T], Deviations: columnDeviations[T]}
	r := routinesFor[T](l)
	if r == nil {
		return p
	}
	c := r.columns
	return &Columns[T]{
		Sum: c.sums.loop(p.Sum, c.block),
		Min: c.least.loop(p.Min, c.block),
		Max: c.most.loop(p.Max, c.block),
		Deviations: func(x []T, ld, rows int, means, off, squares []float64) {
			if !fits(x, ld, rows, len(off), c.block) {
				p.Deviations(x, ld, rows, means, off, squares)
				return
			}
			means, squares = means[:len(off)], squares[:len(off)]
			c.deviations(rows, ld, len(off), &x[0], &means[0], &off[0], &squares[0])
		},
	}
}

// togetherRows is how many rows are read side by side: memory gives a few at
// their full rate, and not as many as there may be.
const togetherRows = 4

// loop makes a reduction of any rows and columns. Columns that are no whole turn
// are reduced with so many before them that they are one, apart: more would add
// rows twice to what two turns share.
func (r columnRoutine[T, A]) loop(portable func(x []T, ld, rows int, out []A), block int) func(x []T, ld, rows int, out []A) {
	return func(x []T, ld, rows int, out []A) {
		n := len(out)
		if !fits(x, ld, rows, n, block) {
			portable(x, ld, rows, out)
			return
		}
		whole := n / block * block
		r.first(min(rows, togetherRows), ld, whole, &x[0], &out[0])
		for i := togetherRows; i < rows; i += togetherRows {
			r.more(min(rows-i, togetherRows), ld, whole, &x[i*ld], &out[0])
		}
		if whole < n {
			r.first(rows, ld, block, &x[n-block], &out[n-block])
		}
	}
}

// fits reports whether there are columns enough for the assembly, and panics if
// x is not that long. So many values take microseconds.
func fits[T any](x []T, ld, rows, columns, block int) bool {
	if rows < 1 || columns > ld && rows > 1 || len(x) < (rows-1)*ld+columns {
		panic("asm: not as many values as the rows have")
	}
	return columns >= block && rows*columns <= 4*stretch
}

func columnSums[T Float](x []T, ld, rows int, out []float64) {
	for i := range rows {
		row := x[i*ld:][:len(out)]
		if i == 0 {
			for j, v := range row {
				out[j] = float64(v)
			}
			continue
		}
		for j, v := range row {
			out[j] += float64(v)
		}
	}
}

func columnLeast[T Float](x []T, ld, rows int, out []T) {
	copy(out, x)
	for i := 1; i < rows; i++ {
		for j, v := range x[i*ld:][:len(out)] {
			out[j] = min(out[j], v)
		}
	}
}

func columnMost[T Float](x []T, ld, rows int, out []T) {
	copy(out, x)
	for i := 1; i < rows; i++ {
		for j, v := range x[i*ld:][:len(out)] {
			out[j] = max(out[j], v)
		}
	}
}

func columnDeviations[T Float](x []T, ld, rows int, means, off, squares []float64) {
	clear(off)
	clear(squares)
	for i := range rows {
		for j, v := range x[i*ld:][:len(off)] {
			d := float64(v) - means[j]
			off[j] += d
			squares[j] = math.FMA(d, d, squares[j])
		}
	}
}
