package taskbench

import "math/bits"

// A Pattern says on which columns of the step before the task at a column
// depends, in ascending order. Step is at least 1.
type Pattern struct {
	Name string
	Deps func(columns, step, column int) []int
}

// Patterns returns the patterns that are measured.
func Patterns() []Pattern {
	return []Pattern{
		{"trivial", trivial}, {"stencil_1d", stencil}, {"fft", fft}, {"tree", tree}, {"random_nearest", nearest},
	}
}

func trivial(int, int, int) []int { return nil }

// stencil is a column and its two neighbours.
func stencil(columns, _, column int) []int { return within(columns, column-1, column, column+1) }

// fft is a column and its partners in a butterfly, whose distance doubles from
// step to step.
func fft(columns, step, column int) []int {
	d := 1 << ((step - 1) % max(1, bits.Len(uint(columns-1))))
	return within(columns, column-d, column, column+d)
}

// tree is a binary tree, in all columns from the first step on: what a column
// yields goes to the two of twice its number.
func tree(_, _, column int) []int { return []int{column / 2} }

// radius is how far a random neighbour is at most.
const radius = 2

// nearest is the column itself and each of the nearest four with a
// probability of one quarter.
func nearest(columns, step, column int) []int {
	var near []int
	for j := column - radius; j <= column+radius; j++ {
		if j == column || mix(uint64(step)<<40^uint64(column)<<20^uint64(j+radius))%4 == 0 {
			near = append(near, j)
		}
	}
	return within(columns, near...)
}

// within returns those of some columns that exist.
func within(columns int, some ...int) []int {
	kept := some[:0]
	for _, j := range some {
		if j >= 0 && j < columns {
			kept = append(kept, j)
		}
	}
	return kept
}

// mix is the finalizer of splitmix64, a bijection that spreads every bit.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
