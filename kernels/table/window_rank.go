package table

import (
	"github.com/apache/arrow/go/v17/arrow"
)

// ranks numbers the rows of each group.
func (a *arrangement) ranks(kind WindowKind) arrow.Array {
	b := sized(a.mem, 8*len(a.rows))
	if kind == RankAverage {
		out := viewed[float64](b)
		a.peers(func(peers []uint32, before, _ int) {
			mean := float64(before) + float64(len(peers)+1)/2
			for _, row := range peers {
				out[row] = mean
			}
		})
		return newArray(arrow.PrimitiveTypes.Float64, len(a.rows), 0, nil, b)
	}
	out := viewed[int64](b)
	if kind == RowNumber {
		a.groups(func(rows []uint32) {
			for i, row := range rows {
				out[row] = int64(i + 1)
			}
		})
	} else {
		a.peers(func(peers []uint32, before, different int) {
			rank := before + 1
			switch kind {
			case RankMax:
				rank = before + len(peers)
			case RankDense:
				rank = different + 1
			}
			for _, row := range peers {
				out[row] = int64(rank)
			}
		})
	}
	return newArray(arrow.PrimitiveTypes.Int64, len(a.rows), 0, nil, b)
}

// peers calls f with each run of rows of a group that are equal in the order, how
// many of the group come before them, and how many such runs.
func (a *arrangement) peers(f func(peers []uint32, before, different int)) {
	a.groups(func(rows []uint32) {
		different := 0
		for from, to := 0, 1; from < len(rows); from, to = to, to+1 {
			for to < len(rows) && compareRows(a.words, rows[from], rows[to]) == 0 {
				to++
			}
			f(rows[from:to], from, different)
			different++
		}
	})
}

// shift moves values down by N rows of a group, or up.
func (a *arrangement) shift(col arrow.Array, w Window) (arrow.Array, error) {
	from := newScratch(a.mem, len(a.rows))
	defer from.release()
	a.groups(func(rows []uint32) {
		n := min(w.N, len(rows))
		later, earlier := rows[n:], rows[:len(rows)-n]
		none := rows[:n]
		if w.Kind == Lead {
			later, earlier, none = earlier, later, rows[len(rows)-n:]
		}
		for i, row := range later {
			from.rows[row] = earlier[i]
		}
		for _, row := range none {
			from.rows[row] = noRow
		}
	})
	return a.picked(col, from.rows)
}
