package table

import (
	"github.com/apache/arrow/go/v17/arrow"
)

// cumCount counts the values that are not null up to each row.
func (a *arrangement) cumCount(col arrow.Array) arrow.Array {
	valid, b := validityOf(col), sized(a.mem, 8*len(a.rows))
	out := viewed[int64](b)
	a.groups(func(rows []uint32) {
		n := int64(0)
		for _, row := range rows {
			if valid.at(int(row)) {
				n++
			}
			out[row] = n
		}
	})
	return newArray(arrow.PrimitiveTypes.Int64, len(a.rows), 0, nil, b)
}

// extremeWords returns words of which the least is the extreme that is wanted.
func (a *arrangement) extremeWords(col arrow.Array, greatest bool) []uint64 {
	words := orderOf(&a.counted, col)
	if greatest {
		for i, w := range words {
			words[i] = ^w
		}
	}
	return words
}

// cumExtreme finds the least or greatest value up to each row, the first of equals.
func (a *arrangement) cumExtreme(col arrow.Array, greatest bool) (arrow.Array, error) {
	valid, words := validityOf(col), a.extremeWords(col, greatest)
	from := newScratch(a.mem, len(a.rows))
	defer from.release()
	a.groups(func(rows []uint32) {
		best := noRow
		for _, row := range rows {
			if valid.at(int(row)) && (best == noRow || words[row] < words[best]) {
				best = row
			}
			from.rows[row] = best
		}
	})
	return a.picked(col, from.rows)
}

// rollExtreme finds the least or greatest of the last N rows up to each row. It
// keeps the rows that may still become the extreme, each greater than the one
// before it: a row leaves at the front when N rows have come since, and at the
// back when a lesser one comes.
func (a *arrangement) rollExtreme(col arrow.Array, w Window) (arrow.Array, error) {
	valid, words := validityOf(col), a.extremeWords(col, w.Kind == RollingMax)
	from, queue := newScratch(a.mem, len(a.rows)), newScratch(a.mem, len(a.rows))
	defer from.release()
	defer queue.release()
	least := max(w.Least, 1)
	a.groups(func(rows []uint32) {
		waiting := queue.rows[:len(rows)] // places in rows, from head to tail
		head, tail, present := 0, 0, 0
		for i, row := range rows {
			if i >= w.N {
				if head < tail && int(waiting[head]) == i-w.N {
					head++
				}
				if valid.at(int(rows[i-w.N])) {
					present--
				}
			}
			if valid.at(int(row)) {
				present++
				for tail > head && words[rows[waiting[tail-1]]] > words[row] {
					tail--
				}
				waiting[tail] = uint32(i)
				tail++
			}
			from.rows[row] = noRow
			if present >= least {
				from.rows[row] = rows[waiting[head]]
			}
		}
	})
	return a.picked(col, from.rows)
}
