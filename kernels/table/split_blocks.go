package table

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// blockRows is how many rows a split brings into the order of their parts at a
// time: few enough that a column's values of them stay in the first-level cache
// while they are picked, many enough that each part gets a run of them.
const blockRows = 1 << 13

// mostBlockParts is how many parts blocks are made for: beyond, runs are short.
const mostBlockParts = blockRows / 16

// blocks are the rows of a split, block after block in the order of their parts,
// which was found once and serves all columns. What a part gets of a block is a
// run of values that are picked from where they are in the cache and written one
// after the other.
type blocks struct {
	parts  int
	order  []uint16 // rows within their block
	starts []uint32 // parts+1 a block: where the run of each part begins in it
	buffer *memory.Buffer
}

// newBlocks sorts the rows of each block by part, and adds up how many rows each
// part has.
func newBlocks(mem memory.Allocator, part []uint32, counts []int) *blocks {
	k := &blocks{parts: len(counts), buffer: sized(mem, 2*len(part))}
	k.order = viewed[uint16](k.buffer)
	n := (len(part) + blockRows - 1) / blockRows
	k.starts = make([]uint32, n*(k.parts+1))
	next := make([]uint32, k.parts)
	for b := range n {
		rows := part[b*blockRows : min((b+1)*blockRows, len(part))]
		starts := k.starts[b*(k.parts+1) : (b+1)*(k.parts+1)]
		for _, p := range rows {
			starts[p+1]++
		}
		for p := range counts {
			counts[p] += int(starts[p+1])
			starts[p+1] += starts[p]
		}
		copy(next, starts)
		order := k.order[b*blockRows : b*blockRows+len(rows)]
		for i, p := range rows {
			order[next[p]] = uint16(i)
			next[p]++
		}
	}
	return k
}

func (k *blocks) release() { k.buffer.Release() }

// each calls visit with the first row of each block and what part p gets of it,
// in order.
func (k *blocks) each(visit func(first, p int, run []uint16)) {
	for b := 0; b*blockRows < len(k.order); b++ {
		starts := k.starts[b*(k.parts+1) : (b+1)*(k.parts+1)]
		for p := range k.parts {
			if starts[p] < starts[p+1] {
				visit(b*blockRows, p, k.order[b*blockRows+int(starts[p]):b*blockRows+int(starts[p+1])])
			}
		}
	}
}

// splitValues writes the values of each part to its buffer, which has room for
// them.
func splitValues[T any](k *blocks, into []*memory.Buffer, src []T) {
	to := make([][]T, k.parts)
	for p := range to {
		to[p] = viewed[T](into[p])
	}
	k.each(func(first, p int, run []uint16) {
		pickNear(to[p], src[first:], run)
		to[p] = to[p][len(run):]
	})
}

// pickNear reads src at the rows of a run, which it has.
func pickNear[T any](dst, src []T, run []uint16) {
	dst = dst[:len(run)]
	from, size := unsafe.Pointer(unsafe.SliceData(src)), unsafe.Sizeof(src[0])
	for len(run) >= 4 && len(dst) >= 4 {
		a, b, c, d := uintptr(run[0]), uintptr(run[1]), uintptr(run[2]), uintptr(run[3])
		dst[0] = *(*T)(unsafe.Add(from, a*size))
		dst[1] = *(*T)(unsafe.Add(from, b*size))
		dst[2] = *(*T)(unsafe.Add(from, c*size))
		dst[3] = *(*T)(unsafe.Add(from, d*size))
		run, dst = run[4:], dst[4:]
	}
	for i, r := range run {
		dst[i] = *(*T)(unsafe.Add(from, uintptr(r)*size))
	}
}

// splitValidity returns the validity of a column in each part, nil where nothing
// is null, and how many are.
func (s *split) splitValidity(col arrow.Array) (bitmaps []*memory.Buffer, nulls []int) {
	bitmaps, nulls = make([]*memory.Buffer, len(s.counts)), make([]int, len(s.counts))
	if col.NullN() == 0 {
		return bitmaps, nulls
	}
	bits := make([][]byte, len(s.counts))
	bitmaps = side(s.mem, len(s.counts), 0, func(p int) int { return bitBytes(s.counts[p]) })
	for p := range bitmaps {
		bits[p] = bitmaps[p].Bytes()
		for i := range bits[p] {
			bits[p][i] = 0xff
		}
	}
	from, offset := col.NullBitmapBytes(), col.Data().Offset()
	at := make([]int, len(s.counts))
	s.blocks.each(func(first, p int, run []uint16) {
		first += offset
		for i, r := range run {
			if row := first + int(r); from[row>>3]>>(row&7)&1 == 0 {
				bits[p][(at[p]+i)>>3] &^= 1 << ((at[p] + i) & 7)
				nulls[p]++
			}
		}
		at[p] += len(run)
	})
	for p, n := range nulls {
		if n == 0 {
			bitmaps[p].Release()
			bitmaps[p] = nil
		}
	}
	return bitmaps, nulls
}
