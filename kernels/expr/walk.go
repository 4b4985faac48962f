package expr

import "github.com/ashlar-go/ashlar/kernels"

// broadcastStrides returns b's strides in the given shape: 0 along the axes it
// is repeated over.
func broadcastStrides(b *kernels.Block, shape []int) []int {
	out := make([]int, len(shape))
	skip := len(shape) - b.NDim()
	for i, n := range b.Shape() {
		if n == shape[skip+i] {
			out[skip+i] = b.Strides()[i]
		}
	}
	return out
}

// minRow is the shortest inner axis that is computed row by row; shorter rows
// are gathered, several to a batch.
const minRow = batchSize / 8

// walk goes over the elements of a shape in row-major order, in batches: parts
// of one row, or several whole short rows. Axes that all inputs step over alike
// are one.
type walk struct {
	shape   []int   // of the merged axes, at least one
	strides [][]int // of each input
	size    int
	batch   int // the most elements of a batch that is part of a row

	start, n int     // the batch: elements from start
	rows     int     // rows that the batch touches
	column   int     // where in its row the batch starts; rows is 1 if not 0
	offsets  [][]int // [input][row of the batch] offset of the row
	index    []int   // of the row after the batch, in the outer axes
	row      []int   // [input] its offset
}

func newWalk(shape []int, strides [][]int) *walk {
	w := &walk{size: 1, batch: batchSize, strides: make([][]int, len(strides))}
	for axis, n := range shape {
		w.size *= n
		if n != 1 {
			w.push(n, strides, axis)
		}
	}
	if len(w.shape) == 0 {
		w.shape = []int{1}
		for i := range w.strides {
			w.strides[i] = []int{0}
		}
	}
	w.index = make([]int, len(w.shape)-1)
	w.row = make([]int, len(strides))
	w.offsets = make([][]int, len(strides))
	return w
}

// push adds an axis, as a part of the last one if every input steps evenly
// over both.
func (w *walk) push(n int, strides [][]int, axis int) {
	last := len(w.shape) - 1
	merge := last >= 0
	for i := range strides {
		merge = merge && w.strides[i][last] == strides[i][axis]*n
	}
	if merge {
		w.shape[last] *= n
		for i := range strides {
			w.strides[i][last] = strides[i][axis]
		}
		return
	}
	w.shape = append(w.shape, n)
	for i := range strides {
		w.strides[i] = append(w.strides[i], strides[i][axis])
	}
}

// inner returns the length of a row.
func (w *walk) inner() int { return w.shape[len(w.shape)-1] }

// next moves to the next batch.
func (w *walk) next() bool {
	w.start += w.n
	if w.start >= w.size {
		return false
	}
	inner := w.inner()
	for i := range w.offsets {
		w.offsets[i] = w.offsets[i][:0]
	}
	if inner >= minRow {
		w.column = w.start % inner
		w.n, w.rows = min(w.batch, inner-w.column), 1
		w.note()
		if w.column+w.n == inner {
			w.advance()
		}
		return true
	}
	w.column = 0
	w.rows = min(batchSize/inner, (w.size-w.start)/inner)
	w.n = w.rows * inner
	for range w.rows {
		w.note()
		w.advance()
	}
	return true
}

func (w *walk) note() {
	for i, offset := range w.row {
		w.offsets[i] = append(w.offsets[i], offset)
	}
}

// advance moves to the next row.
func (w *walk) advance() {
	for axis := len(w.index) - 1; axis >= 0; axis-- {
		w.index[axis]++
		for i := range w.row {
			w.row[i] += w.strides[i][axis]
		}
		if w.index[axis] < w.shape[axis] {
			return
		}
		for i := range w.row {
			w.row[i] -= w.strides[i][axis] * w.shape[axis]
		}
		w.index[axis] = 0
	}
}

// rowMajor reports whether input i lies as the output does, so that any batch
// of it is one run.
func (w *walk) rowMajor(i int) bool {
	step := 1
	for axis := len(w.shape) - 1; axis >= 0; axis-- {
		if w.strides[i][axis] != step {
			return false
		}
		step *= w.shape[axis]
	}
	return true
}

// fixed reports whether input i is one element.
func (w *walk) fixed(i int) bool {
	for _, s := range w.strides[i] {
		if s != 0 {
			return false
		}
	}
	return true
}
