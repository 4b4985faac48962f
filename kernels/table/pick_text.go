package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
)

// pickText picks strings: the lengths first, then the bytes. T is the width of
// their offsets. Nulls become empty.
func pickText[T int32 | int64](p *picking, col arrow.Array) (arrow.Array, error) {
	from := bufferOf[T](col.Data(), 1, col.Len()+1)
	valid, nulls := p.validity(col)
	ends := sized(p.mem, (len(p.rows)+1)*offsetSize[T]())
	to := viewed[T](ends)
	to[0] = 0
	total := pickEnds(to[1:], from, p.rows, p.empty > 0)
	if nulls > p.empty { // what is beneath a null may be a text
		total = emptyNulls(to, from, p.rows, validity{bitmap: valid.Bytes()})
	}
	if total > math.MaxInt32 && offsetSize[T]() == 4 {
		ends.Release()
		if valid != nil {
			valid.Release()
		}
		return nil, fmt.Errorf("%w: %d bytes of strings, of %d at most: use smaller partitions or large strings", ErrOverflow, total, math.MaxInt32)
	}
	body := sized(p.mem, int(total))
	if b := col.Data().Buffers()[2]; b != nil {
		pickBytes(body.Bytes(), b.Bytes(), to, from, p.rows)
	}
	return newArray(col.DataType(), len(p.rows), nulls, valid, ends, body), nil
}

// pickEnds adds up the lengths of the strings at rows.
func pickEnds[T int32 | int64](to, from []T, rows []uint32, gaps bool) (total int64) {
	to = to[:len(rows)]
	for i, r := range rows {
		if !gaps || r != noRow {
			total += int64(from[r+1] - from[r])
		}
		to[i] = T(total)
	}
	return total
}

func emptyNulls[T int32 | int64](to, from []T, rows []uint32, valid validity) (total int64) {
	for i, r := range rows {
		if valid.at(i) {
			total += int64(from[r+1] - from[r])
		}
		to[i+1] = T(total)
	}
	return total
}

// pickBytes copies the strings at rows to where they end. Rows that follow one
// another are copied at once.
func pickBytes[T int32 | int64](dst, src []byte, to, from []T, rows []uint32) {
	for i := 0; i < len(rows); {
		start, n := to[i], to[i+1]-to[i]
		if n == 0 {
			i++
			continue
		}
		first := rows[i]
		at := from[first]
		// A row that is empty here, but not there, is null, and ends the run.
		for i++; i < len(rows) && rows[i] == rows[i-1]+1 && to[i+1]-start == from[rows[i]+1]-at; i++ {
		}
		copyText(dst[start:], src[at:], int(to[i]-start))
	}
}
