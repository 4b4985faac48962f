package table

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// splitText splits strings: where they end first, then their bytes. T is the
// width of their offsets. Nulls become empty.
func splitText[T int32 | int64](s *split, col arrow.Array) ([]arrow.Array, error) {
	from := bufferOf[T](col.Data(), 1, col.Len()+1)
	ends, offsets, err := splitEnds(s, col, from)
	if err != nil {
		return nil, err
	}
	total := func(p int) int { return int(offsets[p][len(offsets[p])-1]) }
	bodies := side(s.mem, len(ends), textSpare, total)
	bytes := make([][]byte, len(ends))
	for p, b := range bodies {
		bytes[p] = b.Bytes()[:b.Len()+textSpare]
	}
	if b := col.Data().Buffers()[2]; b != nil {
		text := b.Bytes()
		s.blocks.each(func(first, p int, run []uint16) {
			pickTexts(bytes[p], text, offsets[p], from[first:], run)
			offsets[p] = offsets[p][len(run):]
		})
	}
	bitmaps, nulls := s.splitValidity(col)
	out := make([]arrow.Array, len(ends))
	for p := range out {
		out[p] = newArray(col.DataType(), s.counts[p], nulls[p], bitmaps[p], ends[p], bodies[p])
	}
	return out, nil
}

// splitEnds adds up the lengths of the strings of each part.
func splitEnds[T int32 | int64](s *split, col arrow.Array, from []T) (ends []*memory.Buffer, offsets [][]T, err error) {
	totals, to := make([]int64, len(s.counts)), make([][]T, len(s.counts))
	ends = side(s.mem, len(s.counts), 0, func(p int) int { return (s.counts[p] + 1) * offsetSize[T]() })
	for p := range ends {
		offsets = append(offsets, viewed[T](ends[p]))
		offsets[p][0] = 0
		to[p] = offsets[p][1:]
	}
	valid := validityOf(col)
	s.blocks.each(func(first, p int, run []uint16) {
		total, dst := totals[p], to[p][:len(run)]
		if valid.all() {
			near := from[first:]
			for i, r := range run {
				total += int64(near[int(r)+1] - near[r])
				dst[i] = T(total)
			}
		} else {
			for i, r := range run {
				if row := first + int(r); valid.at(row) {
					total += int64(from[row+1] - from[row])
				}
				dst[i] = T(total)
			}
		}
		totals[p], to[p] = total, to[p][len(run):]
	})
	for p, total := range totals {
		if total > math.MaxInt32 && offsetSize[T]() == 4 {
			for _, b := range ends {
				b.Release()
			}
			return nil, nil, fmt.Errorf("%w: %d bytes of strings in part %d, of %d at most: use more partitions", ErrOverflow, total, p, math.MaxInt32)
		}
	}
	return ends, offsets, nil
}

// textSpare is how many bytes pickTexts may write behind the last string.
const textSpare = 16

// pickTexts copies the strings of src at the rows of a run to where they end in
// dst, which has room for textSpare bytes more. Short strings go as whole words:
// what is written too much is overwritten by the next.
func pickTexts[T int32 | int64](dst, src []byte, to, from []T, run []uint16) {
	into, text := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src))
	to = to[:len(run)+1]
	start := to[0]
	for i, r := range run {
		end := to[i+1]
		n, at := end-start, from[r]
		switch {
		case n > textSpare || int(at)+textSpare > len(src):
			copy(dst[start:end], src[at:])
		case n > 0:
			*(*[textSpare]byte)(unsafe.Add(into, start)) = *(*[textSpare]byte)(unsafe.Add(text, at))
		}
		start = end
	}
}
