package table

import (
	"sync"

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
	part := partOf(cols, t.NumRows(), parts)
	defer recycle(part)
	return newSplit(mem, part, parts).tables(t)
}

// numbers is memory for the parts of rows.
var numbers sync.Pool

// numbersOf returns n numbers that may be anything.
func numbersOf(n int) []uint32 {
	if old, ok := numbers.Get().(*[]uint32); ok && cap(*old) >= n {
		return (*old)[:n]
	}
	return make([]uint32, n)
}

func recycle(ns []uint32) { numbers.Put(&ns) }

// partOf returns the part that each row goes to.
func partOf(cols []arrow.Array, rows, parts int) []uint32 {
	if len(cols) == 1 {
		if out, ok := partOfOne(cols[0], parts); ok {
			return out
		}
	}
	hashers := make([]hasher, len(cols))
	for i, col := range cols {
		hashers[i] = newHasher(col)
	}
	out := numbersOf(rows)
	var batch [batchSize]uint64
	for start := 0; start < rows; start += batchSize {
		hashes := batch[:min(batchSize, rows-start)]
		clear(hashes)
		for _, add := range hashers {
			add(hashes, start)
		}
		for i, h := range hashes {
			out[start+i] = scaled(h, uint64(parts))
		}
	}
	return out
}

// scaled scales the upper half of a hash to parts: no division, no bias worth
// having.
func scaled(hash, parts uint64) uint32 { return uint32(hash >> 32 * parts >> 32) }

// partOfOne is partOf one column of integers or of few strings by code, false
// for others.
func partOfOne(col arrow.Array, parts int) ([]uint32, bool) {
	var out []uint32
	switch col.DataType().ID() {
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		out = partOfWords(values[int32](col), parts)
	case arrow.INT64, arrow.TIMESTAMP, arrow.DATE64, arrow.TIME64, arrow.DURATION, arrow.UINT64:
		out = partOfWords(values[int64](col), parts)
	case arrow.DICTIONARY:
		dict := col.(*array.Dictionary)
		if dict.Len() == 0 || dict.Dictionary().Len() > dict.Len() {
			return nil, false
		}
		byCode := make([]uint32, dict.Dictionary().Len())
		for code, h := range lexiconOf(dict.Dictionary()).hashes {
			byCode[code] = scaled(mixHash(0, h), uint64(parts))
		}
		if out = partsByCode(dict.Indices(), byCode); out == nil {
			return nil, false
		}
	default:
		return nil, false
	}
	null := scaled(mixHash(0, nullHash), uint64(parts))
	validityOf(col).eachNull(0, len(out), func(i int) { out[i] = null })
	return out, true
}

func partOfWords[T integer](from []T, parts int) []uint32 {
	out := numbersOf(len(from))
	for i, v := range from {
		out[i] = scaled(mixHash(0, hashWord(uint64(int64(v)))), uint64(parts))
	}
	return out
}

// partsByCode looks the codes of a dictionary column up, nil if the codes are of
// an unusual width. What is beneath nulls may be any code.
func partsByCode(indices arrow.Array, byCode []uint32) []uint32 {
	switch indexWidth(indices) {
	case 1:
		return lookUp(values[uint8](indices), byCode)
	case 2:
		return lookUp(values[uint16](indices), byCode)
	case 4:
		return lookUp(values[uint32](indices), byCode)
	}
	return nil
}

func lookUp[T uint8 | uint16 | uint32](from []T, table []uint32) []uint32 {
	out := numbersOf(len(from))
	for i, v := range from {
		out[i] = 0
		if int(v) < len(table) {
			out[i] = table[v]
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
	if valid.all() {
		switch col.DataType().ID() {
		case arrow.INT32, arrow.DATE32, arrow.TIME32:
			return hashIntegers(values[int32](col))
		case arrow.INT64, arrow.TIMESTAMP, arrow.DATE64, arrow.TIME64, arrow.DURATION, arrow.UINT64:
			return hashIntegers(values[int64](col))
		}
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

func hashIntegers[T integer](from []T) hasher {
	return func(hashes []uint64, start int) {
		src := from[start : start+len(hashes)]
		for i, h := range hashes {
			hashes[i] = mixHash(h, hashWord(uint64(int64(src[i]))))
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
