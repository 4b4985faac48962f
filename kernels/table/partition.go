package table

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Partition splits t into parts tables so that rows with equal keys are in one
// of them, the same one in every process and for every representation of a
// value: a dictionary, a string and a large string agree, and so do integers of
// different widths (and floats). Nulls go together. Rows keep their order.
// Errors wrap ErrSpec, kernels.ErrColumn, ErrType, or are as in Take.
func Partition(mem memory.Allocator, t *kernels.Table, keys []string, parts int) ([]*kernels.Table, error) {
	if parts < 1 || parts > 1<<20 {
		return nil, refuse("partition into %d parts, want 1 to %d", parts, 1<<20)
	}
	cols, err := keyColumns("partition", t, keys)
	if err != nil {
		return nil, err
	}
	return newSplit(mem, partOf(cols, t.NumRows(), parts), parts).tables(t)
}

// partOf returns the part that each row goes to.
func partOf(cols []arrow.Array, rows, parts int) []uint32 {
	hashers := make([]hasher, len(cols))
	for i, col := range cols {
		hashers[i] = newHasher(col)
	}
	out := make([]uint32, rows)
	var batch [batchSize]uint64
	for start := 0; start < rows; start += batchSize {
		hashes := batch[:min(batchSize, rows-start)]
		clear(hashes)
		for _, add := range hashers {
			add(hashes, start)
		}
		for i, h := range hashes {
			// The upper half scaled to parts: no division, no bias worth having.
			out[start+i] = uint32(h >> 32 * uint64(parts) >> 32)
		}
	}
	return out
}

// A hasher mixes the values of rows start … of its column into hashes.
type hasher func(hashes []uint64, start int)

func newHasher(col arrow.Array) hasher {
	valid := validityOf(col)
	if dict, ok := col.(*array.Dictionary); ok {
		var words []uint64
		if dict.Len() > 0 {
			words = lexiconOf(dict.Dictionary()).hashes
		}
		return func(hashes []uint64, start int) {
			for i, h := range hashes {
				if valid.at(start + i) {
					hashes[i] = mixHash(h, words[dict.GetValueIndex(start+i)])
				} else {
					hashes[i] = mixHash(h, nullHash)
				}
			}
		}
	}
	if isText(col.DataType()) {
		return hashTexts(textsOf(col), valid)
	}
	src, _ := wordsOf(col)
	return func(hashes []uint64, start int) {
		var batch [batchSize]uint64
		words := batch[:len(hashes)]
		src.read(words, start)
		for i, h := range hashes {
			next := uint64(nullHash)
			if valid.at(start + i) {
				next = hashWord(words[i])
			}
			hashes[i] = mixHash(h, next)
		}
	}
}

func hashTexts(words texts, valid validity) hasher {
	return func(hashes []uint64, start int) {
		for i, h := range hashes {
			next := uint64(nullHash)
			if valid.at(start + i) {
				next = hashBytes(words.at(start + i))
			}
			hashes[i] = mixHash(h, next)
		}
	}
}

// textHashes returns the hash of each string of a plain column, 0 for a null.
func textHashes(col arrow.Array) []uint64 {
	out := make([]uint64, col.Len())
	words, valid := textsOf(col), validityOf(col)
	for i := range out {
		if valid.at(i) {
			out[i] = hashBytes(words.at(i))
		}
	}
	return out
}

// groupRows sorts the numbers of rows by ids, which are below n or noCode, and
// keeps their order within one: the rows of id g are rows[starts[g]:starts[g+1]].
func groupRows(ids []uint32, n int) (starts, rows []uint32) {
	starts = make([]uint32, n+2)
	for _, id := range ids {
		if id != noCode {
			starts[id+2]++
		}
	}
	for g := 2; g < len(starts); g++ {
		starts[g] += starts[g-1]
	}
	rows = make([]uint32, starts[n+1])
	// starts[g+1] is where the next row of g goes; in the end, where g ends.
	for row, id := range ids {
		if id != noCode {
			rows[starts[id+1]] = uint32(row)
			starts[id+1]++
		}
	}
	return starts[:n+1], rows
}
