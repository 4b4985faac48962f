package kernels

import (
	"slices"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// ReduceForm says how a reduction over axes, which ascend, is one of the form
// k × r × n, of which the axis in the middle goes away: neighbouring axes that are
// both kept or both reduced are one. Where that leaves more than three, the axes are
// to be moved into the given order first, the reduced ones to the end; else order is
// nil.
func ReduceForm(shape, axes []int) (form [3]int, order []int) {
	form = [3]int{1, 1, 1}
	stage := 0 // which part of the form the axes have reached
	for i, n := range shape {
		if n == 1 {
			continue
		}
		if reduced := slices.Contains(axes, i); reduced == (stage != 1) {
			stage++
		}
		if stage > 2 {
			break
		}
		form[stage] *= n
	}
	if stage <= 2 {
		return form, nil
	}
	form = [3]int{1, 1, 1}
	for i, n := range shape {
		if !slices.Contains(axes, i) {
			order = append(order, i)
			form[0] *= n
		}
	}
	for _, i := range axes {
		form[1] *= shape[i]
	}
	return form, append(order, axes...)
}

// reduceForm brings b to the form of a reduction over axes. x is contiguous; the
// caller releases it.
func reduceForm(mem Allocator, b *Block, axes []int) (x *Block, form [3]int, err error) {
	form, order := ReduceForm(b.shape, axes)
	if order == nil {
		x, err = Contiguous(mem, b)
		return x, form, err
	}
	moved, err := b.Transpose(order...)
	if err != nil {
		return nil, form, err
	}
	defer moved.Release()
	x, err = Contiguous(mem, moved)
	return x, form, err
}

// A folder reduces elements T to states A. Elements are taken a run or a row
// at a time, so that no call is made per element; at is the position of the
// elements in the reduced axis.
type folder[T, A any] struct {
	none  A                              // the state of no elements
	run   func(xs []T, at int) A         // of consecutive elements, at least one
	first func(acc []A, row []T, at int) // states of one element each
	next  func(acc []A, row []T, at int) // adds an element to each state
	merge func(before, after A) A        // of neighbouring positions
	// leaves, where there is one, does run for as many whole runs as there are
	// states. Only their merged state has to be right.
	leaves func(xs []T, at int, states []A)
	// rows, where there is one, does first and next for a few rows, of which row i
	// begins at xs[i*ld], and mergeRows does merge for all of their states.
	rows      func(acc []A, xs []T, ld, rows int)
	mergeRows func(before, after []A)
}

// Sizes of the leaves of the tree in which states are merged: it is fixed by
// the shape, and keeps the rounding error of a sum logarithmic.
const (
	foldRun  = asm.Leaf // elements of a run
	foldMany = 64       // runs that are taken at a time where there are leaves
	foldRows = 16       // rows that are added up one after the other
	foldCols = 1024     // columns that are taken at a time: rows are read in long stretches, states stay near
)

// fold reduces the middle axis of data to out, which is k × n.
func (f folder[T, A]) fold(out []A, data []T, form [3]int) {
	k, r, n := form[0], form[1], form[2]
	if len(out) == 0 {
		return
	}
	if r == 0 {
		for i := range out {
			out[i] = f.none
		}
		return
	}
	var spare []A
	if f.leaves != nil && r >= foldRun {
		spare = make([]A, foldMany+1)
	}
	for i := range k {
		part, to := data[i*r*n:(i+1)*r*n], out[i*n:(i+1)*n]
		if n == 1 {
			to[0] = f.runs(part, 0, spare)
			continue
		}
		for j := 0; j < n; j += foldCols {
			c := columns[T, A]{f: f, data: part, width: n, from: j}
			c.fold(to[j:min(j+foldCols, n)], 0, r, nil)
		}
	}
}

// runs reduces consecutive elements by a balanced tree of runs. spare is room
// for states where there are leaves.
func (f folder[T, A]) runs(xs []T, at int, spare []A) A {
	whole := len(xs) / foldRun
	if spare != nil && 0 < whole && whole <= foldMany {
		states := spare[:whole]
		f.leaves(xs[:whole*foldRun], at, states)
		if rest := xs[whole*foldRun:]; len(rest) > 0 {
			states = append(states, f.run(rest, at+whole*foldRun))
		}
		return f.tree(states, whole)
	}
	if len(xs) <= foldRun {
		return f.run(xs, at)
	}
	half := (whole + 1) / 2 * foldRun
	return f.merge(f.runs(xs[:half], at, spare), f.runs(xs[half:], at+half, spare))
}

// tree merges the states of runs, of which the first are whole, as runs does.
func (f folder[T, A]) tree(states []A, whole int) A {
	if len(states) == 1 {
		return states[0]
	}
	half := (whole + 1) / 2
	return f.merge(f.tree(states[:half], half), f.tree(states[half:], whole-half))
}

// columns is a stripe of the rows of a matrix.
type columns[T, A any] struct {
	f           folder[T, A]
	data        []T
	width, from int
}

func (c *columns[T, A]) row(i, n int) []T {
	lo := i*c.width + c.from
	return c.data[lo : lo+n]
}

// fold reduces rows lo … hi to acc by a balanced tree. spare is room for the
// states of the levels below.
func (c *columns[T, A]) fold(acc []A, lo, hi int, spare []A) {
	n := len(acc)
	if hi-lo <= foldRows && c.f.rows != nil {
		c.f.rows(acc, c.data[lo*c.width+c.from:], c.width, hi-lo)
		return
	}
	if hi-lo <= foldRows {
		c.f.first(acc, c.row(lo, n), lo)
		for i := lo + 1; i < hi; i++ {
			c.f.next(acc, c.row(i, n), i)
		}
		return
	}
	if spare == nil {
		levels := 0
		for rows := hi - lo; rows > foldRows; rows = (rows + 1) / 2 {
			levels++
		}
		spare = make([]A, 2*levels*n)
	}
	mid := lo + (hi-lo+1)/2
	c.fold(acc, lo, mid, spare[n:])
	c.fold(spare[:n], mid, hi, spare[n:])
	if c.f.mergeRows != nil {
		c.f.mergeRows(acc, spare[:n])
		return
	}
	for i := range acc {
		acc[i] = c.f.merge(acc[i], spare[i])
	}
}
