package table

import (
	"fmt"
	"math"
	"unsafe"

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
	body := sized(p.mem, int(total)+textSpare)
	if b := col.Data().Buffers()[2]; b != nil {
		pickBytes(body.Bytes(), b.Bytes(), to, from, p.rows)
	}
	body.ResizeNoShrink(int(total))
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

// pickBytes copies the strings at rows to where they end in dst, which has room for
// textSpare bytes more, as pickTexts does. A row that is empty here may not be
// there: it is null, or none.
func pickBytes[T int32 | int64](dst, src []byte, to, from []T, rows []uint32) {
	into, text := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src))
	starts := unsafe.Pointer(unsafe.SliceData(from))
	to = to[:len(rows)+1]
	start := to[0]
	for i, r := range rows {
		end := to[i+1]
		if n := end - start; n > 0 {
			at := *(*T)(unsafe.Add(starts, uintptr(r)*unsafe.Sizeof(end)))
			if n > textSpare || int(at)+textSpare > len(src) {
				copy(dst[start:end], src[at:])
			} else {
				*(*[textSpare]byte)(unsafe.Add(into, start)) = *(*[textSpare]byte)(unsafe.Add(text, at))
			}
		}
		start = end
	}
}
